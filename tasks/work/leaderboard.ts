/** The leaderboard as text for a terminal. */
import type { LoadedBenchmark } from "../../lib/benchmark/loaded.ts";
import { missingReference, paperReference } from "../../lib/benchmark/paper.ts";
import { columns } from "../../lib/columns.ts";
import { visibleText } from "../../lib/markup.ts";
import type { RunPaths } from "../../lib/paths.ts";
import { claimsTable, type DomainClaim } from "../../lib/records/claim.ts";
import { type Summary, summaryTable } from "../../lib/records/summary.ts";
import { judgeFacts } from "../../lib/report/judge_facts.ts";
import { readVerdicts } from "../../lib/runs/verdicts.ts";
import { comparedText, missingText } from "../../lib/scores/compared_text.ts";
import { GROUPS, leaderboardOf } from "../../lib/scores/summary.ts";
import { readTable, readTableIfAny } from "../../lib/store/table.ts";

/** What a leaderboard is of. */
type Of = Pick<LoadedBenchmark, "benchmark" | "paper" | "published" | "release">;

/** Ranks and means under one rule, by judge, and claims where the run has any. */
export async function leaderboardText(paths: RunPaths, rule: string, of: Of): Promise<string> {
  const rows = (await readTable(summaryTable, paths.table("summary")))
    .filter((row) => row.rule === rule);
  const claims = (await readTableIfAny(claimsTable, paths.table("claims")) ?? [])
    .filter((row) => row.rule === rule);
  const judges = [...Map.groupBy(rows, ({ judge }) => judge)];
  const labels = new Map(
    [...Map.groupBy(await readVerdicts(paths) ?? [], ({ judge }) => judge)]
      .map(([judge, own]) => [judge, judgeFacts(own, []).label]),
  );
  return [
    `\nScores under the rule ${rule}, 0–100`,
    ...judges.flatMap(([judge, own]) => boardLines(labels.get(judge) ?? judge, own, of)),
    ...referenceLines(of),
    ...(claims.length > 0 ? ["", ...claims.map(claimLine)] : []),
    ...(judges.length > 1
      ? ["", "Judges are ranked apart: deno task agreement compares two on the same clips"]
      : []),
    "",
  ].join("\n");
}

/** One judge's ranking, the models set apart, and the paper's where they are of the same tasks. */
function boardLines(judge: string, rows: readonly Summary[], of: Of): string[] {
  const { ranked, apart } = leaderboardOf(rows);
  const models = (all: readonly Summary[]) => [...Map.groupBy(all, ({ model }) => model).values()];
  const line = (own: readonly Summary[]) => {
    const [all] = own.filter(({ group }) => group === "all");
    return [
      visibleText(all.model),
      all.rank === null ? "–" : String(all.rank),
      ...GROUPS.map((group) => fixed(own.find((row) => row.group === group)?.mean ?? null, 2)),
      intervalText(all.ci_low, all.ci_high),
      String(all.tasks),
    ];
  };
  const head = ["model", "rank", ...GROUPS, "95% interval", "tasks"];
  const [first, ...lines] = columns([
    head,
    ...models(ranked).map(line),
    ...models(apart).map(line),
  ]);
  const ends = models(ranked).length;
  const missing = missingText(rows, of.benchmark.tasks.length);
  return [
    `\nJudge ${visibleText(judge)}: ${comparedText(ranked)}`,
    first,
    ...lines.slice(0, ends),
    ...(apart.length > 0
      ? [
        "not ranked, too few of the others' tasks; means over their own:",
        ...lines.slice(ends),
      ]
      : []),
    ...(missing ? [visibleText(missing)] : []),
  ];
}

/** The paper's scores where they are of the same tasks, or why they are missing. */
function referenceLines(of: Of): string[] {
  const missing = missingReference(of);
  if (missing !== null) return ["", missing];
  const models = paperReference(of);
  if (models.length === 0) return [];
  return [
    `\nFor reference, as the paper reports them, over all ${of.paper.tasks} tasks and by its judge`,
    ...columns([
      ["model", ...GROUPS],
      ...models.map((row) => [
        `${row.model}, paper`,
        ...GROUPS.map((group) => fixed(row[group] ?? null, 2)),
      ]),
    ]),
  ];
}

function claimLine(
  { judge, claim, says, difference, ci_low, ci_high, tasks, standing }: DomainClaim,
): string {
  const interval = ci_low === null || ci_high === null
    ? `over ${tasks} tasks, too few for an interval`
    : `[${ci_low.toFixed(1)}, ${ci_high.toFixed(1)}] over ${tasks} tasks`;
  return `(${claim}) ${says}, by ${visibleText(judge)}: ${
    difference.toFixed(1)
  } points ${interval}, ${standing}`;
}

function fixed(value: number | null, digits: number): string {
  return value === null ? "–" : value.toFixed(digits);
}

function intervalText(low: number | null, high: number | null): string {
  return low === null || high === null ? "–" : `${low.toFixed(1)}–${high.toFixed(1)}`;
}
