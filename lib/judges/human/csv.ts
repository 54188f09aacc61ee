/** Comma-separated values as in RFC 4180 and as saved by spreadsheet programs. */
import { InputError } from "../../errors.ts";

/** A record with the number of its first line in the file, from 1. */
export interface CsvRecord {
  line: number;
  fields: string[];
}

const SEPARATORS = [",", ";", "\t"] as const;
const BOM = "\uFEFF";

/**
 * Rows as CSV: a byte-order mark, without which some spreadsheet programs misread µ, then a line
 * per row, quoted where necessary.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { writeCsv } from "./csv.ts";
 *
 * assertEquals(writeCsv([["met", 'so "small"'], ["", "5, 6"]]),
 *   '\uFEFFmet,"so ""small"""\r\n,"5, 6"\r\n');
 * ```
 */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  const quoted = (field: string) =>
    /[",;\t\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
  return BOM + rows.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

/**
 * The records of a CSV file. A byte-order mark, `;` or tab as the separator (detected from the
 * first line), and any line endings are accepted; empty lines are skipped.
 *
 * @throws {InputError} naming `file` and line if a quote is not closed or appears inside a field.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
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
      record.fields.push(body[at] === '"' ? quotedField() : plainField());
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
