/** Counts a benchmark. */
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "stats",
  summary: "Counts a benchmark's tasks, criteria, weights and words, beside the paper's figures.",
  details: "Keeps the rows in the run, results/<run>/stats.arrow, and prints them.",
  flags: { benchmark: flag.benchmark, run: flag.run },
  async run({ benchmark, run }, { invocation, progress, signal }) {
    const { statsTable } = await import("../lib/records/statistic.ts");
    const { keep, statistics } = await import("../lib/runs/benchmark.ts");
    const { withSession } = await import("../lib/runs/session.ts");
    const folder = flag.folderOf({ run, benchmark });
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
  },
});

if (import.meta.main) await main(task);
