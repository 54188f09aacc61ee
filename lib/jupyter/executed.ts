/** Common parts of executing notebooks: which cells run, what is kept, and cell errors. */
import { InputError } from "../errors.ts";
import type { CodeCell, Notebook } from "./format.ts";
import { type ErrorOutput, mergeStreams } from "./outputs.ts";

/** The error of a failed cell. */
export class CellError extends InputError {
  override name = "CellError";
  /** Position among the cells to run, from 1. */
  readonly cell: number;
  /** The output of the error that the cell threw; null if it timed out or its kernel died. */
  readonly thrown: ErrorOutput | null;

  constructor(message: string, cell: number, thrown: ErrorOutput | null, options?: ErrorOptions) {
    super(message, options);
    this.cell = cell;
    this.thrown = thrown;
  }
}

/**
 * The cells of a notebook that run: code cells that are not empty.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { runningCells } from "./executed.ts";
 * import { notebookOf } from "../testing/jupyter.ts";
 *
 * assertEquals(runningCells(notebookOf("1 + 1", "  ")).length, 1);
 * ```
 */
export function runningCells({ cells }: Notebook): CodeCell[] {
  return cells.filter((cell) => cell.cell_type === "code")
    .filter(({ source }) => source.trim() !== "");
}

/**
 * Normalises an executed notebook, whoever executed it: cells that ran are counted from 1, adjacent
 * pieces of a stream are joined, empty cells have no outputs, and the kernel is named.
 *
 * @param language The kernel's `language_info`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { asExecuted } from "./executed.ts";
 * import { notebookOf } from "../testing/jupyter.ts";
 *
 * const { cells } = asExecuted(notebookOf("", "1 + 1"), { name: "typescript" });
 * const counts = cells.map((cell) => cell.cell_type === "code" && cell.execution_count);
 * assertEquals(counts, [null, 1]);
 * ```
 */
export function asExecuted(notebook: Notebook, language: Record<string, unknown>): Notebook {
  let count = 0;
  const cells = notebook.cells.map((cell) => {
    if (cell.cell_type !== "code") return cell;
    if (cell.source.trim() === "") return { ...cell, execution_count: null, outputs: [] };
    return { ...cell, execution_count: ++count, outputs: mergeStreams(cell.outputs) };
  });
  const kernelspec = { name: "deno", display_name: "Deno", language: "typescript" };
  return {
    ...notebook,
    cells,
    metadata: { ...notebook.metadata, kernelspec, language_info: language },
  };
}

/**
 * The error of a failed cell, naming the notebook and the cell.
 *
 * @param count The cell's position among those that run, from 1.
 * @param why What it threw, or a description of what happened.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { cellError } from "./executed.ts";
 * import { notebookOf } from "../testing/jupyter.ts";
 *
 * const { message } = cellError("a.ipynb", notebookOf("1"), 1, "still running after 9 s");
 * assertEquals(message, "Notebook a.ipynb, cell 1 of 1 (cell-1): still running after 9 s");
 * ```
 */
export function cellError(
  name: string,
  notebook: Notebook,
  count: number,
  why: ErrorOutput | string,
  options?: ErrorOptions,
): CellError {
  const running = runningCells(notebook);
  const where = `Notebook ${name}, cell ${count} of ${running.length} (${running[count - 1]?.id})`;
  return typeof why === "string"
    ? new CellError(`${where}: ${why}`, count, null, options)
    : new CellError(`${where} failed: ${textOf(why)}`, count, why, options);
}

/** The kernel's only reply to code that does not compile. */
const NOT_COMPILED = "Execution failed";

function textOf({ ename, evalue, traceback }: ErrorOutput): string {
  const stack = traceback.join("\n").trim();
  const text = stack.includes(evalue) && stack !== "" ? stack : `${ename}: ${evalue}\n${stack}`;
  const hint = evalue === NOT_COMPILED ? " (the code could not be compiled)" : "";
  return text.trim() + hint;
}
