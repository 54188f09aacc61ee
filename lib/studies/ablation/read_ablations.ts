/** Reading the results of an earlier ablation. */
import { basename } from "node:path";
import { runPaths } from "../../paths.ts";
import { type Ablation, ablationsTable } from "../../records/ablation.ts";
import { readTableIfAny } from "../../store/table.ts";

/** The rows of a table `ablations`, and the run that has it. */
export interface FoundAblations {
  /** Name of the run's folder. */
  run: string;
  /** Rows of the table `ablations`. */
  rows: Ablation[];
}

/**
 * The table `ablations` of the first of several runs that has one; null if none does.
 *
 * @param folders The runs' folders.
 * @throws {InputError} for a table of another version.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { readAblations } from "./read_ablations.ts";
 *
 * assertEquals(await readAblations(["/tmp/no-such-run"]), null);
 * ```
 */
export async function readAblations(folders: readonly string[]): Promise<FoundAblations | null> {
  for (const folder of folders) {
    const rows = await readTableIfAny(ablationsTable, runPaths(folder).table("ablations"));
    if (rows !== null && rows.length > 0) return { run: basename(folder), rows };
  }
  return null;
}
