/** An ablation that was made before, where there is one. */
import { basename } from "node:path";
import { runPaths } from "../../paths.ts";
import { type Ablation, ablationsTable } from "../../records/ablation.ts";
import { readTableIfAny } from "../../store/table.ts";

/** The rows of a table `ablations`, and where they were found. */
export interface KeptAblations {
  /** Name of the run's folder. */
  run: string;
  /** Of the table `ablations`. */
  rows: Ablation[];
}

/**
 * The table `ablations` of the first of some runs that has one; null where none has.
 *
 * @param folders The runs' folders.
 * @throws {InputError} for a table of another version.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { readAblations } from "./kept.ts";
 *
 * assertEquals(await readAblations(["/tmp/no-such-run"]), null);
 * ```
 */
export async function readAblations(folders: readonly string[]): Promise<KeptAblations | null> {
  for (const folder of folders) {
    const rows = await readTableIfAny(ablationsTable, runPaths(folder).table("ablations"));
    if (rows !== null && rows.length > 0) return { run: basename(folder), rows };
  }
  return null;
}
