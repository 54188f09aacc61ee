/** Whether a folder is a run, and what to say where it is not. */
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { someOf } from "../numbers.ts";
import { PROJECT, runName, runPaths } from "../paths.ts";
import { nearest } from "../registry.ts";
import { commandText, shellWord } from "../shell.ts";
import { exists } from "../store/file.ts";
import { copyOf } from "../store/record_file.ts";
import { holderOf, isLock } from "./lock.ts";
import { isTemporary } from "../temporary.ts";

/** Whether a folder is a run. */
export async function isRun(folder: string): Promise<boolean> {
  try {
    return await exists(runPaths(folder).manifest);
  } catch (error) {
    if (isNoFolder(error)) return false;
    throw error;
  }
}

/**
 * Refuses a folder that is no run, before anything is created.
 *
 * @throws {InputError} with the runs that there are, the nearest name, and how to make one.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { requireRun } from "./find_run.ts";
 *
 * await assertInputError(() => requireRun("/tmp/no-such-run"), "/tmp/no-such-run", "generate");
 * ```
 */
export async function requireRun(folder: string): Promise<void> {
  await requireFolder(folder);
  if (await isRun(folder)) return;
  await refuseWithoutRecord(folder);
  const beside = dirname(folder);
  const runs = await runsIn(beside);
  const guess = nearest(basename(folder), runs);
  const name = runName(folder);
  throw new InputError(
    [
      `Found no run ${name}${guess ? `; did you mean ${runName(join(beside, guess))}?` : ""}`,
      beside === PROJECT.results
        ? `Runs in results/: ${runs.join(", ") || "none yet"}`
        : `A run's folder holds run.json; ${folder} does not`,
      `To begin it: ${commandText("generate", ["--model", "MODEL", "--run", name])}`,
    ].join("\n"),
  );
}

/**
 * Refuses what is there and is no folder.
 *
 * @throws {InputError} naming it, or the part of its path that is no folder.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { requireFolder } from "./find_run.ts";
 *
 * await requireFolder("/tmp/no-such-run");
 * const file = await Deno.makeTempFile();
 * await assertInputError(() => requireFolder(file), file, "expected a folder");
 * await assertInputError(() => requireFolder(`${file}/mine`), file, "expected a folder");
 * ```
 */
export async function requireFolder(folder: string): Promise<void> {
  try {
    if ((await Deno.stat(folder)).isDirectory) return;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (!isNoFolder(error)) throw error;
    return await requireFolder(dirname(folder));
  }
  throw new InputError(`Cannot have a run in ${folder}: it is a file; expected a folder`);
}

/** Whether a path leads through a file. */
function isNoFolder(error: unknown): boolean {
  return error instanceof Deno.errors.NotADirectory ||
    error instanceof Error && "code" in error && error.code === "ENOTDIR";
}

/**
 * Refuses to begin a run in a folder that holds anything: a run may replace each file that has the
 * name of one of its own. What a command leaves that was killed while it began is no hindrance.
 *
 * @throws {InputError} naming some of it.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { refuseForeign } from "./find_run.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await refuseForeign(folder);
 * await Deno.writeTextFile(`${folder}/stats.arrow`, "mine");
 * await assertInputError(() => refuseForeign(folder), "stats.arrow", "empty folder");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function refuseForeign(folder: string): Promise<void> {
  await requireFolder(folder);
  if (await isRun(folder)) return;
  const foreign: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!await isBeginning(folder, entry)) foreign.push(entry.name);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (foreign.length === 0) return;
  await refuseWithoutRecord(folder);
  throw new InputError(
    `Cannot begin a run in ${folder}: it holds ${someOf(foreign.sort(), 5)}, and ` +
      "no run.json of a run; expected a new or empty folder",
  );
}

/** Says how a run whose `run.json` alone is gone is used again. */
async function refuseWithoutRecord(folder: string): Promise<void> {
  const { manifest } = runPaths(folder);
  const copy = copyOf(manifest);
  try {
    if (!await exists(copy)) return;
  } catch (error) {
    if (isNoFolder(error)) return;
    throw error;
  }
  throw new InputError(
    `Cannot use the run ${runName(folder)}: its run.json is gone. A copy of it is there: ` +
      `cp ${shellWord(copy)} ${shellWord(manifest)}`,
  );
}

/** Whether a file is what a command leaves that is killed before it writes `run.json`. */
async function isBeginning(folder: string, { name, isFile }: Deno.DirEntry): Promise<boolean> {
  if (!isFile) return false;
  if (isTemporary(name)) return true;
  const { lock, manifestLock } = runPaths(folder);
  const path = join(folder, name);
  const locks = [lock, manifestLock];
  return [...locks, ...locks.map(holderOf)].includes(path) && await isLock(path);
}

/** Names of the runs in a folder, sorted. */
async function runsIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory && await isRun(join(folder, name))) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}
