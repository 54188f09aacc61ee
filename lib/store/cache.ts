/** A table that is its own cache: only rows whose key is missing are made. */
import { readTableIfAny, writeTable } from "./table.ts";
import { type Journal, journalPath, openJournal } from "./journal.ts";
import type { TableSchema } from "./schema.ts";
import { exists } from "./file.ts";

/** A table being added to. */
export interface CachedTable<Row> {
  /** The row made from exactly what `key` was hashed from. */
  get(key: string): Row | undefined;
  /** All rows, a later row replacing an earlier one of the same identity. */
  rows(): Row[];
  /** Keeps rows: they survive a kill from when this returns. */
  append(rows: readonly Row[]): Promise<void>;
  /** Folds the journal into the table, sorted by identity, and closes. */
  fold(): Promise<Row[]>;
  /** Closes without folding; the journal stays for the next opening. */
  close(): void;
}

/**
 * Opens the table at `path` (`NAME.arrow`) with its journal (`NAME.journal.arrows`).
 *
 * @throws {InputError} if either file holds another version's columns.
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
 * assertEquals((await cache.fold()).map((row) => row.task), [1, 2]);
 * ```
 */
export async function openCache<Row extends { key: string }>(
  schema: TableSchema<Row>,
  path: string,
): Promise<CachedTable<Row>> {
  await Deno.mkdir(path.replace(/[^/\\]*$/, "") || ".", { recursive: true });
  const ownJournal = journalPath(path);
  const byIdentity = new Map<string, Row>();
  const byKey = new Map<string, Row>();
  const keep = (rows: readonly Row[]) => {
    for (const row of rows) {
      const identity = JSON.stringify(schema.identity.map((column) => row[column]));
      const replaced = byIdentity.get(identity);
      if (replaced) byKey.delete(replaced.key);
      byIdentity.set(identity, row);
      byKey.set(row.key, row);
    }
  };
  keep(await readTableIfAny(schema, path) ?? []);
  let journal: Journal<Row> | undefined;
  let changed = !(await exists(path));
  if (await exists(ownJournal)) {
    journal = await openJournal(schema, ownJournal);
    keep(journal.recovered);
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
      keep(rows);
      changed = true;
    },
    async fold() {
      close();
      const sorted = sortRows(schema, [...byIdentity.values()]);
      if (changed) await writeTable(schema, path, sorted);
      if (await exists(ownJournal)) await Deno.remove(ownJournal);
      return sorted;
    },
    close,
  };
}

/** Rows in the order of their identity columns: numbers by value, text by code unit. */
export function sortRows<Row>(schema: TableSchema<Row>, rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => {
    for (const column of schema.identity) {
      if (a[column] < b[column]) return -1;
      if (a[column] > b[column]) return 1;
    }
    return 0;
  });
}
