/** Folders and files that commands write to by --out and the like: what is there already is kept. */
import { join } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { someOf } from "../../lib/numbers.ts";
import { exists } from "../../lib/store/file.ts";

/**
 * Takes a folder for a command's own files: one that is new or empty, or that it has taken before,
 * which a hidden file in it says.
 *
 * @param what What the folder is to hold: `dataset`.
 * @param options.isFormer Whether a folder without that file is one that an earlier version made.
 * @throws {InputError} for a folder that holds anything else; nothing was touched.
 */
export async function takeFolder(
  folder: string,
  what: string,
  { isFormer = () => Promise.resolve(false) }: { isFormer?: () => Promise<boolean> } = {},
): Promise<void> {
  const mark = join(folder, `.microverse-${what}`);
  if (await exists(mark)) return;
  const names = await namesIn(folder);
  if (names.length > 0 && !await isFormer()) {
    throw otherFolder(folder, what, names);
  }
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(mark, "");
}

/**
 * Refuses a folder that holds anything but files which a command wrote; hidden ones count for nothing.
 *
 * @param what What the folder is to hold: `export`.
 * @param isOurs Whether a file's content is what the command writes.
 * @throws {InputError} naming what is there; nothing was touched.
 */
export async function refuseOtherFolder(
  folder: string,
  what: string,
  isOurs: (bytes: Uint8Array) => boolean,
): Promise<void> {
  const names = (await namesIn(folder)).filter((name) => !name.startsWith("."));
  const others: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const { isFile } = await Deno.lstat(path);
    if (!isFile || !isOurs(await Deno.readFile(path))) others.push(name);
  }
  if (others.length > 0) throw otherFolder(folder, what, others);
}

/** Whether a file is one of this project's tables. */
export async function isOurTable(path: string): Promise<boolean> {
  const bytes = await Deno.readFile(path).catch(() => new Uint8Array());
  return new TextDecoder("latin1").decode(bytes).includes("microverse.table");
}

/**
 * Refuses to replace a file of other content, a folder, a link, or anything else.
 *
 * @param isOurs Whether its content is what the command writes.
 * @throws {InputError} naming it; nothing was touched.
 */
export async function refuseOtherFile(
  path: string,
  isOurs: (bytes: Uint8Array) => boolean,
): Promise<void> {
  // Not what a link leads to: the link itself would be replaced, also one that leads nowhere.
  const found = await Deno.lstat(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (found === null || found.isFile && isOurs(await Deno.readFile(path))) return;
  throw new InputError(
    `Cannot write ${path}: something else is there already; move it away, or name another place`,
  );
}

function otherFolder(folder: string, what: string, names: readonly string[]): InputError {
  const article = /^[aeiou]/.test(what) ? "an" : "a";
  return new InputError(
    `Cannot write ${article} ${what} into ${folder}: it holds ${
      someOf(names, 3)
    }; expected a new or empty folder, or one that this command made`,
  );
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    const isFile = error instanceof Deno.errors.NotADirectory || (await Deno.stat(folder)).isFile;
    throw isFile ? new InputError(`Cannot write into ${folder}: it is a file`) : error;
  }
}
