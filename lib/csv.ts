/** Comma-separated values as in RFC 4180 and as saved by spreadsheet programs. */
import { InputError } from "./errors.ts";

/** A record with the number of its first line in the file, from 1. */
export interface CsvRecord {
  line: number;
  fields: string[];
}

const SEPARATORS = [",", ";", "\t"] as const;
const BOM = "\uFEFF";

/** What a formula begins with, also full-width, after blanks, unseen characters and quotes of {@link inert}. */
const SIGN = String.raw`['\p{Z}\p{C}]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62-\ufe66\ufe6b]`;

/** What a spreadsheet program runs as a formula, or drops on the way to one: a tab or line break first. */
const FORMULA = new RegExp(String.raw`^(?:'*[\t\r\n]|${SIGN})`, "u");

/** Where a cell would begin for a program that takes `;` or tabs for separators, as in many countries. */
const INNER = new RegExp(String.raw`(?<=[;\t\r\n])(?=${SIGN})`, "gu");
const INNER_QUOTE = new RegExp(String.raw`(?<=[;\t\r\n])'(?=${SIGN})`, "gu");

/** A cell that no spreadsheet program runs: a quote stands before what it would take for a formula. */
function inert(cell: string): string {
  const inner = cell.replace(INNER, "'");
  return FORMULA.test(inner) ? `'${inner}` : inner;
}

/** The cell that {@link inert} was given; also where the program took the first quote away as its own. */
function original(cell: string): string {
  const inner = cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
  return inner.replace(INNER_QUOTE, "");
}

/**
 * Rows as CSV: a byte-order mark, without which some spreadsheet programs misread µ, then a line
 * per row, quoted where necessary. Before what a spreadsheet program would run as a formula,
 * in a cell's beginning or after `;`, a tab or a line break in it, stands `'`, which {@link parseCsv} takes
 * away again.
 *
 * @param options.mark Whether the byte-order mark is written.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { writeCsv } from "./csv.ts";
 *
 * assertEquals(writeCsv([["met", 'so "small"'], ["=1+1", "5, 6"]]),
 *   '\uFEFFmet,"so ""small"""\r\n\'=1+1,"5, 6"\r\n');
 * ```
 */
export function writeCsv(
  rows: readonly (readonly string[])[],
  { mark = true }: { mark?: boolean } = {},
): string {
  const quoted = (field: string) =>
    /[",;\t\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
  const lines = rows.map((row) => `${row.map((cell) => quoted(inert(cell))).join(",")}\r\n`);
  return (mark ? BOM : "") + lines.join("");
}

/**
 * The records of a CSV file. A byte-order mark, `;` or tab as the separator (detected from the
 * first line), and any line endings are accepted; empty lines are skipped.
 *
 * @throws {InputError} naming `file` and line if a quote is not closed or appears inside a field.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { parseCsv } from "./csv.ts";
 *
 * assertEquals(parseCsv('a;b\n"1;2";3\n', "sheet.csv"), [
 *   { line: 1, fields: ["a", "b"] },
 *   { line: 2, fields: ["1;2", "3"] },
 * ]);
 * ```
 */
export function parseCsv(text: string, file: string): CsvRecord[] {
  const body = text.startsWith(BOM) ? text.slice(1) : text;
  const separator = separatorOf(body);
  const records: CsvRecord[] = [];
  let [at, line] = [0, 1];
  const fail = (what: string): never => {
    throw new InputError(`Cannot read ${file}: line ${line} has ${what}`);
  };
  const atEnd = () => at >= body.length || body[at] === "\n" || body[at] === "\r";
  const quotedField = () => {
    const begun = line;
    let field = "";
    for (at++; at < body.length; at++) {
      if (body[at] === '"') {
        if (body[at + 1] !== '"') {
          at++;
          if (!atEnd() && body[at] !== separator) fail("text after a closing quote");
          return field;
        }
        at++;
      } else if (body[at] === "\n") line++;
      field += body[at];
    }
    line = begun;
    return fail("an unclosed quote");
  };
  const plainField = () => {
    const from = at;
    while (!atEnd() && body[at] !== separator) {
      if (body[at] === '"') fail("a quote inside an unquoted field");
      at++;
    }
    return body.slice(from, at);
  };
  while (at < body.length) {
    const record: CsvRecord = { line, fields: [] };
    for (;;) {
      record.fields.push(original(body[at] === '"' ? quotedField() : plainField()));
      if (atEnd()) break;
      at++;
    }
    at += body.startsWith("\r\n", at) ? 2 : 1;
    line++;
    if (record.fields.some((field) => field !== "")) records.push(record);
  }
  return records;
}

/** The most frequent separator of the first line, outside quotes. */
function separatorOf(body: string): string {
  const first = body.slice(0, (body + "\n").search(/[\r\n]/)).replace(/"[^"]*"/g, "");
  const times = (separator: string) => first.split(separator).length;
  return SEPARATORS.reduce((best, next) => times(next) > times(best) ? next : best);
}
