/** One run at a time per folder. */
import { dirname } from "node:path";
import { InputError } from "../errors.ts";

/**
 * Takes a folder for this process until disposed of. The operating system lets go of it with the
 * process, so a kill leaves nothing to clean up but unfinished temporary files, which are removed.
 *
 * @param shared Takes it beside others that share it too, whose temporary files stay.
 * @throws {InputError} if another process has it.
 */
export async function lockFolder(path: string, shared = false): Promise<Disposable> {
  const folder = dirname(path);
  await Deno.mkdir(folder, { recursive: true });
  const file = await Deno.open(path, { write: true, create: true });
  if (!await file.tryLock(!shared)) {
    file.close();
    throw new InputError(`Another run is using ${folder}; wait for it, or name another with --run`);
  }
  if (!shared) await removeTemporaries(folder);
  return { [Symbol.dispose]: () => file.close() };
}

async function removeTemporaries(folder: string): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) await removeTemporaries(path);
    else if (/\.(\d+\.tmp|partial)$/.test(entry.name)) await Deno.remove(path);
  }
}
