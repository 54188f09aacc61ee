/** Notebooks executed by the real Jupyter, to prove that it shows what our own execution shows. */
import { join } from "node:path";
import { formatNotebook, type Notebook, parseNotebook } from "./format.ts";

/** How Jupyter executes a notebook. */
export interface JupyterOptions {
  /** A Python that has the packages of `JUPYTER` in lib/pyenv. */
  python: string;
  /** A folder for Jupyter's own files; the user's are neither read nor written. */
  folder: string;
  /** The kernel's folder. */
  cwd: string;
  /** Environment variables beside this process's own. */
  env?: Record<string, string>;
  /** Seconds that one cell may take; 600 by default. */
  timeout?: number;
  /** Ends Jupyter and its kernel when aborted. */
  signal?: AbortSignal;
}

/** What Jupyter made of a notebook. */
export interface JupyterExecution {
  /** With the outputs up to the failure, if any. */
  notebook: Notebook;
  /** What Jupyter raised: a cell that threw, ran over its time, or ended its kernel. */
  error: { name: string; value: string } | null;
}

/**
 * The environment variables with which Jupyter, started in any way, finds the kernel `deno` (the deno
 * that runs this) and keeps all its files under `folder`. Writes the kernel's specification there, as
 * `deno jupyter --install` would into the user's own folder.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing.ts";
 * import { jupyterEnvironment } from "./jupyter.ts";
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
  await Deno.writeTextFile(
    join(spec, "kernel.json"),
    JSON.stringify({
      argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
      display_name: "Deno",
      language: "typescript",
      env: { NO_COLOR: "1" },
    }),
  );
  return {
    JUPYTER_PATH: data,
    JUPYTER_DATA_DIR: data,
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    IPYTHONDIR: join(folder, "ipython"),
  };
}

/**
 * Executes a notebook with nbclient, which also validates it against Jupyter's own schema. Throws
 * where Jupyter itself fails; what cells throw is in the answer.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing.ts";
 * import { executeWithJupyter } from "./jupyter.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const options = { python: "no-such-python", folder, cwd: folder };
 * const notebook = { cells: [], metadata: {}, nbformat: 4 as const, nbformat_minor: 5 };
 * let refused = "";
 * await executeWithJupyter(notebook, options).catch((error) => refused = error.message);
 * assertOk(refused.includes("no-such-python"));
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function executeWithJupyter(
  notebook: Notebook,
  options: JupyterOptions,
): Promise<JupyterExecution> {
  const { python, folder, cwd, env, timeout = 600, signal } = options;
  const client = new Deno.Command(python, {
    args: ["-c", CLIENT, cwd, String(timeout)],
    env: { ...env, ...await jupyterEnvironment(folder) },
    signal,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const answer = client.output();
  const input = client.stdin.getWriter();
  await input.write(new TextEncoder().encode(formatNotebook(notebook)));
  await input.close();
  const { success, stdout, stderr } = await answer;
  signal?.throwIfAborted();
  const text = new TextDecoder();
  if (!success) throw new Error(`Jupyter failed: ${text.decode(stderr).trim()}`);
  const { notebook: executed, error } = JSON.parse(text.decode(stdout));
  return { notebook: parseNotebook(JSON.stringify(executed), "executed by Jupyter"), error };
}

const CLIENT = `
import json, sys
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError

folder, timeout = sys.argv[1], int(sys.argv[2])
notebook = nbformat.reads(sys.stdin.buffer.read().decode(), as_version=4)
nbformat.validate(notebook)
client = NotebookClient(
    notebook, timeout=timeout, kernel_name="deno", resources={"metadata": {"path": folder}}
)
error = None
try:
    client.execute()
except CellExecutionError as raised:
    error = {"name": raised.ename, "value": raised.evalue}
except (CellControlSignal, DeadKernelError) as raised:
    error = {"name": type(raised).__name__, "value": str(raised)}
sys.stdout.write(json.dumps({"notebook": notebook, "error": error}))
`;
