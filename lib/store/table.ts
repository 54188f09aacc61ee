/** Tables on disk: Arrow IPC files that pyarrow, polars and DuckDB open as they are. */
import {
  RecordBatch,
  Table,
  tableFromIPC,
  tableToIPC,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { basename, dirname } from "node:path";
import { InputError, messageOf, named } from "../errors.ts";
import { runName } from "../paths.ts";
import { commandText } from "../shell.ts";
import { replaceFile } from "./file.ts";
import { END_OF_STREAM, sealHeaders } from "./messages.ts";
import { PART, rowCheck, ROWS } from "./row_checks.ts";
import { rowReader, salvageRows } from "./salvage.ts";
import { arrowSchema, checkCell, checkColumns, columnsOf, type TableSchema } from "./schema.ts";
import { HEAD, SEAL, sealBytes, sealOf, UNSEALED, UNSEALED_HEAD } from "./seal.ts";

/** Rows of a record batch: what one damaged byte can cost where it hits what is common to all. */
const PART_ROWS = 200;

/**
 * Rows as an Arrow table, with a check of each in the metadata of its record batches.
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
export function toArrow<Row>(
  schema: TableSchema<Row>,
  rows: readonly Row[],
): Table {
  const arrow = arrowSchema(schema);
  const columns = columnsOf(schema);
  const of = Math.max(1, Math.ceil(rows.length / PART_ROWS));
  const batches = Array.from({ length: of }, (_, part) => {
    const together = rows.slice(part * PART_ROWS, (part + 1) * PART_ROWS);
    const cells = columns.map((column) =>
      together.map((row) => checkCell(row[column.name], column, schema.name))
    );
    const vectors: Record<string, Vector> = {};
    columns.forEach(({ name }, i) => {
      vectors[name] = vectorFromArray(cells[i], arrow.fields[i].type);
    });
    const checks = together.map((_, row) => rowCheck(cells.map((column) => column[row]))).join("");
    const [{ data }] = new Table(vectors).batches;
    const own = [[PART, `${part + 1}/${of}`], [ROWS, checks], [HEAD, UNSEALED_HEAD]] as const;
    // In a file, the footer alone has the schema: in one place, a damaged seal would be none.
    const metadata = new Map(part === 0 ? [...own, [SEAL, UNSEALED]] : own);
    return new RecordBatch(arrow, data, metadata);
  });
  return new Table(arrow, batches);
}

/**
 * An Arrow table's rows, after checking its columns.
 *
 * @throws {InputError} naming `path` and the columns that differ.
 */
export function fromArrow<Row>(schema: TableSchema<Row>, table: Table, path: string): Row[] {
  checkColumns(schema, table.schema, path);
  return table.batches.flatMap((batch) => {
    const read = rowReader(schema, batch);
    return Array.from({ length: batch.numRows }, (_, place) => read(place));
  });
}

/** A table's bytes in the Arrow IPC file format, sealed. Equal rows give equal bytes. */
export function encodeTable<Row>(schema: TableSchema<Row>, rows: readonly Row[]): Uint8Array {
  return sealBytes(sealHeaders(tableToIPC(toArrow(schema, rows), "file"), FILE_START));
}

/** Rows as the messages of an Arrow IPC stream, each sealed; without the end of the stream. */
export function encodeStream<Row>(schema: TableSchema<Row>, rows: readonly Row[]): Uint8Array {
  const stream = tableToIPC(toArrow(schema, rows), "stream");
  return sealHeaders(stream, 0).subarray(0, stream.length - END_OF_STREAM.length);
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
 * @throws {InputError} if the file is missing, is not an Arrow IPC file, has other columns, or has
 * lost rows since it was written.
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
  const found = await openTable(schema, path);
  if (found?.lost) throw new InputError(lostText(schema, path, found.rows.length));
  return found && found.rows;
}

/** A table's rows, and what became of its file since it was written. */
export interface FoundTable<Row> {
  /** Those whose checks hold. */
  rows: Row[];
  /** Whether others are lost. */
  lost: boolean;
  /** Whether the file is to be written again: its bytes changed, or an earlier version wrote it. */
  renew: boolean;
}

/**
 * Reads what can be read of a table: every row that is as it was written. Null if the file is missing.
 *
 * @throws {InputError} if the file is none of this project's tables, or has other columns.
 */
export async function openTable<Row>(
  schema: TableSchema<Row>,
  path: string,
): Promise<FoundTable<Row> | null> {
  const bytes = await readIfAny(path);
  if (bytes === null) return null;
  // What a full disk or a crash of the machine can leave; no program keeps anything in it.
  if (bytes.length === 0) return { rows: [], lost: true, renew: true };
  const seal = sealOf(bytes);
  if (seal === "damaged") {
    const { rows, lost } = salvageRows(schema, bytes, FILE_START);
    return { rows, lost, renew: true };
  }
  const rows = fromArrow(schema, parse(bytes, schema.name, path), path);
  return { rows, lost: false, renew: seal === "absent" };
}

/**
 * Whether a table has lost rows, as {@link openTable} finds it; false if the file is missing. No rows are
 * made of a file that is as it was written, which is most of the work.
 *
 * @throws {InputError} as {@link openTable} does.
 */
export async function hasLostRows<Row>(schema: TableSchema<Row>, path: string): Promise<boolean> {
  const bytes = await readIfAny(path);
  if (bytes === null) return false;
  if (sealOf(bytes) !== "whole") return (await openTable(schema, path))?.lost ?? false;
  checkColumns(schema, parse(bytes, schema.name, path).schema, path);
  return false;
}

/**
 * What to say of a table that has lost rows.
 *
 * @param kept How many are as they were; null where that is not known.
 * @param folder The run's folder.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { defineTable } from "./schema.ts";
 * import { lostText } from "./table.ts";
 *
 * const schema = defineTable<{ task: number }>({
 *   name: "scores", columns: { task: "int32" }, identity: ["task"],
 * });
 * assertEquals(
 *   lostText(schema, "/runs/mine/scores.arrow", 29),
 *   "Cannot use table scores: /runs/mine/scores.arrow was changed or damaged since it was " +
 *     "written; 29 of its rows are as they were. To make the others again: " +
 *     "deno task score --run /runs/mine",
 * );
 * ```
 */
export function lostText(
  { name }: { name: string },
  path: string,
  kept: number | null,
  folder: string = dirname(path),
): string {
  const task = Object.hasOwn(MADE_BY, name) ? MADE_BY[name] : null;
  const model = task === "generate" || task === "ablate" ? ["--model", "MODEL"] : [];
  const flags = ["--run", runName(folder), ...model];
  const what = `${damageText({ name }, path, kept)} `;
  // Several judges may have rows in it, each with a command that the run's record alone has.
  if (name === "verdicts") {
    return `${what}To make ${
      kept ? "the others" : "it"
    } again: the command of each judge that lost ` +
      `rows, which ${commandText("score", flags)} names`;
  }
  return what +
    (task
      ? `To make ${kept ? "the others" : "it"} again: ${commandText(task, flags)}`
      : "The command that made it makes them again");
}

/** {@link lostText} without what to do. */
export function damageText({ name }: { name: string }, path: string, kept: number | null): string {
  const whole = kept === null
    ? ""
    : kept === 0
    ? "; none of its rows is as it was"
    : kept === 1
    ? "; 1 of its rows is as it was"
    : `; ${kept} of its rows are as they were`;
  return `Cannot use table ${name}: ${path} was changed or damaged since it was written${whole}.`;
}

/** Which command makes a table's rows. */
const MADE_BY: Readonly<Record<string, string>> = {
  ...{ clips: "generate", scores: "score", summary: "score", claims: "score" },
  ...{ tasks: "stats", criteria: "stats", findings: "audit", stats: "stats" },
  ...{ agreement: "agreement", calibration: "calibrate", ablations: "ablate" },
};

/** A row with arbitrary columns. */
export type LooseRow = Record<string, unknown>;

/**
 * Rows of the Arrow IPC file at `path`, with whatever columns it has; null if the file is missing.
 */
export async function readLoose(path: string): Promise<LooseRow[] | null> {
  const bytes = await readIfAny(path);
  return bytes && looseRows(parse(bytes, "of any kind", path));
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
 *
 * @throws {InputError} if it is none, or was changed or damaged since it was written.
 */
export async function countRows(path: string): Promise<number | null> {
  const bytes = await readIfAny(path);
  if (bytes === null) return null;
  const name = basename(path, ".arrow");
  if (bytes.length === 0 || sealOf(bytes) === "damaged") {
    throw new InputError(lostText({ name }, path, null));
  }
  return parse(bytes, name, path).numRows;
}

/** Where the first message of an Arrow IPC file begins. */
const FILE_START = 8;

async function readIfAny(path: string): Promise<Uint8Array | null> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw named(error, "read", path);
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
