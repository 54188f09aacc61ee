/** A notebook executed from a clean kernel, without Jupyter. */
import { messageOf } from "../errors.ts";
import { asExecuted, cellError, runningCells } from "./executed.ts";
import type { CodeCell, Notebook } from "./format.ts";
import { type Kernel, type KernelOptions, startKernel } from "./kernel.ts";
import type { Output } from "./outputs.ts";

/** How far an execution is. */
export interface CellProgress {
  /** Number among the cells that run, from 1. */
  cell: number;
  /** Cells that run. */
  cells: number;
  /** Seconds that this cell took. */
  seconds: number;
  /** How many of its outputs Jupyter would have lost: 0 where it shows everything by `show`. */
  late: number;
}

/** Where and how a notebook is executed. */
export interface ExecuteOptions extends KernelOptions {
  /** What errors call the notebook; its path. */
  name: string;
  /** Seconds that one cell may take; 600 by default. */
  timeout?: number;
  /** Called after each cell. */
  onCell?: (progress: CellProgress) => void;
}

/**
 * The notebook with the outputs of running its code cells in order in a new kernel, whose folder is
 * `cwd` (the notebook's own). Cells without code are left alone. The notebook given is not changed.
 * Throws {@link CellError} at the first cell that fails, runs over its time, or ends the kernel, and
 * the signal's reason where it is aborted; the kernel is ended in every case.
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
