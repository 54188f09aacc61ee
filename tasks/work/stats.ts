/** The work of `deno task stats`. */
import { statsTable } from "../../lib/records/statistic.ts";
import { keep, statistics } from "../../lib/runs/benchmark.ts";
import { withSession } from "../../lib/runs/session.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../stats.ts";
import { folderOf } from "./run_of.ts";

export const run: WorkOf<typeof task> = async (
  { benchmark, run },
  { invocation, progress, signal },
) => {
  const folder = folderOf({ run, benchmark });
  await withSession(
    { folder, invocation, progress, signal, begins: true, benchmark },
    async ({ loaded, paths, step }) => {
      const rows = statistics(loaded);
      await step("stats", 0, () => keep(statsTable, rows, paths));
      for (const [statistic, group] of Map.groupBy(rows, (row) => row.statistic)) {
        console.log(`\n${statistic.replaceAll("_", " ")} (${group[0].unit})`);
        const width = Math.max(...group.map((row) => row.group.length));
        for (const { group: part, value, paper } of group) {
          const drift = paper === value ? "" : "  DRIFT";
          const beside = paper === null ? "" : `   paper ${paper}${drift}`;
          console.log(`  ${part.padEnd(width)}  ${String(value).padStart(6)}${beside}`);
        }
      }
      console.log(`\nAll rows: ${paths.table("stats")}`);
    },
  );
};
