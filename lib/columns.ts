/** Tables as text for the terminal. */

/**
 * Cells as lines: the first column left-aligned, the others right-aligned.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { columns } from "./columns.ts";
 *
 * assertEquals(columns([["model", "n"], ["nano", "12"]]), ["model   n", "nano   12"]);
 * ```
 */
export function columns(cells: readonly (readonly string[])[]): string[] {
  const widths = cells[0].map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  return cells.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i] + 2)).join("")
  );
}
