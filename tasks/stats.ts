/** Counts a benchmark. */
import { statsTable } from "../lib/records/statistic.ts";
import { runFolder, runPaths } from "../lib/paths.ts";
import { openBenchmark } from "../lib/benchmark/registry.ts";
import { keep, statistics } from "../lib/runs/benchmark.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";

await main({
  name: "stats",
  summary: "Counts a benchmark's tasks, criteria, weights and words, beside the paper's figures.",
  details: "Writes the rows to results/<run>/stats.arrow and prints them.",
  flags: { benchmark: flag.benchmark, run: flag.run },
}, async ({ benchmark: name, run = name }) => {
  const rows = statistics(await openBenchmark(name));
  const paths = runPaths(runFolder(run));
  await keep(statsTable, rows, paths);
  for (const [statistic, group] of Map.groupBy(rows, (row) => row.statistic)) {
    console.log(`\n${statistic.replaceAll("_", " ")} (${group[0].unit})`);
    const width = Math.max(...group.map((row) => row.group.length));
    for (const { group: part, value, paper } of group) {
      const beside = paper === null ? "" : `   paper ${paper}${paper === value ? "" : "  DRIFT"}`;
      console.log(`  ${part.padEnd(width)}  ${String(value).padStart(6)}${beside}`);
    }
  }
  console.log(`\nAll rows: ${paths.table("stats")}`);
});
