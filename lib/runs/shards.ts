/** One run's clips made by several processes at once, on one machine or on many that share a disk. */
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import { verdictsTable } from "../records/verdict.ts";
import type { RunPaths } from "../paths.ts";
import { type CachedTable, openCache } from "../store/cache.ts";
import { exists } from "../store/file.ts";
import { journalPath } from "../store/journal.ts";
import type { TableSchema } from "../store/schema.ts";
import { salvageRows } from "../store/salvage.ts";
import { hasLostRows, lostText, readTableIfAny } from "../store/table.ts";
import { lockFile, tryHold } from "./lock.ts";

/** A share of the work. */
export interface Shard {
  /** From 1. */
  index: number;
  /** How many shares there are. */
  of: number;
}

/** A shard's own table beside what others have made. */
export interface ShardTable extends CachedTable<Clip>, Disposable {}

const FILE = /^(\d+)-of-(\d+)\.lock$/;

/**
 * Opens a shard's table: rows go to a file of its own until they are folded into the run's.
 * What earlier processes left, whatever their shards were, is folded first.
 *
 * @throws {InputError} if this shard, or one of another count, is at work.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { runPaths } from "../paths.ts";
 * import { openShard } from "./shards.ts";
 *
 * const paths = runPaths(await Deno.makeTempDir());
 * using shard = await openShard(paths, { index: 1, of: 2 });
 * assertEquals(shard.rows(), []);
 * await assertInputError(() => openShard(paths, { index: 1, of: 2 }), "1/2", "at work");
 * await assertInputError(() => openShard(paths, { index: 3, of: 4 }), "3/4", "1/2");
 * ```
 */
export async function openShard(paths: RunPaths, shard: Shard): Promise<ShardTable> {
  const folder = shardsFolder(paths);
  await Deno.mkdir(folder, { recursive: true });
  const lock = await oneByOne(folder, async () => {
    const taken = await tryHold(lockOf(folder, shard));
    if ("by" in taken) {
      throw new InputError(`Cannot make shard ${said(shard)}: it is at work already${taken.by}`);
    }
    try {
      await refuseOtherCounts(folder, shard);
      await foldJournal(clipsTable, paths);
      await foldIdle(paths);
      return taken;
    } catch (error) {
      taken[Symbol.dispose]();
      throw error;
    }
  });
  let held = true;
  const release = () => {
    if (held) lock[Symbol.dispose]();
    held = false;
  };
  const known = await readTableIfAny(clipsTable, paths.table("clips")) ?? [];
  const byKey = new Map(known.map((row) => [row.key, row]));
  const own = await openCache(clipsTable, tableOf(folder, shard));
  return {
    get: (key) => own.get(key) ?? byKey.get(key),
    rows: () => [...known, ...own.rows()],
    append: (rows) => own.append(rows),
    async compact() {
      await own.compact();
      release();
      await foldShards(paths);
      return await readTableIfAny(clipsTable, paths.table("clips")) ?? [];
    },
    close: () => own.close(),
    [Symbol.dispose]() {
      own.close();
      release();
    },
  };
}

/** Folds the tables of shards that are not at work into the run's, and removes them. */
export async function foldShards(paths: RunPaths): Promise<void> {
  const folder = shardsFolder(paths);
  if (await exists(folder)) await oneByOne(folder, () => foldIdle(paths));
}

/**
 * Folds all that earlier processes left into the run's tables: shards that are not at work, and rows
 * that a killed process had kept in a journal alone. Only for who holds the run's folder.
 *
 * What has lost rows stays as it is: once folded, nothing would show that some are missing. Who makes
 * the missing rows opens it and says so; who reads them is refused.
 *
 * @param isOurs Whether a name in the run's folder is the run's.
 */
export async function foldLeftovers(
  paths: RunPaths,
  isOurs: (name: string) => boolean = () => true,
): Promise<void> {
  for (const schema of [clipsTable, verdictsTable] as TableSchema<{ key: string }>[]) {
    const isWhole = await lostIn(schema, paths.table(schema.name)) === null;
    if (isWhole && isOurs(`${schema.name}.journal.arrows`)) await foldJournal(schema, paths);
  }
  const folder = shardsFolder(paths);
  if (!isOurs("shards") || !await exists(folder)) return;
  if (await lostIn(clipsTable, paths.table("clips")) !== null) return;
  await oneByOne(folder, async () => {
    await foldIdle(paths, async (table) => await lostIn(clipsTable, table) === null);
  });
}

/**
 * Refuses to read a run's clips where rows of them are lost, also those that a killed process had kept in
 * a journal alone.
 *
 * @throws {InputError} naming the file, and the command that makes the rows again.
 */
export async function refuseLostClips(paths: RunPaths): Promise<void> {
  const folder = shardsFolder(paths);
  const shards = await exists(folder) ? await shardsIn(folder) : [];
  const clips = [paths.table("clips"), ...shards.map((shard) => tableOf(folder, shard))];
  for (const path of clips) {
    const lost = await lostIn(clipsTable, path);
    if (lost !== null) throw new InputError(lostText(clipsTable, lost, null, paths.folder));
  }
}

/** The file of a table or its journal that has lost rows; null where both are whole. */
export async function lostIn<Row>(schema: TableSchema<Row>, path: string): Promise<string | null> {
  if (await hasLostRows(schema, path)) return path;
  const journal = journalPath(path);
  if (!await exists(journal)) return null;
  return salvageRows(schema, await Deno.readFile(journal), 0).lost ? journal : null;
}

async function foldJournal<Row extends { key: string }>(
  schema: TableSchema<Row>,
  paths: RunPaths,
): Promise<void> {
  const path = paths.table(schema.name);
  if (await exists(journalPath(path))) await (await openCache(schema, path)).compact();
}

async function foldIdle(
  paths: RunPaths,
  isWanted: (table: string) => Promise<boolean> = () => Promise.resolve(true),
): Promise<void> {
  const folder = shardsFolder(paths);
  for (const shard of await shardsIn(folder)) {
    if (!await isWanted(tableOf(folder, shard))) continue;
    const lock = await tryHold(lockOf(folder, shard));
    if ("by" in lock) continue;
    using _ = lock;
    const own = await openCache(clipsTable, tableOf(folder, shard));
    const rows = await own.compact();
    if (rows.length > 0) {
      const all = await openCache(clipsTable, paths.table("clips"));
      await all.append(rows);
      await all.compact();
    }
    await Deno.remove(tableOf(folder, shard));
  }
}

async function refuseOtherCounts(folder: string, shard: Shard): Promise<void> {
  for (const other of await shardsIn(folder)) {
    if (other.of === shard.of) continue;
    const lock = await tryHold(lockOf(folder, other));
    if (!("by" in lock)) {
      lock[Symbol.dispose]();
      continue;
    }
    throw new InputError(
      `Cannot make shard ${said(shard)}: shard ${said(other)} is at work, and shares of another ` +
        "count would make some clips twice; wait for it",
    );
  }
}

/**
 * Whether a place among all that there is to make is this shard's.
 *
 * @param place From 0.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { isOfShard } from "./shards.ts";
 *
 * assertEquals([0, 1, 2, 3].map((place) => isOfShard(place, { index: 2, of: 3 })), [
 *   ...[false, true, false, false],
 * ]);
 * ```
 */
export function isOfShard(place: number, { index, of }: Shard): boolean {
  return place % of === index - 1;
}

function said({ index, of }: Shard): string {
  return `${index}/${of}`;
}

function shardsFolder(paths: RunPaths): string {
  return join(paths.folder, "shards");
}

function lockOf(folder: string, { index, of }: Shard): string {
  return join(folder, `${index}-of-${of}.lock`);
}

function tableOf(folder: string, { index, of }: Shard): string {
  return join(folder, `${index}-of-${of}.arrow`);
}

async function shardsIn(folder: string): Promise<Shard[]> {
  const found: Shard[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const [, index, of] = FILE.exec(name) ?? [];
    if (of !== undefined) found.push({ index: Number(index), of: Number(of) });
  }
  return found.sort((a, b) => a.of - b.of || a.index - b.index);
}

/** To see whether a shard is at work takes its lock for a moment, which others must not take for work. */
async function oneByOne<T>(folder: string, work: () => Promise<T>): Promise<T> {
  using _turn = await lockFile(join(folder, "turn"));
  return await work();
}
