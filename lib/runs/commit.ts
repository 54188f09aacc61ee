/** The commit that a checkout is at, read from git's own files: no program is run. */
import { join, resolve } from "node:path";

/** Names that a name may stand for, one after another, before it is a circle. */
const MOST_STEPS = 5;
const HASH = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The hash of the commit that a project is checked out at, also in a worktree or a submodule; null where
 * there is no checkout, no commit yet, or git keeps its names in another form. Whether files differ from
 * the commit is not looked at.
 *
 * @param root The project's folder, which holds `.git`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { commitOf } from "./commit.ts";
 *
 * const root = await Deno.makeTempDir();
 * assertEquals(await commitOf(root), null);
 * await Deno.mkdir(`${root}/.git/refs/heads`, { recursive: true });
 * await Deno.writeTextFile(`${root}/.git/HEAD`, "ref: refs/heads/main\n");
 * await Deno.writeTextFile(`${root}/.git/refs/heads/main`, `${"ab".repeat(20)}\n`);
 * assertEquals(await commitOf(root), "ab".repeat(20));
 * ```
 */
export async function commitOf(root: string): Promise<string | null> {
  const folder = await gitFolder(root);
  if (folder === null) return null;
  // A worktree has its own HEAD, and shares all branches with the others.
  const shared = await textOf(join(folder, "commondir"));
  const folders = [folder, ...shared === null ? [] : [resolve(folder, shared)]];
  let name = "HEAD";
  for (let step = 0; step < MOST_STEPS; step++) {
    const value = await valueOf(name, folders);
    if (value === null) return null;
    if (HASH.test(value)) return value;
    const [, next] = /^ref:\s*(refs\/\S+)$/.exec(value) ?? [];
    if (next === undefined || next.split("/").includes("..")) return null;
    name = next;
  }
  return null;
}

/** A checkout's `.git`, or the folder that a file of this name leads to. */
async function gitFolder(root: string): Promise<string | null> {
  const path = join(root, ".git");
  try {
    if ((await Deno.stat(path)).isDirectory) return path;
  } catch {
    return null;
  }
  const [, folder] = /^gitdir:\s*(.+)$/.exec(await textOf(path) ?? "") ?? [];
  return folder === undefined ? null : resolve(root, folder);
}

/** What a name stands for: a file of its own, or a line of `packed-refs`. */
async function valueOf(name: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const value = await textOf(join(folder, name));
    if (value !== null) return value;
  }
  for (const folder of folders) {
    const packed = await textOf(join(folder, "packed-refs")) ?? "";
    const line = packed.split(/\r?\n/).find((line) => line.endsWith(` ${name}`));
    if (line !== undefined && !line.startsWith("#")) return line.split(" ")[0];
  }
  return null;
}

/** A file's text without blanks around it; null where it cannot be read. A pipe or device would never end. */
async function textOf(path: string): Promise<string | null> {
  try {
    if (!(await Deno.stat(path)).isFile) return null;
    return (await Deno.readTextFile(path)).trim();
  } catch {
    return null;
  }
}
