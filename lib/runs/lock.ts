/** One run at a time per folder. */
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { InputError, messageOf, named, systemCode } from "../errors.ts";
import type { RunPaths } from "../paths.ts";
import { isTemporary } from "../temporary.ts";

/** How often who holds a file says that it is still at work, milliseconds. */
const BEAT_MS = 10_000;
/** Who has said nothing for this long is gone, milliseconds: it was killed, or its machine is down. */
const GONE_MS = 90_000;
/** How often who waits looks again, where the disk has no locks, milliseconds. */
const LOOK_MS = 50;

/** What a lock file says of who holds it. */
const ownerSchema = z.object({ host: z.string(), pid: z.int() });

/** Errors of disks that have no file locks: some network disks, and those of some containers. */
const NO_LOCKS = ["ENOSYS", "ENOTSUP", "EOPNOTSUPP", "ENOLCK"];

/**
 * Takes a folder for this process until disposed of, creating it where it is missing. The operating
 * system lets go of it with the process, so a kill leaves nothing to clean up but our own temporary
 * files; see {@link removeTemporaries}. On a disk without file locks, a file says who has it, and who
 * is killed has it for {@link GONE_MS} more.
 *
 * @param options.shared Takes it beside others that share it too.
 * @throws {InputError} if another process has it, on this machine or on another one.
 */
export async function lockFolder(
  { folder, lock }: Pick<RunPaths, "folder" | "lock">,
  { shared = false }: { shared?: boolean } = {},
): Promise<Disposable> {
  await makeFolder(folder);
  const held = await tryHold(lock, { shared });
  if ("by" in held) {
    throw new InputError(
      `Another run is using ${folder}${held.by}; wait for it, or name another with --run`,
    );
  }
  return held;
}

/** Waits until a file is this process's alone, and holds it until disposed of. */
export async function lockFile(path: string): Promise<Disposable> {
  await makeFolder(dirname(path));
  const file = await openLock(path);
  try {
    await file.lock(true);
    return { [Symbol.dispose]: () => file.close() };
  } catch (error) {
    file.close();
    if (!hasNoLocks(error)) throw named(error, "lock", path);
  }
  for (;;) {
    const held = await holdByFile(path);
    if (!("by" in held)) return held;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Takes a file for this process until disposed of; else who has it. */
export async function tryHold(
  path: string,
  { shared = false }: { shared?: boolean } = {},
): Promise<Disposable | { by: string }> {
  const file = await openLock(path);
  let ours: boolean;
  try {
    ours = await file.tryLock(!shared);
  } catch (error) {
    file.close();
    if (!hasNoLocks(error)) throw named(error, "lock", path);
    if (!shared) return await holdByFile(path);
    throw new InputError(
      `Cannot share ${dirname(path)}: its disk has no file locks (${
        messageOf(error)
      }). Leave out ` +
        "--shard, or use a folder on a disk that has them",
    );
  }
  if (!ours) {
    const by = saidOf(await ownerOf(path));
    file.close();
    return { by };
  }
  // Who had it removed it with the run that was begun in vain.
  if (!await isAt(file, path)) {
    file.close();
    return await tryHold(path, { shared });
  }
  // Where locks hold on one machine alone, as some network disks have them, another may be at work.
  const other = await ownerOf(path);
  if (other && other.host !== hostname()) {
    file.close();
    return { by: goneText(other) };
  }
  // Those that share it cannot all stand in it.
  if (shared) return { [Symbol.dispose]: () => file.close() };
  await sign(file);
  const beat = beating(path);
  return {
    [Symbol.dispose]() {
      clearInterval(beat);
      forget(file);
      file.close();
    },
  };
}

/** The file that says who holds another, on disks without file locks. */
export function holderOf(path: string): string {
  return `${path}.held`;
}

/** Holds a file by another beside it, which only one process can create. */
async function holdByFile(path: string): Promise<Disposable | { by: string }> {
  const holder = holderOf(path);
  try {
    using file = await Deno.open(holder, { write: true, createNew: true });
    await sign(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw named(error, "write", holder);
    const owner = await ownerOf(holder);
    if (owner) return { by: goneText(owner) };
    // It may have been created just now, and not yet say by whom.
    if (await isFresh(holder)) return { by: "" };
    await removeStale(holder);
    return await holdByFile(path);
  }
  const beat = beating(holder);
  return {
    [Symbol.dispose]() {
      clearInterval(beat);
      try {
        Deno.removeSync(holder);
      } catch {
        // Someone who took us for gone has it now.
      }
    },
  };
}

/**
 * Removes what a holder left that is gone. Of several that find it at once, one alone does, and looks
 * again first: else the second would remove what the first has put in its place.
 */
async function removeStale(holder: string): Promise<void> {
  // Of the form of temporary files, so that it is swept like them where its process is killed.
  const turn = join(dirname(holder), `.microverse-${basename(holder)}-00000000.tmp`);
  try {
    using _ = await Deno.open(turn, { write: true, createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw named(error, "write", turn);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const left = await Deno.stat(turn).catch(() => null);
    if (left && !isRecent(left)) await Deno.remove(turn).catch(() => {});
    return;
  }
  try {
    // Where it is gone by now, another may create it at any moment.
    const there = await Deno.stat(holder).catch(() => null);
    if (there && !isRecent(there)) await Deno.remove(holder).catch(() => {});
  } finally {
    await Deno.remove(turn).catch(() => {});
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw named(error, "create", folder);
  }
}

async function openLock(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, create: true });
  } catch (error) {
    throw named(error, "write", path);
  }
}

function hasNoLocks(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const said = /function not implemented|not supported|no locks available/i;
  return NO_LOCKS.includes(code || systemCode(error) || "") || said.test(messageOf(error));
}

/** Writes who holds a file into it. A full disk is no reason not to hold it. */
async function sign(file: Deno.FsFile): Promise<void> {
  try {
    await file.truncate(0);
    await file.seek(0, Deno.SeekMode.Start);
    await file.write(new TextEncoder().encode(JSON.stringify({ host: hostname(), pid: Deno.pid })));
  } catch {
    await file.truncate(0).catch(() => {});
  }
}

function forget(file: Deno.FsFile): void {
  try {
    file.truncateSync(0);
  } catch {
    // The disk is gone or read-only now; who comes next waits until this is old.
  }
}

function beating(path: string): ReturnType<typeof setInterval> {
  const beat = setInterval(() => {
    const now = new Date();
    Deno.utime(path, now, now).catch(() => {});
  }, BEAT_MS);
  // Deno's own where no types of node are loaded: a number.
  if (typeof beat === "number") Deno.unrefTimer(beat);
  else beat.unref();
  return beat;
}

/** Who a lock file says has it; null where nobody has, or who had is gone. */
async function ownerOf(path: string): Promise<z.infer<typeof ownerSchema> | null> {
  try {
    if (!await isFresh(path)) return null;
    return ownerSchema.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch {
    return null;
  }
}

/** Whether a lock file is there, and was touched not long ago. */
async function isFresh(path: string): Promise<boolean> {
  const there = await Deno.stat(path).catch(() => null);
  return there !== null && isRecent(there);
}

function isRecent({ mtime }: Pick<Deno.FileInfo, "mtime">): boolean {
  return mtime !== null && Date.now() - mtime.getTime() <= GONE_MS;
}

function saidOf(owner: z.infer<typeof ownerSchema> | null): string {
  return owner ? ` (process ${owner.pid} on ${owner.host})` : "";
}

/** Where nothing but its last word says that it is at work. */
function goneText(owner: z.infer<typeof ownerSchema>): string {
  return `${saidOf(owner)}; if that was killed, it is free in ${GONE_MS / 1000} s`;
}

/** Whether a file is a lock of ours, empty or with who holds it. */
export async function isLock(path: string): Promise<boolean> {
  const text = await Deno.readTextFile(path).catch(() => null);
  if (text === null || text === "") return text === "";
  try {
    return ownerSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
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

/**
 * Removes our own temporary files, which a kill leaves, from a folder and from those in it that are
 * ours. Only who holds the folder alone may, and only where it is known to be a run's. Links are not
 * followed.
 *
 * @param owned Names of the folders in it that are the run's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { temporaryPath } from "../temporary.ts";
 * import { removeTemporaries } from "./lock.ts";
 *
 * const folder = await Deno.makeTempDir();
 * for (const name of ["clips", "films"]) {
 *   await Deno.mkdir(`${folder}/${name}`);
 *   for (const path of [temporaryPath(`${folder}/${name}/a`), `${folder}/${name}/b.tmp`]) {
 *     await Deno.writeTextFile(path, "");
 *   }
 * }
 * await removeTemporaries(folder, ["clips"]);
 * assertEquals([...Deno.readDirSync(`${folder}/clips`)].map(({ name }) => name), ["b.tmp"]);
 * assertEquals([...Deno.readDirSync(`${folder}/films`)].length, 2);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function removeTemporaries(
  folder: string,
  owned?: readonly string[],
): Promise<void> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isFile && isTemporary(name)) await Deno.remove(path).catch(() => {});
    else if (isDirectory && (owned?.includes(name) ?? true)) await removeTemporaries(path);
  }
}
