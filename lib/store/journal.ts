/** An append-only Arrow IPC stream that survives `kill -9` at any byte. */
import { tableFromIPC } from "apache-arrow";
import { named } from "../errors.ts";
import { exists, replaceFile } from "./file.ts";
import { END_OF_STREAM, messagesIn, messageSize } from "./messages.ts";
import { salvageRows } from "./salvage.ts";
import { checkColumns, columnsOf, type TableSchema } from "./schema.ts";
import { encodeStream, type LooseRow, looseRows } from "./table.ts";

/** An open journal. */
export interface Journal<Row> {
  /** Rows already in the journal that are as they were written. */
  readonly recovered: Row[];
  /** Whether others were damaged since, and are dropped. */
  readonly lost: boolean;
  /**
   * Appends rows as one record batch and hands it to the operating system, so that it survives a
   * killed process. The disk itself is only waited for when the table is compacted.
   *
   * @throws {InputError} where the disk does not take it; the journal is then as before.
   */
  append(rows: readonly Row[]): Promise<void>;
  close(): void;
}

/**
 * Opens a journal, creating it if necessary. A truncated batch is dropped from the file.
 *
 * @throws {InputError} if the journal has another version's columns.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { openJournal } from "./journal.ts";
 * import { defineTable } from "./schema.ts";
 *
 * const schema = defineTable<{ task: number }>({
 *   name: "tasks", columns: { task: "int32" }, identity: ["task"],
 * });
 * const path = await Deno.makeTempFile();
 * const journal = await openJournal(schema, path);
 * await journal.append([{ task: 7 }]);
 * journal.close();
 * assertEquals((await openJournal(schema, path)).recovered, [{ task: 7 }]);
 * ```
 */
export async function openJournal<Row>(
  schema: TableSchema<Row>,
  path: string,
): Promise<Journal<Row>> {
  const bytes = await exists(path) ? await Deno.readFile(path) : new Uint8Array();
  const found = salvageRows(schema, bytes, 0);
  const { rows: recovered, lost } = found;
  // Nothing in it is ours: it is another version's, not damaged.
  if (found.schema && recovered.length === 0) checkColumns(schema, found.schema, path);
  let { whole } = found;
  const columns = found.schema?.fields.length ?? 0;
  if (whole > 0 && (found.damaged || found.unchecked || columns < columnsOf(schema).length)) {
    // Batches with a column more, or with checks, cannot follow those of an earlier version.
    const stream = encodeStream(schema, recovered);
    whole = stream.length;
    await replaceFile(path, stream);
  }
  const file = await openAt(path, whole);
  let end = whole;
  return {
    recovered,
    lost,
    async append(rows) {
      if (rows.length === 0) return;
      const stream = encodeStream(schema, rows);
      const batch = stream.subarray(end === 0 ? 0 : messageSize(stream));
      try {
        for (let at = 0; at < batch.length;) at += await file.write(batch.subarray(at));
        end += batch.length;
      } catch (error) {
        // A full disk takes a part: what comes after it could not be read.
        await file.truncate(end).catch(() => {});
        await file.seek(end, Deno.SeekMode.Start).catch(() => {});
        throw named(error, "write", path);
      }
    },
    close: () => file.close(),
  };
}

async function openAt(path: string, end: number): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(path, { write: true, create: true });
    await file.truncate(end);
    await file.seek(end, Deno.SeekMode.Start);
    return file;
  } catch (error) {
    throw named(error, "write", path);
  }
}

/** The journal's path for a table (`NAME.arrow`). */
export function journalPath(table: string): string {
  return table.replace(/\.arrow$/, ".journal.arrows");
}

/** The complete rows of a journal, with whatever columns it has; empty if there is no file. */
export async function readLooseJournal(path: string): Promise<LooseRow[]> {
  if (!await exists(path)) return [];
  const bytes = await Deno.readFile(path);
  const { whole } = messagesIn(bytes, 0);
  return whole === 0 ? [] : looseRows(tableFromIPC([bytes.subarray(0, whole), END_OF_STREAM]));
}
