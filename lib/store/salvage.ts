/** Rows out of bytes that may be damaged: each that is as it was written, and whether any is missing. */
import { type RecordBatch, type Schema, Table, tableFromIPC, tableToIPC } from "apache-arrow";
import { END_OF_STREAM, messagesIn, messageSize } from "./messages.ts";
import { checkRows, PART, ROWS } from "./row_checks.ts";
import { arrowSchema, columnsOf, differences, type TableSchema } from "./schema.ts";

/** What was saved. */
export interface Salvage<Row> {
  rows: Row[];
  /** Whether rows are lost, or may be. */
  lost: boolean;
  /** Whether anything is not as it was written. */
  damaged: boolean;
  /** Bytes up to the end of the last whole message. */
  whole: number;
  /** Whether rows were written without checks, by an earlier version. */
  unchecked: boolean;
  /** As it was written; null where it is damaged. */
  schema: Schema | null;
}

/**
 * Reads rows from messages, those alone whose checks hold; rows of earlier versions have none and are
 * taken as they are.
 *
 * @param start Where the first message begins.
 */
export function salvageRows<Row>(
  schema: TableSchema<Row>,
  bytes: Uint8Array,
  start: number,
): Salvage<Row> {
  const { schema: message, batches, whole, broken, sealed } = messagesIn(bytes, start);
  const empty = tableToIPC(new Table(arrowSchema(schema)), "stream");
  const known = empty.subarray(0, messageSize(empty));
  const written = message && schemaOf(message);
  const fits = written !== null && differences(schema, written).length === 0;
  const result: Salvage<Row> = {
    ...{ rows: [], lost: false, whole, schema: written },
    damaged: broken || (written === null && whole > start),
    unchecked: !sealed,
  };
  const parts = new Set<string>();
  for (const batch of batches) {
    const { rows, bad, part } = rowsOf(fits ? message! : known, batch);
    result.rows.push(...rows);
    if (part) parts.add(part);
    if (bad > 0) result.damaged = result.lost = true;
  }
  const of = Number([...parts][0]?.split("/")[1] ?? NaN);
  // Batches of a journal are written one by one; a table knows how many it has.
  const isComplete = start === 0 || parts.size === of;
  if (broken || !isComplete) result.lost = true;
  return result;

  function rowsOf(by: Uint8Array, message: Uint8Array) {
    const batch = decodeBatch(by, message);
    if (batch === null) return { rows: [], bad: 1, part: undefined };
    const part = batch.metadata.get(PART);
    const isFormer = result.unchecked && !batch.metadata.has(ROWS);
    const { good, bad } = isFormer
      ? { good: Array.from({ length: batch.numRows }, (_, place) => place), bad: 0 }
      : checkRows(batch);
    return { rows: good.map(rowReader(schema, batch)), bad, part };
  }
}

/** Reads a batch's rows by their place; columns that it lacks read as what was added since says. */
export function rowReader<Row>(
  schema: TableSchema<Row>,
  batch: RecordBatch,
): (place: number) => Row {
  const columns = columnsOf(schema).map(({ name }) => ({ name, vector: batch.getChild(name) }));
  return (place) => {
    const row: Record<string, unknown> = {};
    for (const { name, vector } of columns) {
      row[name] = vector ? vector.get(place) : schema.added?.[name];
    }
    return row as Row;
  };
}

function decodeBatch(schema: Uint8Array, message: Uint8Array): RecordBatch | null {
  try {
    return tableFromIPC([schema, message, END_OF_STREAM]).batches[0] ?? null;
  } catch {
    return null;
  }
}

function schemaOf(message: Uint8Array): Schema | null {
  try {
    return tableFromIPC([message, END_OF_STREAM]).schema;
  } catch {
    return null;
  }
}
