/** The version of our own code, as rows and figures record it. */
import { join } from "node:path";
import { sha256 } from "../store/key.ts";

/**
 * A hash of the source of some rooms of `lib`, tests left out: what was made by other code is made
 * anew. For work that costs minutes or money a version raised by hand is used instead.
 *
 * @param lib The folder `lib`.
 * @param rooms Folders within it, subfolders included.
 */
export async function sourceHash(lib: string, rooms: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const room of rooms) await collect(join(lib, room), parts);
  return sha256(parts.join("\n")).slice(0, 32);
}

async function collect(folder: string, parts: string[]): Promise<void> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(folder, name);
    if (isDirectory) await collect(path, parts);
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) {
      parts.push(name, sha256(await Deno.readFile(path)));
    }
  }
}
