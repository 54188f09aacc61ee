/** References for Wan's tests: tiny random models and Diffusers' results with them. */
import { join } from "node:path";
import { PROJECT } from "../../paths.ts";
import { ensurePython } from "../../pyenv/python.ts";
import { TRAINING } from "../../pyenv/requirements.ts";
import { exists } from "../../store/file.ts";
import { keyOf } from "../../store/key.ts";

/** A folder written by a script of `lib/testing/wan/`, or the reason for its absence. */
export type Fixture = { folder: string; reason: null } | { folder: null; reason: string };

/**
 * Runs `lib/testing/wan/NAME.py --out FOLDER`, once for each version of it and of the scripts that it
 * imports, and caches the folder. Tests that need it are skipped with a warning if Python is
 * unavailable.
 */
export async function fixture(name: string, imports: readonly string[] = []): Promise<Fixture> {
  const pathOf = (name: string) => join(PROJECT.root, "lib", "testing", "wan", `${name}.py`);
  const script = pathOf(name);
  const scripts = await Promise.all(
    [name, ...imports].map(pathOf).map((path) => Deno.readTextFile(path)),
  );
  const key = keyOf({ scripts, packages: TRAINING });
  const folder = join(PROJECT.cache, "wan-fixtures", `${name}-${key.slice(0, 12)}`);
  if (await exists(folder)) return { folder, reason: null };
  const python = await ensurePython(PROJECT.cache, TRAINING, { onProgress: console.warn });
  if (python.path === null) {
    console.warn(`SKIPPED: Wan's ${name} against Diffusers, which needs Python: ${python.reason}`);
    return { folder: null, reason: python.reason };
  }
  await Deno.mkdir(join(folder, ".."), { recursive: true });
  const part = await Deno.makeTempDir({ dir: join(folder, ".."), prefix: `${name}-` });
  const { success, stderr } = await new Deno.Command(python.path, {
    args: [script, "--out", part],
    env: { HF_HUB_OFFLINE: "1" },
  }).output();
  if (!success) throw new Error(`${script} failed: ${new TextDecoder().decode(stderr)}`);
  // If two tests ran the script at once, the first result is kept.
  await Deno.rename(part, folder).catch(() => Deno.remove(part, { recursive: true }));
  return { folder, reason: null };
}
