/** Notebook files (nbformat 4.5): reading, writing as Jupyter does, and comparing. */
import { z } from "zod";
import { InputError, messageOf } from "../errors.ts";
import { temporaryPath } from "../temporary.ts";
import type { Output } from "./outputs.ts";

const multiline = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(""))]);
const record = z.record(z.string(), z.unknown());
const bundle = record.transform(joinBundle);
const shared = { id: z.string().min(1).max(64), metadata: record, source: multiline };

const outputSchema: z.ZodType<Output> = z.discriminatedUnion("output_type", [
  z.object({
    output_type: z.literal("stream"),
    name: z.enum(["stdout", "stderr"]),
    text: multiline,
  }),
  z.object({ output_type: z.literal("display_data"), data: bundle, metadata: record }),
  z.object({
    output_type: z.literal("execute_result"),
    execution_count: z.number().int().nullable(),
    data: bundle,
    metadata: record,
  }),
  z.object({
    output_type: z.literal("error"),
    ename: z.string(),
    evalue: z.string(),
    traceback: z.array(z.string()),
  }),
]);

const codeCellSchema = z.object({
  ...shared,
  cell_type: z.literal("code"),
  execution_count: z.number().int().nullable(),
  outputs: z.array(outputSchema),
});
const textCellSchema = z.object({
  ...shared,
  cell_type: z.enum(["markdown", "raw"]),
  attachments: record.optional(),
});

const notebookSchema = z.object({
  cells: z.array(z.discriminatedUnion("cell_type", [codeCellSchema, textCellSchema])),
  metadata: record,
  nbformat: z.literal(4),
  nbformat_minor: z.number().int().min(5),
});

/** A code cell; `source` is one string. */
export type CodeCell = z.infer<typeof codeCellSchema>;
/** A markdown or raw cell. */
/** A complete notebook file, with its texts joined. */
export type Notebook = z.infer<typeof notebookSchema>;

/**
 * A notebook file's content. Throws InputError if the file cannot be read, is not JSON, or is not
 * nbformat 4.5 (older formats have no cell ids: open and save it in Jupyter once).
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { readNotebook } from "./format.ts";
 *
 * await assertInputError(() => readNotebook("no-such.ipynb"), "Cannot read notebook no-such.ipynb");
 * ```
 */
export async function readNotebook(path: string): Promise<Notebook> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new InputError(`Cannot read notebook ${path}: ${messageOf(error)}`);
  }
  return parseNotebook(text, path);
}

/**
 * {@link readNotebook} for a file's text; `name` identifies it in errors.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { formatNotebook, parseNotebook } from "./format.ts";
 *
 * const text = formatNotebook({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });
 * assertEquals(parseNotebook(text, "empty.ipynb").cells, []);
 * ```
 */
export function parseNotebook(text: string, name: string): Notebook {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(`Cannot read notebook ${name}: not JSON (${messageOf(error)})`);
  }
  const parsed = notebookSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InputError(
      `Cannot read notebook ${name}: at ${issue.path.join(".") || "its top"}, ${issue.message}; ` +
        "expected nbformat 4.5, every cell with an id",
    );
  }
  return parsed.data;
}

/**
 * The text of a notebook file, as Jupyter writes it: keys sorted, one space of indentation, texts
 * split into lines. Metadata that front ends add about a session (timings, trust, folded cells) is
 * omitted, so that equal notebooks give equal bytes.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { formatNotebook } from "./format.ts";
 *
 * const text = formatNotebook({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });
 * assertOk(text.startsWith('{\n "cells": [],\n "metadata": {},\n "nbformat": 4'));
 * ```
 */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => {
    const written = {
      ...cell,
      metadata: without(cell.metadata, TRANSIENT),
      source: linesOf(cell.source),
    };
    return cell.cell_type === "code"
      ? { ...written, outputs: cell.outputs.map(writtenOutput) }
      : written;
  });
  return JSON.stringify(sorted({ ...notebook, cells }), null, 1) + "\n";
}

/**
 * Writes a notebook to a temporary name next to `path`, then renames it: a reader sees the old file
 * or the new one, never a partial one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { readNotebook, writeNotebook } from "./format.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const path = `${folder}/empty.ipynb`;
 * await writeNotebook(path, { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });
 * assertEquals((await readNotebook(path)).cells.length, 0);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    await Deno.writeTextFile(temporary, formatNotebook(notebook));
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Cell metadata that front ends and clients write about a session. */
const TRANSIENT = ["ExecuteTime", "collapsed", "execution", "scrolled", "trusted"];

function writtenOutput(output: Output): unknown {
  if (output.output_type === "stream") return { ...output, text: linesOf(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.entries(output.data).map(([type, value]) => [
    type,
    typeof value === "string" && isText(type) ? linesOf(value) : value,
  ]);
  return { ...output, data: Object.fromEntries(data) };
}

function joinBundle(data: Record<string, unknown>): Record<string, unknown> {
  const joined = Object.entries(data).map(([type, value]) => [
    type,
    Array.isArray(value) && !type.endsWith("json") ? value.join("") : value,
  ]);
  return Object.fromEntries(joined);
}

/** The media types that Jupyter splits into lines. */
function isText(type: string): boolean {
  return type.startsWith("text/") || type === "image/svg+xml" || type === "application/javascript";
}

function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/).filter((line) => line !== "");
}

function without(metadata: Record<string, unknown>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !names.includes(name)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  entries.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  return Object.fromEntries(entries);
}
