/** Folders of JSON files that are one thing in parts. */
import { basename, join } from "node:path";
import { InputError, messageOf } from "./errors.ts";

/** A file's path and its text. */
export interface TextFile {
  file: string;
  text: string;
}

/**
 * The `.json` files of a folder, by name.
 *
 * @param what What they hold, for the message.
 * @throws {InputError} for a folder that cannot be read or holds none.
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { jsonFiles } from "./json_files.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/a.json`, "[]");
 * assertEquals((await jsonFiles(folder, "tasks")).map(({ text }) => text), ["[]"]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function jsonFiles(folder: string, what: string): Promise<TextFile[]> {
  const files: TextFile[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.endsWith(".json")) continue;
      const file = join(folder, name);
      files.push({ file, text: await Deno.readTextFile(file) });
    }
  } catch (error) {
    throw new InputError(`Cannot read ${what} from ${folder}: ${messageOf(error)}`);
  }
  if (files.length === 0) {
    throw new InputError(`Cannot read ${what} from ${folder}: it holds no .json file`);
  }
  return files.toSorted((a, b) => basename(a.file) < basename(b.file) ? -1 : 1);
}
