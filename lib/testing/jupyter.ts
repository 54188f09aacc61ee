/** Helpers for tests of notebooks. */
import { fileURLToPath } from "node:url";
import type { Notebook } from "../jupyter/format.ts";
import { mergeStreams, type Output } from "../jupyter/outputs.ts";

/** The folder in which test notebooks run: they import `./show.ts`. */
export const ROOM: string = fileURLToPath(new URL("../jupyter/", import.meta.url));

/**
 * A notebook of code cells, not yet executed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./assert.ts";
 * import { notebookOf } from "./jupyter.ts";
 *
 * assertEquals(notebookOf("1 + 1").cells[0].source, "1 + 1");
 * ```
 */
export function notebookOf(...sources: string[]): Notebook {
  return {
    cells: sources.map((source, i) => ({
      cell_type: "code",
      id: `cell-${i + 1}`,
      metadata: {},
      source,
      execution_count: null,
      outputs: [],
    })),
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** A notebook with 32 cells that shows something of each kind. */
export const STRESS: Notebook = notebookOf(
  'import { html, markdown, settle, show } from "./show.ts";',
  ...Array.from({ length: 31 }, (_, i) =>
    [
      `await show("line ${i}");`,
      `await show([{ model: "nano", score: ${i} / 7 }, { model: "<wan>", score: null }]);`,
      `await show("<svg width='9' height='9'><title>${i}</title></svg>");`,
      `await show(markdown("**${i}**")); await show(html("<i>".repeat(50000)));`,
      `await show(new Uint8Array([0x89, 0x50, 0x4e, 0x47, ${i}]));`,
      `for (let i = 0; i < 5; i++) console.log(i, "of cell ${i}"); await settle();`,
    ][i % 6]),
);

/**
 * Whether a process is still running; one that has exited but was not yet reaped does not count.
 *
 * @example
 * ```ts
 * import { assertOk } from "./assert.ts";
 * import { isRunning } from "./jupyter.ts";
 *
 * assertOk(isRunning(Deno.pid));
 * ```
 */
export function isRunning(pid: number): boolean {
  try {
    if (Deno.build.os !== "linux") {
      Deno.kill(pid, "SIGCONT");
      return true;
    }
    return !/\) [ZX] /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

/**
 * The outputs of a notebook, one list per code cell, in a form for comparing two executions:
 * streams joined, execution counts omitted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./assert.ts";
 * import { notebookOf, outputsOf } from "./jupyter.ts";
 *
 * assertEquals(outputsOf(notebookOf("1 + 1")), [[]]);
 * ```
 */
export function outputsOf(notebook: Notebook): Output[][] {
  return notebook.cells.filter((cell) => cell.cell_type === "code").map((cell) =>
    mergeStreams(cell.outputs).map((output) =>
      output.output_type === "execute_result" ? { ...output, execution_count: null } : output
    )
  );
}

/**
 * Whether tests that need Jupyter can run. If not, warns conspicuously; if `ci` is `true`, as
 * continuous integration sets it, throws instead, because in CI a silently skipped test is worse
 * than a failing one.
 *
 * @param reason Why Jupyter is not available; null if it is.
 * @param ci The environment variable `CI`.
 * @param warn Receives the warning.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./assert.ts";
 * import { jupyterOrSkip } from "./jupyter.ts";
 *
 * assertEquals(jupyterOrSkip(null, "true"), true);
 * ```
 */
export function jupyterOrSkip(
  reason: string | null,
  ci: string | undefined,
  warn: (line: string) => void = console.warn,
): boolean {
  if (reason === null) return true;
  if (ci === "true") throw new Error(`Jupyter is not available, but CI is true: ${reason}`);
  const line = `SKIPPED: every test that needs Jupyter: ${reason}`;
  const bar = "!".repeat(Math.min(100, line.length));
  warn(`${bar}\n${line}\n${bar}`);
  return false;
}
