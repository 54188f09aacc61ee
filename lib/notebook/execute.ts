/** A notebook executed from a clean kernel, without Jupyter. */
import { InputError, messageOf } from "../errors.ts";
import type { CodeCell, Notebook } from "./format.ts";
import { type Kernel, type KernelOptions, startKernel } from "./kernel.ts";
import { type ErrorOutput, mergeStreams } from "./outputs.ts";

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

/** A cell that failed: thrown by it, or because of it. */
export class CellError extends InputError {
  override name = "CellError";
  /** Number among the cells that run, from 1. */
  readonly cell: number;
  /** What the cell itself threw; null where it ran out of time or its kernel died. */
  readonly thrown: ErrorOutput | null;

  constructor(message: string, cell: number, thrown: ErrorOutput | null, options?: ErrorOptions) {
    super(message, options);
    this.cell = cell;
    this.thrown = thrown;
  }
}

/**
 * The notebook with the outputs of running its code cells in order in a new kernel, whose folder is
 * `cwd` (the notebook's own). Cells without code are left alone. The notebook given is not changed.
 * Throws {@link CellError} at the first cell that fails, runs over its time, or ends the kernel, and
 * the signal's reason where it is aborted; the kernel is ended in every case.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing.ts";
 * import { executeNotebook } from "./execute.ts";
 * import { type Notebook, outputsOf } from "./format.ts";
 *
 * const notebook: Notebook = {
 *   cells: [{
 *     cell_type: "code", id: "one", metadata: {}, source: "console.log(7)", execution_count: null,
 *     outputs: [],
 *   }],
 *   metadata: {}, nbformat: 4, nbformat_minor: 5,
 * };
 * const executed = await executeNotebook(notebook, { name: "seven.ipynb", cwd: Deno.cwd() });
 * assertEquals(outputsOf(executed), [[{ output_type: "stream", name: "stdout", text: "7\n" }]]);
 * ```
 */
export async function executeNotebook(
  notebook: Notebook,
  options: ExecuteOptions,
): Promise<Notebook> {
  const { name, timeout = 600, onCell, signal } = options;
  const runs = (cell: Notebook["cells"][number]) =>
    cell.cell_type === "code" && cell.source.trim() !== "";
  const total = notebook.cells.filter(runs).length;
  const kernel = await startKernel(options).catch((error) => {
    signal?.throwIfAborted();
    throw new Error(`Cannot execute notebook ${name}: ${messageOf(error)}`, { cause: error });
  });
  try {
    const cells: Notebook["cells"] = [];
    let count = 0;
    for (const cell of notebook.cells) {
      if (cell.cell_type !== "code") {
        cells.push(cell);
        continue;
      }
      if (!runs(cell)) {
        cells.push({ ...cell, execution_count: null, outputs: [] });
        continue;
      }
      count++;
      const began = performance.now();
      const { outputs, late } = await runCell(kernel, cell, count);
      cells.push({ ...cell, execution_count: count, outputs: mergeStreams(outputs) });
      onCell?.({ cell: count, cells: total, seconds: (performance.now() - began) / 1000, late });
    }
    const kernelspec = { name: "deno", display_name: "Deno", language: "typescript" };
    const metadata = { ...notebook.metadata, kernelspec, language_info: kernel.language };
    return { ...notebook, cells, metadata };
  } finally {
    await kernel.shutdown();
  }

  async function runCell(kernel: Kernel, cell: CodeCell, count: number) {
    const where = `Notebook ${name}, cell ${count} of ${total} (${cell.id})`;
    const execution = await kernel.execute(cell.source, timeout).catch((error) => {
      signal?.throwIfAborted();
      throw new CellError(`${where}: ${messageOf(error)}`, count, null, { cause: error });
    });
    const { error } = execution;
    if (error === null) return execution;
    throw new CellError(`${where} failed: ${textOf(error)}`, count, error);
  }
}

/** The kernel replies only this to code that it cannot compile. */
const NOT_COMPILED = "Execution failed";

function textOf({ ename, evalue, traceback }: ErrorOutput): string {
  const stack = traceback.join("\n").trim();
  const text = stack.includes(evalue) && stack !== "" ? stack : `${ename}: ${evalue}\n${stack}`;
  const hint = evalue === NOT_COMPILED ? " (the code could not be compiled)" : "";
  return text.trim() + hint;
}
