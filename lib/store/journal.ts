/** An append-only Arrow IPC stream that survives `kill -9` at any byte. */
import { Message, tableFromIPC, tableToIPC } from "apache-arrow";
import { exists, replaceFile } from "./file.ts";
import { fromArrow, type LooseRow, looseRows, toArrow } from "./table.ts";
import { columnsOf, type TableSchema } from "./schema.ts";

const CONTINUATION = 0xffffffff;
const PREFIX_BYTES = 8;
const END_OF_STREAM = new Uint8Array([255, 255, 255, 255, 0, 0, 0, 0]);

/** An open journal. */
export interface Journal<Row> {
  /** Rows already in the journal. */
  readonly recovered: Row[];
  /**
   * Appends rows as one record batch and hands it to the operating system, so that it survives a
   * killed process. The disk itself is only waited for when the table is compacted.
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
  let whole = wholeMessages(bytes);
  const found = whole === 0 ? null : tableFromIPC([bytes.subarray(0, whole), END_OF_STREAM]);
  const recovered = found ? fromArrow(schema, found, path) : [];
  if (found && found.schema.fields.length < columnsOf(schema).length) {
    // An earlier version began it: batches with a column more cannot follow its own.
    const stream = tableToIPC(toArrow(schema, recovered), "stream");
    whole = stream.length - END_OF_STREAM.length;
    await replaceFile(path, stream.subarray(0, whole));
  }
  const file = await Deno.open(path, { write: true, create: true });
  await file.truncate(whole);
  await file.seek(whole, Deno.SeekMode.Start);
  let empty = whole === 0;
  return {
    recovered,
    async append(rows) {
      if (rows.length === 0) return;
      const stream = tableToIPC(toArrow(schema, rows), "stream");
      const from = empty ? 0 : messageBytes(stream, 0)!;
      const batch = stream.subarray(from, stream.length - END_OF_STREAM.length);
      for (let at = 0; at < batch.length;) at += await file.write(batch.subarray(at));
      empty = false;
    },
    close: () => file.close(),
  };
}

/** The journal's path for a table (`NAME.arrow`). */
export function journalPath(table: string): string {
  return table.replace(/\.arrow$/, ".journal.arrows");
}

/** The complete rows of a journal, with whatever columns it has; empty if there is no file. */
export async function readLooseJournal(path: string): Promise<LooseRow[]> {
  if (!await exists(path)) return [];
  const bytes = await Deno.readFile(path);
  const whole = wholeMessages(bytes);
  return whole === 0 ? [] : looseRows(tableFromIPC([bytes.subarray(0, whole), END_OF_STREAM]));
}

/** The number of leading bytes that hold complete messages. */
function wholeMessages(bytes: Uint8Array): number {
  let at = 0;
  for (;;) {
    const size = messageBytes(bytes, at);
    if (size === null || at + size > bytes.length) return at;
    at += size;
  }
}

/** Size of the encapsulated message at `at`, including its body; null if absent or truncated. */
function messageBytes(bytes: Uint8Array, at: number): number | null {
  if (at + PREFIX_BYTES > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, PREFIX_BYTES);
  const metadata = view.getInt32(4, true);
  if (view.getUint32(0, true) !== CONTINUATION || metadata <= 0) return null;
  const body = at + PREFIX_BYTES + metadata;
  if (body > bytes.length) return null;
  return PREFIX_BYTES + metadata +
    Message.decode(bytes.subarray(at + PREFIX_BYTES, body)).bodyLength;
}
