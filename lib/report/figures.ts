/** The figures of a run: from its tables to named SVGs, each with its place in the report. */
import type { Paper } from "../benchmark/paper.ts";
import { wordCount } from "../benchmark/stats.ts";
import type { Benchmark } from "../benchmark/benchmark.ts";
import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES } from "../records/task.ts";
import { criteriaPerDimension } from "../figures/criteria_per_dimension.ts";
import { failureHeatmap } from "../figures/failure_heatmap.ts";
import { leaderboard } from "../figures/leaderboard.ts";
import { promptLengths } from "../figures/prompt_lengths.ts";
import { ruleSensitivity } from "../figures/rule_sensitivity.ts";
import { tasksPerScale } from "../figures/tasks_per_scale.ts";
import { topFailures } from "../figures/top_failures.ts";
import type { PaperMean, ScaleCount } from "../figures/types.ts";
import { weightHistogram } from "../figures/weight_histogram.ts";
import { claimsFigure } from "../studies/argument/figure.ts";
import { calibrationByWorld } from "../studies/calibration/figure_by_world.ts";
import { WORLDS } from "../worlds/all.ts";
import type { Summary } from "../records/summary.ts";
import { type Failure, failureRates, mostFailed, type TopFailure } from "../scores/failures.ts";
import { GROUPS } from "../scores/summary.ts";
import type { DomainClaim } from "../records/claim.ts";
import type { Calibration } from "../records/calibration.ts";
import { SHOWN_MODELS } from "./model_sheet.ts";

/** A figure under the name of its files. */
export interface NamedFigure {
  /** Without ending. */
  name: string;
  /** The figure. */
  svg: string;
}

/** What a benchmark is made of; the paper's counts stand beside the release's. */
export function datasetFigures({ name, tasks, criteria }: Benchmark, paper: Paper): NamedFigure[] {
  const scales: ScaleCount[] = SCALES.map((scale) => ({
    scale,
    tasks: tasks.filter((task) => task.scale === scale).length,
    paper: name === "release" ? paper.tasks_per_scale[scale] : null,
  }));
  const without = tasks.filter(({ scale }) => scale === "").length;
  if (without > 0) scales.push({ scale: "", tasks: without, paper: null });
  const signs = [1, -1] as const;
  const perDimension = DIMENSIONS.flatMap((dimension) =>
    signs.map((sign) => ({
      dimension,
      sign,
      criteria: criteria.filter((row) => row.dimension === dimension && row.sign === sign).length,
    }))
  );
  const weights = ([["raw", "raw_weight"], ["normalised", "weight"]] as const).flatMap(
    ([which, field]) =>
      [...Map.groupBy(criteria, (row) => `${row[field]}/${row.sign}`).values()].map((rows) => ({
        which,
        weight: rows[0][field],
        sign: rows[0].sign,
        criteria: rows.length,
      })),
  );
  const lengths = tasks.map(({ task, prompt }) => ({ task, words: wordCount(prompt) }));
  return [
    { name: "tasks-per-scale", svg: tasksPerScale(scales) },
    { name: "criteria-per-dimension", svg: criteriaPerDimension(perDimension) },
    { name: "weights", svg: weightHistogram(weights) },
    { name: "prompt-lengths", svg: promptLengths(lengths) },
  ];
}

/** Models ranked under one rule and judge, in all groups; beside the paper's where names are equal. */
export function leaderboardFigure(summary: readonly Summary[], paper: Paper): NamedFigure {
  const published = paper.models.flatMap((row) =>
    GROUPS.flatMap((group): PaperMean[] =>
      row[group] === undefined ? [] : [{ model: row.model, group, mean: row[group] }]
    )
  );
  return { name: "leaderboard", svg: leaderboard(summary, { paper: published }) };
}

/** Where models fail, by dimension, scale and model, and the criteria that fail most. */
export function failureFigures(failures: readonly Failure[]): NamedFigure[] {
  const figures = [{ name: "failures", svg: failureHeatmap(failureRates(failures)) }];
  const top = worstCriteria(failures);
  if (top.length > 0) figures.push({ name: "top-failures", svg: topFailures(top) });
  return figures;
}

/** The criteria that fail most: per model, or over all models where each was judged once only. */
export function worstCriteria(failures: readonly Failure[]): TopFailure[] {
  const perModel = mostFailed(failures);
  const once = perModel.every(({ judged }) => judged === 1);
  return once ? mostFailed(failures, { acrossModels: true }) : perModel;
}

/** What each rule makes of one judge's verdicts. */
export function ruleFigure(summary: readonly Summary[]): NamedFigure {
  return { name: "rule-sensitivity", svg: ruleSensitivity(summary) };
}

/** How far one judge can be trusted in each simulated world. */
export function reliabilityFigure(rows: readonly Calibration[]): NamedFigure {
  const worlds = WORLDS.map(({ name, violations }) => ({ world: name, violations }));
  return { name: "judge-reliability", svg: calibrationByWorld(rows, worlds) };
}

/** The claims of one rule and judge, below the levels of the models that they are about. */
export function argumentFigure(
  claims: readonly DomainClaim[],
  summary: readonly Summary[],
): NamedFigure {
  const models = SHOWN_MODELS.map(({ model }) => model);
  return { name: "claims", svg: claimsFigure(claims, summary, { models, ceiling: "simulator" }) };
}

/** What the figures of a report are drawn from. */
export interface ReportTables {
  benchmark: Benchmark;
  paper: Paper;
  /** One judge's rows under the rule that leads. */
  ruled: readonly Summary[];
  /** One judge's rows under all rules, the leading one first. */
  summary: readonly Summary[];
  claims: readonly DomainClaim[];
  failures: readonly Failure[];
  reliability: readonly Calibration[];
}

/** The sections of the report that hold figures. */
export type FigureSection =
  | "argument"
  | "leaderboard"
  | "failures"
  | "trust"
  | "rules"
  | "dataset";

/** The figures of the report in their order; a figure is one line here. */
export const REPORT_FIGURES: readonly {
  section: FigureSection;
  /** None where the tables hold nothing to draw. */
  draw(tables: ReportTables): NamedFigure[];
}[] = [
  { section: "argument", draw: (t) => t.claims.length ? [argumentFigure(t.claims, t.ruled)] : [] },
  { section: "leaderboard", draw: (t) => [leaderboardFigure(t.ruled, t.paper)] },
  { section: "failures", draw: (t) => failureFigures(t.failures) },
  { section: "trust", draw: (t) => t.reliability.length ? [reliabilityFigure(t.reliability)] : [] },
  { section: "rules", draw: (t) => [ruleFigure(t.summary)] },
  { section: "dataset", draw: (t) => datasetFigures(t.benchmark, t.paper) },
];
