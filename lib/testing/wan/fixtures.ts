/** What Wan's tests compare with: tiny random models and what diffusers makes of them. */
import { join } from "node:path";
import { PROJECT } from "../../paths.ts";
import { ensurePython } from "../../pyenv/python.ts";
import { TRAINING } from "../../pyenv/requirements.ts";
import { exists } from "../../store/file.ts";
import { keyOf } from "../../store/key.ts";

/** A folder that a script of `lib/testing/wan/` filled, or why there is none. */
export type Fixture = { folder: string; reason: null } | { folder: null; reason: string };

/**
 * What `lib/testing/wan/NAME.py --out FOLDER` makes: once for each version of it and of the
 * scripts that it takes parts of, then found in the cache. Tests that need it are ignored where
 * there is no Python, and say so.
 */
export async function fixture(name: string, from: readonly string[] = []): Promise<Fixture> {
  const pathOf = (name: string) => join(PROJECT.root, "lib", "testing", "wan", `${name}.py`);
  const script = pathOf(name);
  const scripts = await Promise.all(
    [name, ...from].map(pathOf).map((path) => Deno.readTextFile(path)),
  );
  const key = keyOf({ scripts, packages: TRAINING });
  const folder = join(PROJECT.cache, "wan-fixtures", `${name}-${key.slice(0, 12)}`);
  if (await exists(folder)) return { folder, reason: null };
  const python = await ensurePython(PROJECT.cache, TRAINING, { onProgress: console.warn });
  if (python.path === null) {
    console.warn(`SKIPPED: Wan's ${name} beside diffusers, which needs Python: ${python.reason}`);
    return { folder: null, reason: python.reason };
  }
  await Deno.mkdir(join(folder, ".."), { recursive: true });
  const part = await Deno.makeTempDir({ dir: join(folder, ".."), prefix: `${name}-` });
  const { success, stderr } = await new Deno.Command(python.path, {
    args: [script, "--out", part],
    env: { HF_HUB_OFFLINE: "1" },
  }).output();
  if (!success) throw new Error(`${script} failed: ${new TextDecoder().decode(stderr)}`);
  // Of two tests that made it at once, the first gives it its name.
  await Deno.rename(part, folder).catch(() => Deno.remove(part, { recursive: true }));
  return { folder, reason: null };
}
