/** A table that is its own cache: only rows whose key is missing are computed. */
import { named } from "../errors.ts";
import { tellDamage } from "./damage.ts";
import { lostText, openTable, writeTable } from "./table.ts";
import { type Journal, journalPath, openJournal } from "./journal.ts";
import type { TableSchema } from "./schema.ts";
import { exists } from "./file.ts";

/** A table open for appending. */
export interface CachedTable<Row> {
  /** The row whose inputs hash to exactly this key. */
  get(key: string): Row | undefined;
  /** All rows; a later row replaces an earlier one with the same identity. */
  rows(): Row[];
  /** Appends rows. Once this resolves, they survive a killed process. */
  append(rows: readonly Row[]): Promise<void>;
  /** Compacts the journal into the table, sorted by identity, and closes. */
  compact(): Promise<Row[]>;
  /** Closes without compacting; the journal is picked up at the next opening. */
  close(): void;
}

/**
 * Opens the table at `path` (`NAME.arrow`) with its journal (`NAME.journal.arrows`).
 *
 * @throws {InputError} if either file has another version's columns.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { openCache } from "./cache.ts";
 * import { defineTable } from "./schema.ts";
 *
 * const schema = defineTable<{ task: number; key: string }>({
 *   name: "tasks", columns: { task: "int32", key: "utf8" }, identity: ["task"],
 * });
 * const folder = await Deno.makeTempDir();
 * const cache = await openCache(schema, `${folder}/tasks.arrow`);
 * await cache.append([{ task: 2, key: "b" }, { task: 1, key: "a" }]);
 * assertEquals(cache.get("a"), { task: 1, key: "a" });
 * assertEquals((await cache.compact()).map((row) => row.task), [1, 2]);
 * ```
 */
export async function openCache<Row extends { key: string }>(
  schema: TableSchema<Row>,
  path: string,
): Promise<CachedTable<Row>> {
  const folder = path.replace(/[^/\\]*$/, "") || ".";
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw named(error, "create", folder);
  }
  const ownJournal = journalPath(path);
  const byIdentity = new Map<string, Row>();
  const byKey = new Map<string, Row>();
  const index = (rows: readonly Row[]) => {
    for (const row of rows) {
      const identity = JSON.stringify(schema.identity.map((column) => row[column]));
      const replaced = byIdentity.get(identity);
      if (replaced) byKey.delete(replaced.key);
      byIdentity.set(identity, row);
      byKey.set(row.key, row);
    }
  };
  const found = await openTable(schema, path);
  index(found?.rows ?? []);
  if (found?.lost) tellDamage(`${lostText(schema, path, found.rows.length)}`);
  let journal: Journal<Row> | undefined;
  let changed = found?.renew ?? true;
  if (await exists(ownJournal)) {
    journal = await openJournal(schema, ownJournal);
    if (journal.lost) tellDamage(`${ownJournal} was damaged; its damaged rows are made again`);
    index(journal.recovered);
    changed = true;
  }
  const close = () => {
    journal?.close();
    journal = undefined;
  };
  return {
    get: (key) => byKey.get(key),
    rows: () => [...byIdentity.values()],
    async append(rows) {
      if (rows.length === 0) return;
      journal ??= await openJournal(schema, ownJournal);
      await journal.append(rows);
      index(rows);
      changed = true;
    },
    async compact() {
      close();
      const sorted = sortRows(schema, [...byIdentity.values()]);
      if (changed) await writeTable(schema, path, sorted);
      if (await exists(ownJournal)) await Deno.remove(ownJournal);
      return sorted;
    },
    close,
  };
}

/** Rows sorted by their identity columns: numbers by value, text by code unit. */
export function sortRows<Row>(schema: TableSchema<Row>, rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => {
    for (const column of schema.identity) {
      if (a[column] < b[column]) return -1;
      if (a[column] > b[column]) return 1;
    }
    return 0;
  });
}
