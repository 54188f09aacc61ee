/** Tables of a run that are not as they were written: mended where nothing is lost, named where it is. */
import { basename, join } from "node:path";
import type { RunPaths } from "../paths.ts";
import { agreementTable } from "../records/agreement.ts";
import { calibrationTable } from "../records/calibration.ts";
import { claimsTable } from "../records/claim.ts";
import { clipsTable } from "../records/clip.ts";
import { criteriaTable } from "../records/criterion.ts";
import { findingsTable } from "../records/finding.ts";
import { scoresTable } from "../records/score.ts";
import { statsTable } from "../records/statistic.ts";
import { summaryTable } from "../records/summary.ts";
import { tasksTable } from "../records/task.ts";
import { verdictsTable } from "../records/verdict.ts";
import { tellDamage } from "../store/damage.ts";
import { sha256 } from "../store/key.ts";
import type { TableSchema } from "../store/schema.ts";
import { sealOf } from "../store/seal.ts";
import { openTable, writeTable } from "../store/table.ts";

const TABLES = [
  ...[tasksTable, criteriaTable, statsTable, findingsTable, clipsTable, verdictsTable],
  ...[scoresTable, summaryTable, claimsTable, agreementTable, calibrationTable],
] as unknown as readonly TableSchema<object>[];

/**
 * Mends a run's tables, for who holds its folder alone:
 * - a table of an earlier version is written again, with checksums;
 * - a damaged one whose rows are all as they were is written again, and named;
 * - one without checksums where all have them was written by another program, or edited with one: it is
 *   set aside under another name, and named. Its rows are made again by the command that made them.
 *
 * Tables that have lost rows stay until that command mends them; nothing reads them meanwhile.
 *
 * @param owned Names in the run's folder that are the run's.
 * @param options.checked Whether all of the run's tables are known to have checksums.
 */
export async function renewTables(
  paths: RunPaths,
  owned: readonly string[],
  { checked }: { checked: boolean },
): Promise<void> {
  for (const schema of TABLES) {
    const path = paths.table(schema.name);
    if (!owned.includes(basename(path))) continue;
    const bytes = await Deno.readFile(path).catch(() => null);
    if (bytes === null || bytes.length === 0) continue;
    const state = sealOf(bytes);
    if (state === "whole") continue;
    if (state === "absent" && checked) {
      const aside = join(paths.folder, `${schema.name}.edited-${sha256(bytes).slice(0, 8)}.arrow`);
      await Deno.rename(path, aside);
      tellDamage(
        `${path} was edited with another program: it is set aside as ${basename(aside)}, and its ` +
          "rows are made again by the command that made them",
      );
      continue;
    }
    // What other columns mean, the command that reads them says.
    const found = await openTable(schema, path).catch(() => null);
    if (found === null || found.lost) continue;
    await writeTable(schema, path, found.rows);
    if (state === "damaged") tellDamage(`${path} was damaged; it is mended, no row is lost`);
  }
}
