/** Executes a notebook in a clean kernel, without Jupyter. */
import { messageOf } from "../errors.ts";
import { asExecuted, cellError, runningCells } from "./executed.ts";
import type { CodeCell, Notebook } from "./format.ts";
import { type Kernel, type KernelOptions, startKernel } from "./kernel.ts";
import type { Output } from "./outputs.ts";

/** Progress of an execution. */
export interface CellProgress {
  /** Position among the cells to run, from 1. */
  cell: number;
  /** Number of cells to run. */
  cells: number;
  /** Time this cell took, in seconds. */
  seconds: number;
  /** Outputs that Jupyter would have lost: 0 if the cell shows everything with `show`. */
  late: number;
}

/** Options of {@link executeNotebook}. */
export interface ExecuteOptions extends KernelOptions {
  /** The notebook's name in error messages; by default its path. */
  name: string;
  /** Time limit per cell in seconds; 600 by default. */
  timeout?: number;
  /** Called after each cell. */
  onCell?: (progress: CellProgress) => void;
}

/**
 * Runs a notebook's code cells in order in a new kernel and returns the notebook with their
 * outputs. The kernel's folder is `cwd` (the notebook's own). Empty cells are skipped, and the
 * input is not changed. Throws {@link CellError} at the first cell that fails, exceeds its time
 * limit, or ends the kernel, and the signal's reason if aborted. The kernel is always ended.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { notebookOf, outputsOf } from "../testing/jupyter.ts";
 * import { executeNotebook } from "./execute.ts";
 *
 * const notebook = notebookOf("console.log(7)");
 * const executed = await executeNotebook(notebook, { name: "seven.ipynb", cwd: Deno.cwd() });
 * assertEquals(outputsOf(executed), [[{ output_type: "stream", name: "stdout", text: "7\n" }]]);
 * ```
 */
export async function executeNotebook(
  notebook: Notebook,
  options: ExecuteOptions,
): Promise<Notebook> {
  const { name, timeout = 600, onCell, signal } = options;
  const total = runningCells(notebook).length;
  const kernel = await startKernel(options).catch((error) => {
    signal?.throwIfAborted();
    throw new Error(`Cannot execute notebook ${name}: ${messageOf(error)}`, { cause: error });
  });
  try {
    const shown = new Map<CodeCell, Output[]>();
    for (const [i, cell] of runningCells(notebook).entries()) {
      const began = performance.now();
      const { outputs, late } = await runCell(kernel, cell, i + 1);
      shown.set(cell, outputs);
      onCell?.({ cell: i + 1, cells: total, seconds: (performance.now() - began) / 1000, late });
    }
    const cells = notebook.cells.map((cell) =>
      cell.cell_type === "code" ? { ...cell, outputs: shown.get(cell) ?? [] } : cell
    );
    return asExecuted({ ...notebook, cells }, kernel.language);
  } finally {
    await kernel.shutdown();
  }

  async function runCell(kernel: Kernel, cell: CodeCell, count: number) {
    const execution = await kernel.execute(cell.source, timeout).catch((error) => {
      signal?.throwIfAborted();
      throw cellError(name, notebook, count, messageOf(error), { cause: error });
    });
    if (execution.error !== null) throw cellError(name, notebook, count, execution.error);
    return execution;
  }
}
