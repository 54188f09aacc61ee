/** Tables on disk: Arrow IPC files that pyarrow, polars and DuckDB open as they are. */
import {
  RecordBatch,
  Table,
  tableFromIPC,
  tableToIPC,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { InputError, messageOf } from "../errors.ts";
import { replaceFile } from "./file.ts";
import { arrowSchema, checkCell, checkColumns, columnsOf, type TableSchema } from "./schema.ts";

/**
 * Rows as an Arrow table with one record batch.
 *
 * @throws {TypeError} if a value does not fit its column.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { defineTable } from "./schema.ts";
 * import { fromArrow, toArrow } from "./table.ts";
 *
 * const schema = defineTable<{ task: number }>({
 *   name: "tasks", columns: { task: "int32" }, identity: ["task"],
 * });
 * assertEquals(fromArrow(schema, toArrow(schema, [{ task: 7 }]), "memory"), [{ task: 7 }]);
 * ```
 */
export function toArrow<Row>(schema: TableSchema<Row>, rows: readonly Row[]): Table {
  const arrow = arrowSchema(schema);
  const vectors: Record<string, Vector> = {};
  columnsOf(schema).forEach((column, i) => {
    const cells = rows.map((row) => checkCell(row[column.name], column, schema.name));
    vectors[column.name] = vectorFromArray(cells, arrow.fields[i].type);
  });
  const inferred = new Table(vectors);
  return new Table(arrow, inferred.batches.map((batch) => new RecordBatch(arrow, batch.data)));
}

/**
 * An Arrow table's rows, after checking its columns.
 *
 * @throws {InputError} naming `path` and the columns that differ.
 */
export function fromArrow<Row>(schema: TableSchema<Row>, table: Table, path: string): Row[] {
  checkColumns(schema, table.schema, path);
  const columns = columnsOf(schema).map(({ name }) => ({ name, vector: table.getChild(name) }));
  return Array.from({ length: table.numRows }, (_, i) => {
    const row: Record<string, unknown> = {};
    for (const { name, vector } of columns) {
      row[name] = vector ? vector.get(i) : schema.added?.[name];
    }
    return row as Row;
  });
}

/** A table's bytes in the Arrow IPC file format. Equal rows give equal bytes. */
export function encodeTable<Row>(schema: TableSchema<Row>, rows: readonly Row[]): Uint8Array {
  return tableToIPC(toArrow(schema, rows), "file");
}

/**
 * Writes a table atomically: to a temporary name, then renamed.
 */
export async function writeTable<Row>(
  schema: TableSchema<Row>,
  path: string,
  rows: readonly Row[],
): Promise<void> {
  await replaceFile(path, encodeTable(schema, rows));
}

/**
 * Reads a table.
 *
 * @throws {InputError} if the file is missing, is not an Arrow IPC file, or has other columns.
 */
export async function readTable<Row>(schema: TableSchema<Row>, path: string): Promise<Row[]> {
  const rows = await readTableIfAny(schema, path);
  if (rows === null) throw new InputError(`Cannot read table ${schema.name}: no file at ${path}`);
  return rows;
}

/** Like {@link readTable}, but null if the file is missing. */
export async function readTableIfAny<Row>(
  schema: TableSchema<Row>,
  path: string,
): Promise<Row[] | null> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  return fromArrow(schema, parse(bytes, schema.name, path), path);
}

/** A row with arbitrary columns. */
export type LooseRow = Record<string, unknown>;

/**
 * Rows of the Arrow IPC file at `path`, with whatever columns it has; null if the file is missing.
 */
export async function readLoose(path: string): Promise<LooseRow[] | null> {
  try {
    return looseRows(parse(await Deno.readFile(path), "of any kind", path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** An Arrow table's rows, with whatever columns it has. */
export function looseRows(table: Table): LooseRow[] {
  const names = table.schema.fields.map(({ name }) => name);
  return Array.from(
    { length: table.numRows },
    (_, i) => Object.fromEntries(names.map((name) => [name, table.getChild(name)!.get(i)])),
  );
}

/**
 * The number of rows of the Arrow IPC file at `path`, whatever its columns; null if it is missing.
 */
export async function countRows(path: string): Promise<number | null> {
  try {
    return parse(await Deno.readFile(path), "of any kind", path).numRows;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function parse(bytes: Uint8Array, name: string, path: string): Table {
  const magic = (at: number) => new TextDecoder().decode(bytes.slice(at, at + 6));
  if (bytes.length < 12 || magic(0) !== "ARROW1" || magic(bytes.length - 6) !== "ARROW1") {
    throw new InputError(
      `Cannot read table ${name} from ${path}: found ${bytes.length} bytes that are not an ` +
        `Arrow IPC file (no ARROW1 at both ends)`,
    );
  }
  try {
    return tableFromIPC(bytes);
  } catch (error) {
    throw new InputError(`Cannot read table ${name} from ${path}: ${messageOf(error)}`);
  }
}
