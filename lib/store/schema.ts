/** Table schemas, and the checks between rows in memory and columns on disk. */
import { Bool, type DataType, Field, Float64, Int32, Schema, Utf8 } from "apache-arrow";
import { InputError } from "../errors.ts";
import { HEAD, SEAL, UNSEALED, UNSEALED_HEAD } from "./seal.ts";

/** Column types: those that every Arrow reader supports. */
export type ColumnType = "utf8" | "int32" | "float64" | "bool";

/** A column: its type, and whether it may be null. */
export type Column = ColumnType | `${ColumnType}?`;

/** A table's name, its columns in order, and its identity columns. */
export interface TableSchema<Row> {
  /** The table's file is `NAME.arrow`. */
  readonly name: string;
  /** In the order on disk. */
  readonly columns: { readonly [C in keyof Row]-?: Column };
  /** No two rows agree on all of these; rows on disk are sorted by them. */
  readonly identity: readonly (keyof Row & string)[];
  /** Columns that files of earlier versions may lack, with what these then read as. */
  readonly added?: { readonly [column: string]: Cell };
}

/**
 * Declares a table. The compiler checks that every field of `Row` has a column.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { defineTable } from "./schema.ts";
 *
 * const table = defineTable<{ task: number; score: number | null }>({
 *   name: "scores",
 *   columns: { task: "int32", score: "float64?" },
 *   identity: ["task"],
 * });
 * assertEquals(table.name, "scores");
 * ```
 */
export function defineTable<Row>(schema: TableSchema<Row>): TableSchema<Row> {
  return schema;
}

/** A value of a column. */
export type Cell = string | number | boolean | null;

const TYPES: Record<ColumnType, () => DataType> = {
  utf8: () => new Utf8(),
  int32: () => new Int32(),
  float64: () => new Float64(),
  bool: () => new Bool(),
};

const JS_TYPES = { utf8: "string", int32: "number", float64: "number", bool: "boolean" } as const;

/** The columns of a table in order, each with its name, type and whether it is nullable. */
export function columnsOf<Row>(
  schema: TableSchema<Row>,
): { name: keyof Row & string; type: ColumnType; nullable: boolean }[] {
  return Object.entries<Column>(schema.columns).map(([name, column]) => ({
    name: name as keyof Row & string,
    type: column.replace("?", "") as ColumnType,
    nullable: column.endsWith("?"),
  }));
}

/** The Arrow schema of a table, with the table's name in its metadata, and places for seals. */
export function arrowSchema<Row>(schema: TableSchema<Row>): Schema {
  return new Schema(
    columnsOf(schema).map(({ name, type, nullable }) => new Field(name, TYPES[type](), nullable)),
    new Map([["microverse.table", schema.name], [SEAL, UNSEALED], [HEAD, UNSEALED_HEAD]]),
  );
}

/** How a file's columns differ from the table's: missing, unknown, or of another type. */
export function differences<Row>(schema: TableSchema<Row>, found: Schema): string[] {
  const problems: string[] = [];
  const expected = arrowSchema(schema);
  for (const field of expected.fields) {
    const other = found.fields.find((candidate) => candidate.name === field.name);
    if (!other && schema.added && field.name in schema.added) continue;
    if (!other) problems.push(`column ${field.name} is missing`);
    else if (String(other.type) !== String(field.type)) {
      problems.push(`column ${field.name} is ${other.type}, expected ${field.type}`);
    }
  }
  for (const field of found.fields) {
    if (!expected.fields.some((candidate) => candidate.name === field.name)) {
      problems.push(`column ${field.name} is unknown`);
    }
  }
  return problems;
}

/**
 * Refuses a file whose columns differ from the table's.
 *
 * @throws {InputError} naming the file and the columns that are missing, unknown, or of another
 * type.
 */
export function checkColumns<Row>(schema: TableSchema<Row>, found: Schema, path: string): void {
  const problems = differences(schema, found);
  if (problems.length > 0) {
    throw new InputError(
      `Cannot read table ${schema.name} from ${path}: ${problems.join("; ")}. ` +
        `It was written by another version: move it away and run again.`,
    );
  }
}

/**
 * Checks a value against its column before it is written.
 *
 * @throws {TypeError} for null in a column that is not nullable, another type, NaN or an infinity.
 */
export function checkCell(
  value: unknown,
  column: { name: string; type: ColumnType; nullable: boolean },
  table: string,
): Cell {
  const fail = (wanted: string): never => {
    throw new TypeError(`Cannot write ${table}.${column.name}: found ${value}; expected ${wanted}`);
  };
  if (value === null || value === undefined) {
    return column.nullable ? null : fail(`a ${column.type}`);
  }
  const type: string = typeof value;
  if (type !== JS_TYPES[column.type]) fail(`a ${column.type}`);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) fail("a finite number");
    if (column.type === "int32" && (value | 0) !== value) fail("a 32-bit integer");
  }
  return value as Cell;
}
