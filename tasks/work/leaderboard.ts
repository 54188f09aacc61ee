/** The leaderboard as text for a terminal. */
import type { RunPaths } from "../../lib/paths.ts";
import { claimsTable } from "../../lib/records/claim.ts";
import { summaryTable } from "../../lib/records/summary.ts";
import { GROUPS } from "../../lib/scores/summary.ts";
import { readTable, readTableIfAny } from "../../lib/store/table.ts";

/** Means per group under one rule, best model first, and claims where the run has any. */
export async function leaderboardText(paths: RunPaths, rule: string): Promise<string> {
  const rows = (await readTable(summaryTable, paths.table("summary"))).filter((row) =>
    row.rule === rule
  );
  const models = [...Map.groupBy(rows, ({ judge, model }) => `${model}, ${judge}`)]
    .map(([name, own]) => ({ name, of: (group: string) => own.find((row) => row.group === group) }))
    .sort((a, b) => (b.of("all")?.mean ?? -1) - (a.of("all")?.mean ?? -1));
  const width = Math.max(...models.map(({ name }) => name.length), "model, judge".length) + 2;
  const header = "model, judge".padEnd(width) + GROUPS.map((group) => group.padStart(12)).join("") +
    "  95% interval".padEnd(18) + "tasks".padStart(6);
  const lines = models.map(({ name, of }) => {
    const all = of("all")!;
    const means = GROUPS.map((group) => (of(group)?.mean?.toFixed(2) ?? "–").padStart(12)).join("");
    const interval = all.ci_low === null
      ? ""
      : `  ${all.ci_low.toFixed(1)}–${all.ci_high?.toFixed(1)}`;
    return name.padEnd(width) + means + interval.padEnd(18) + String(all.tasks).padStart(6);
  });
  const claims = (await readTableIfAny(claimsTable, paths.table("claims")) ?? [])
    .filter((row) => row.rule === rule)
    .map(({ judge, claim, says, difference, ci_low, ci_high, standing }) =>
      `(${claim}) ${says}, by ${judge}: ${difference.toFixed(1)} points ` +
      `[${ci_low.toFixed(1)}, ${ci_high.toFixed(1)}], ${standing}`
    );
  return [
    `\nScores under the rule ${rule} (0–100, mean over tasks)`,
    header,
    ...lines,
    ...(claims.length > 0 ? ["", ...claims] : []),
    "",
  ].join("\n");
}
