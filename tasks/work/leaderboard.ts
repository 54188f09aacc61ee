/** The leaderboard as text for a terminal. */
import type { LoadedBenchmark } from "../../lib/benchmark/loaded.ts";
import { missingReference, paperReference } from "../../lib/benchmark/paper.ts";
import { columns } from "../../lib/columns.ts";
import { judgeLabel } from "../../lib/judges/judge_label.ts";
import { visibleText } from "../../lib/markup.ts";
import type { RunPaths } from "../../lib/paths.ts";
import { claimsTable, type DomainClaim } from "../../lib/records/claim.ts";
import { clipIdOf, clipsTable } from "../../lib/records/clip.ts";
import { scoresTable } from "../../lib/records/score.ts";
import { type Summary, summaryTable } from "../../lib/records/summary.ts";
import { lastScoring } from "../../lib/runs/score.ts";
import { scoredPart, withinSelection } from "../../lib/runs/selection.ts";
import { readVerdicts } from "../../lib/runs/verdicts.ts";
import {
  comparedText,
  missingText,
  type ScoredPart,
  sharedRankText,
} from "../../lib/scores/compared_text.ts";
import { type Coverage, coverageOf, coverageText } from "../../lib/scores/coverage.ts";
import { matchVerdicts } from "../../lib/scores/match.ts";
import { ruleNamed } from "../../lib/scores/rules.ts";
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
  const all = [...Map.groupBy(rows, ({ judge }) => judge)];
  // A judge without any verdict, as where every answer failed, has nothing to show.
  const judges = all.filter(([, own]) => own.some(({ tasks }) => tasks > 0));
  const silent = all.filter((one) => !judges.includes(one)).map(([judge]) => judge);
  const selection = (await lastScoring(paths))?.selection ?? {};
  const { tasks, criteria } = of.benchmark;
  const part = scoredPart(selection, tasks);
  const everyClip = await readTableIfAny(clipsTable, paths.table("clips")) ?? [];
  const every = await readVerdicts(paths) ?? [];
  const { current } = matchVerdicts(criteria, every, { clips: everyClip, tasks });
  const verdicts = Map.groupBy(current, ({ judge }) => judge);
  const scores = await readTableIfAny(scoresTable, paths.table("scores")) ?? [];
  const clips = withinSelection(everyClip, selection);
  const labelOf = (judge: string) => {
    const own = every.find((row) => row.judge === judge);
    return visibleText(own ? judgeLabel(own) : judge);
  };
  const boards = judges.flatMap(([judge, own]) => {
    const scored = scores.filter((row) => row.judge === judge);
    // Verdicts on clips whose files have changed are current, and were left out of the scores.
    const counted = new Set(scored.map(clipIdOf));
    const covered = coverageOf({
      clips,
      criteria,
      verdicts: withinSelection(verdicts.get(judge) ?? [], selection)
        .filter((row) => counted.has(clipIdOf(row))),
      scores: scored.filter((row) => row.rule === rule),
    });
    return boardLines(labelOf(judge), own, { ...of, part, covered });
  });
  return [
    `\nScores under the rule ${rule}, 0–100`,
    ...boards,
    ...silent.map((judge) => `\nJudge ${labelOf(judge)}: left out, no task could be scored`),
    ...referenceLines(of),
    ...(claims.length > 0 ? ["", ...claims.map(claimLine)] : []),
    ...(judges.length > 1
      ? ["", "Judges are ranked apart: deno task agreement compares two on the same clips"]
      : []),
    "",
  ].join("\n");
}

/** One judge's ranking, the models set apart, and the paper's where they are of the same tasks. */
function boardLines(
  judge: string,
  rows: readonly Summary[],
  { benchmark, part, covered }: Of & { part: ScoredPart | null; covered: Coverage },
): string[] {
  const { ranked, apart } = leaderboardOf(rows);
  const { shares } = covered;
  const isPartial = [...shares.values()].some((share) => share < 1);
  const models = (all: readonly Summary[]) => [...Map.groupBy(all, ({ model }) => model).values()];
  const line = (own: readonly Summary[]) => {
    const [all] = own.filter(({ group }) => group === "all");
    return [
      visibleText(all.model),
      all.rank === null ? "–" : String(all.rank),
      ...GROUPS.map((group) => fixed(own.find((row) => row.group === group)?.mean ?? null, 2)),
      intervalText(all.ci_low, all.ci_high),
      String(all.tasks),
      ...(isPartial ? [shareText(shares.get(all.model))] : []),
    ];
  };
  const head = [
    "model",
    "rank",
    ...GROUPS,
    "95% interval",
    "tasks",
    ...(isPartial ? ["coverage"] : []),
  ];
  const [first, ...lines] = columns([
    head,
    ...models(ranked).map(line),
    ...models(apart).map(line),
  ]);
  const ends = models(ranked).length;
  const notes = [
    sharedRankText(ranked),
    missingText(rows, benchmark.tasks.length, part),
    coverageText(covered, ruleNamed(rows[0].rule)),
  ].filter((text) => text !== null);
  return [
    `\nJudge ${judge}: ${comparedText(ranked)}`,
    first,
    ...lines.slice(0, ends),
    ...(apart.length > 0
      ? [
        "not ranked, too few of the others' tasks; means over their own:",
        ...lines.slice(ends),
      ]
      : []),
    ...notes.map((text) => visibleText(text)),
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

/** A share in per cent, rounded down: 100% is all. */
function shareText(share: number | undefined): string {
  return share === undefined ? "–" : `${(Math.floor(1000 * share) / 10).toFixed(1)}%`;
}

function fixed(value: number | null, digits: number): string {
  return value === null ? "–" : value.toFixed(digits);
}

function intervalText(low: number | null, high: number | null): string {
  return low === null || high === null ? "–" : `${low.toFixed(1)}–${high.toFixed(1)}`;
}
