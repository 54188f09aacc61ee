/** Says what is wrong with a benchmark. */
import { FINDING_KINDS } from "../lib/benchmark/audit.ts";
import { findingsTable } from "../lib/records/finding.ts";
import { DIMENSIONS } from "../lib/records/criterion.ts";
import { runFolder, runPaths } from "../lib/paths.ts";
import { openBenchmark } from "../lib/benchmark/registry.ts";
import { audit, keep } from "../lib/runs/benchmark.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";

const SHOWN = 5;

await main({
  name: "audit",
  summary: "Finds what is wrong with a benchmark's data, and what a perfect model would get.",
  details: "Writes the findings to results/<run>/findings.arrow and a summary to the terminal.",
  flags: { benchmark: flag.benchmark, run: flag.run },
}, async ({ benchmark: name, run = name }) => {
  const loaded = await openBenchmark(name);
  const findings = audit(loaded);
  const paths = runPaths(runFolder(run));
  await keep(findingsTable, findings, paths);
  const { tasks, criteria } = loaded.benchmark;
  const penalties = criteria.filter(({ sign }) => sign < 0).length;
  console.log(
    `${name}: ${tasks.length} tasks, ${criteria.length} criteria, ${penalties} of them penalties`,
  );
  if (findings.length === 0) console.log("No finding.");
  for (const [kind, rows] of Map.groupBy(findings, (row) => row.kind)) {
    console.log(`\n${kind}: ${rows.length}${partsOf(kind, rows)}`);
    console.log(`  ${FINDING_KINDS[kind]}`);
    for (const { task, dimension, criterion, detail } of rows.slice(0, SHOWN)) {
      const where = [task || "", dimension, criterion ? `d${criterion}` : ""].filter(Boolean);
      console.log(`  ${where.length > 0 ? `${where.join("/")}: ` : ""}${detail}`);
    }
    if (rows.length > SHOWN) console.log(`  … and ${rows.length - SHOWN} more`);
  }
  console.log(`\nAll findings: ${paths.table("findings")}`);

  /** How a kind's rows are made up, where that says more than their number. */
  function partsOf(kind: string, rows: readonly { dimension: string; detail: string }[]): string {
    if (kind === "zero-weight") {
      const weightless = rows.filter(({ detail }) => detail.startsWith("penalty")).length;
      return ` of ${criteria.length} (${weightless} of ${penalties} penalties)`;
    }
    if (kind !== "mis-keyed-block") return "";
    const counts = DIMENSIONS.map((dimension) =>
      `${rows.filter((row) => row.dimension === dimension).length} ${dimension}`
    );
    return ` (${counts.join(", ")})`;
  }
});
