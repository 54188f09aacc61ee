/**
 * Where Jupyter finds the Deno kernel and keeps its files: in the project, never in the user's
 * folders.
 */
import { join } from "node:path";

/**
 * The environment variables with which Jupyter, however started, finds the kernel `deno` (the
 * running deno) and keeps all its files under `folder`. Writes the kernel's specification there, as
 * `deno jupyter --install` would in the user's folder.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { jupyterEnvironment } from "./jupyter_environment.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const { JUPYTER_PATH } = await jupyterEnvironment(folder);
 * const spec = JSON.parse(await Deno.readTextFile(`${JUPYTER_PATH}/kernels/deno/kernel.json`));
 * assertEquals(spec.argv[0], Deno.execPath());
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function jupyterEnvironment(folder: string): Promise<Record<string, string>> {
  const data = join(folder, "data");
  const spec = join(data, "kernels", "deno");
  await Deno.mkdir(spec, { recursive: true });
  // Written atomically, because another Jupyter may be reading it.
  const file = join(spec, "kernel.json");
  const temporary = `${file}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(
    temporary,
    JSON.stringify({
      argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
      display_name: "Deno",
      language: "typescript",
      env: { NO_COLOR: "1" },
    }),
  );
  await Deno.rename(temporary, file);
  return {
    JUPYTER_PATH: data,
    JUPYTER_DATA_DIR: data,
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    IPYTHONDIR: join(folder, "ipython"),
  };
}
