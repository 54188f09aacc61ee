/** The work of `deno task audit`. */
import { FINDING_KINDS } from "../../lib/benchmark/audit.ts";
import { DIMENSIONS } from "../../lib/records/criterion.ts";
import { findingsTable } from "../../lib/records/finding.ts";
import { audit, keep } from "../../lib/runs/benchmark.ts";
import { type Session, withSession } from "../../lib/runs/session.ts";
import type { task } from "../audit.ts";
import type { WorkOf } from "../cli.ts";
import { folderOf } from "./run_of.ts";

/** Findings of a kind that are shown. */
const SHOWN = 5;

export const run: WorkOf<typeof task> = async (
  { benchmark, run },
  { invocation, progress, signal },
) => {
  const folder = folderOf({ run, benchmark });
  await withSession(
    { folder, invocation, progress, signal, begins: true, benchmark },
    auditRun,
  );
};

async function auditRun({ loaded, paths, step }: Session): Promise<void> {
  const findings = audit(loaded);
  await step("audit", 0, () => keep(findingsTable, findings, paths));
  const { tasks, criteria } = loaded.benchmark;
  const penalties = criteria.filter(({ sign }) => sign < 0).length;
  console.log(
    `${loaded.spec}: ${tasks.length} tasks, ${criteria.length} criteria, ${penalties} of them ` +
      "penalties",
  );
  if (findings.length === 0) console.log("No findings.");
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
}
