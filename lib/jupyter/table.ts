/** Rows as a table for display: HTML, and plain text where HTML is not shown. */
import { escapeMarkup } from "../markup.ts";

/** One row: a value per column. */
export type Row = Readonly<Record<string, unknown>>;

/** Options of tables. */
export interface TableOptions {
  /** Maximum number of rows shown; 20 by default. The omitted ones are counted below the table. */
  limit?: number;
  /** Caption above the table. */
  caption?: string;
}

/**
 * Rows as an HTML table, with everything escaped. Columns are the rows' keys in order of first
 * appearance. Numbers are right-aligned, everything else left-aligned; fractional numbers are shown
 * with 4 significant digits, or one decimal from 1000 on. A missing value is a dash.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { htmlTable } from "./table.ts";
 *
 * const html = htmlTable([{ model: "a<b", score: 87.65432 }]);
 * assertOk(html.includes("a&lt;b") && html.includes("87.65<"));
 * ```
 */
export function htmlTable(rows: readonly Row[], options: TableOptions = {}): string {
  const { columns, shown, rest } = layOut(rows, options);
  const right = columns.map((name) => shown.some((row) => isNumber(row[name])));
  const heading = (name: string, c: number) =>
    `<th${right[c] ? RIGHT : LEFT}>${escapeMarkup(name)}</th>`;
  const cell = (value: unknown, c: number) =>
    `<td${isNumber(value) || value == null && right[c] ? RIGHT : LEFT}>${
      escapeMarkup(format(value))
    }</td>`;
  const lines = [
    "<table>",
    ...options.caption === undefined ? [] : [`<caption>${escapeMarkup(options.caption)}</caption>`],
    `<thead><tr>${columns.map(heading).join("")}</tr></thead>`,
    "<tbody>",
    ...shown.map((row) => `<tr>${columns.map((name, c) => cell(row[name], c)).join("")}</tr>`),
    "</tbody>",
    "</table>",
    ...rest === "" ? [] : [`<p>${rest}</p>`],
  ];
  return lines.join("\n");
}

/**
 * Rows as text in aligned columns, formatted as in {@link htmlTable}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { textTable } from "./table.ts";
 *
 * const rows = [{ model: "nano", tasks: 12 }, { model: "wan", tasks: 9 }];
 * assertEquals(textTable(rows, { limit: 1 }), "model  tasks\nnano      12\n… 1 more of 2 rows");
 * ```
 */
export function textTable(rows: readonly Row[], options: TableOptions = {}): string {
  const { columns, shown, rest } = layOut(rows, options);
  const texts = columns.map((name) => shown.map((row) => format(row[name])));
  const widths = columns.map((name, c) => Math.max(...[name, ...texts[c]].map(lengthOf)));
  const right = columns.map((name) => shown.some((row) => isNumber(row[name])));
  const line = (cells: string[]) =>
    cells.map((text, c) => {
      const padding = " ".repeat(widths[c] - lengthOf(text));
      return right[c] ? padding + text : text + padding;
    }).join("  ").trimEnd();
  return [
    ...options.caption === undefined ? [] : [options.caption],
    line(columns),
    ...shown.map((_, r) => line(texts.map((column) => column[r]))),
    ...rest === "" ? [] : [rest],
  ].join("\n");
}

/** Set on every cell, since JupyterLab right-aligns all cells and GitHub none. */
const RIGHT = ' style="text-align: right"';
const LEFT = ' style="text-align: left"';

function layOut(rows: readonly Row[], { limit = 20 }: TableOptions) {
  const columns = [...new Set(rows.flatMap(Object.keys))];
  const shown = rows.slice(0, limit);
  const rest = rows.length > shown.length
    ? `… ${rows.length - shown.length} more of ${rows.length} rows`
    : "";
  return { columns, shown, rest };
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

function format(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") {
    if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
    return Math.abs(value) >= 1000 ? value.toFixed(1) : String(Number(value.toPrecision(4)));
  }
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

function lengthOf(text: string): number {
  return [...text].length;
}
