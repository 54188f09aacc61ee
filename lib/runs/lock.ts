/** One run at a time per folder. */
import { dirname } from "node:path";
import { InputError } from "../errors.ts";
import type { RunPaths } from "../paths.ts";
import { exists, isTemporary } from "../store/file.ts";

/**
 * Takes a folder for this process until disposed of, creating it where it is missing. The operating
 * system lets go of it with the process, so a kill leaves nothing to clean up but our own temporary
 * files, which are removed where the folder is a run.
 *
 * @param options.shared Takes it beside others that share it too, whose temporary files stay.
 * @throws {InputError} if another process has it.
 */
export async function lockFolder(
  { folder, lock, manifest }: Pick<RunPaths, "folder" | "lock" | "manifest">,
  { shared = false }: { shared?: boolean } = {},
): Promise<Disposable> {
  await Deno.mkdir(folder, { recursive: true });
  const file = await Deno.open(lock, { write: true, create: true });
  if (!await file.tryLock(!shared)) {
    file.close();
    throw new InputError(`Another run is using ${folder}; wait for it, or name another with --run`);
  }
  if (!shared && await exists(manifest)) await removeTemporaries(folder);
  return { [Symbol.dispose]: () => file.close() };
}

/** Waits until a file is this process's alone, and holds it until disposed of. */
export async function lockFile(path: string): Promise<Disposable> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(path, { write: true, create: true });
  await file.lock(true);
  return { [Symbol.dispose]: () => file.close() };
}

async function removeTemporaries(folder: string): Promise<void> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await removeTemporaries(path);
    else if (isFile && isTemporary(name)) await Deno.remove(path);
  }
}
