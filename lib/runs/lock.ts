/** One run at a time per folder. */
import { dirname } from "node:path";
import { InputError } from "../errors.ts";
import type { RunPaths } from "../paths.ts";
import { isTemporary } from "../store/file.ts";

/**
 * Takes a folder for this process until disposed of, creating it where it is missing. The operating
 * system lets go of it with the process, so a kill leaves nothing to clean up but our own temporary
 * files; see {@link removeTemporaries}.
 *
 * @param options.shared Takes it beside others that share it too.
 * @throws {InputError} if another process has it.
 */
export async function lockFolder(
  { folder, lock }: Pick<RunPaths, "folder" | "lock">,
  { shared = false }: { shared?: boolean } = {},
): Promise<Disposable> {
  await Deno.mkdir(folder, { recursive: true });
  const file = await Deno.open(lock, { write: true, create: true });
  if (!await file.tryLock(!shared)) {
    file.close();
    throw new InputError(`Another run is using ${folder}; wait for it, or name another with --run`);
  }
  if (!await isAt(file, lock)) {
    // Who had it removed it with the run that was begun in vain.
    file.close();
    return await lockFolder({ folder, lock }, { shared });
  }
  return { [Symbol.dispose]: () => file.close() };
}

/** Whether an open file is still the one at its path. */
async function isAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const { dev, ino } = await file.stat();
  try {
    const there = await Deno.stat(path);
    return there.dev === dev && there.ino === ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Waits until a file is this process's alone, and holds it until disposed of. */
export async function lockFile(path: string): Promise<Disposable> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(path, { write: true, create: true });
  await file.lock(true);
  return { [Symbol.dispose]: () => file.close() };
}

/**
 * Removes our own temporary files, which a kill leaves, from a folder and those in it. Only who holds
 * the folder alone may, and only where it is known to be a run's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { removeTemporaries } from "./lock.ts";
 *
 * const folder = await Deno.makeTempDir();
 * for (const name of [".microverse-a.tmp", "b.tmp"]) await Deno.writeTextFile(`${folder}/${name}`, "");
 * await removeTemporaries(folder);
 * assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["b.tmp"]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function removeTemporaries(folder: string): Promise<void> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await removeTemporaries(path);
    else if (isFile && isTemporary(name)) await Deno.remove(path);
  }
}
