/**
 * The figures of a run: named SVGs drawn from its tables, each assigned to a section of the report.
 */
import { type Paper, paperReference } from "../benchmark/paper.ts";
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
import { GROUPS, leaderboardOf } from "../scores/summary.ts";
import type { DomainClaim } from "../records/claim.ts";
import type { Calibration } from "../records/calibration.ts";
import { SHOWN_MODELS } from "./model_sheet.ts";
import type { NamedFigure, ReportFigure } from "./report_figure.ts";

/** The composition of a benchmark, compared with the paper's counts for the release. */
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

/**
 * Models ranked under one rule and judge, in all groups, and on the published release the paper's for
 * reference.
 */
export function leaderboardFigure(
  summary: readonly Summary[],
  loaded: { paper: Paper; published?: boolean },
): NamedFigure {
  const published = paperReference(loaded).flatMap((row) =>
    GROUPS.flatMap((group): PaperMean[] =>
      row[group] === undefined ? [] : [{ model: row.model, group, mean: row[group] }]
    )
  );
  const svg = leaderboard(summary, { paper: published, paperTasks: loaded.paper.tasks });
  return { name: "leaderboard", svg };
}

/**
 * Failure rates by dimension, scale and model, and the criteria that fail most often.
 *
 * @param compared Those that models are compared by; see `onCommonTasks`.
 */
export function failureFigures(
  failures: readonly Failure[],
  compared?: readonly Failure[],
): NamedFigure[] {
  const rates = failureRates(compared ?? failures);
  const over = compared && new Set(rates.map(({ model }) => model)).size > 1
    ? "on the tasks that all ranked models have"
    : undefined;
  const figures = [{ name: "failures", svg: failureHeatmap(rates, { over }) }];
  const top = worstCriteria(failures);
  if (top.length > 0) figures.push({ name: "top-failures", svg: topFailures(top) });
  return figures;
}

/**
 * The criteria that fail most often: per model, or over all models if each was judged only once.
 */
export function worstCriteria(failures: readonly Failure[]): TopFailure[] {
  const perModel = mostFailed(failures);
  const once = perModel.every(({ judged }) => judged === 1);
  return once ? mostFailed(failures, { acrossModels: true }) : perModel;
}

/** The effect of each rule on one judge's verdicts. */
export function ruleFigure(summary: readonly Summary[]): NamedFigure {
  return { name: "rule-sensitivity", svg: ruleSensitivity(summary) };
}

/** The reliability of one judge in each simulated world. */
export function reliabilityFigure(rows: readonly Calibration[]): NamedFigure {
  const worlds = WORLDS.map(({ name, violations }) => ({ world: name, violations }));
  return { name: "judge-reliability", svg: calibrationByWorld(rows, worlds) };
}

/** The claims of one rule and judge, below the mean scores of the models concerned. */
export function argumentFigure(
  claims: readonly DomainClaim[],
  summary: readonly Summary[],
): NamedFigure {
  const models = SHOWN_MODELS.map(({ model }) => model);
  const { ranked, apart } = leaderboardOf(summary);
  return {
    name: "claims",
    svg: claimsFigure(claims, [...ranked, ...apart], { models, upperBound: "simulator" }),
  };
}

/** The paper's claims. */
export const argument: ReportFigure = {
  section: "argument",
  draw: (t) => t.claims.length ? [argumentFigure(t.claims, t.ruled)] : [],
};

/** The models' ranks. */
export const ranks: ReportFigure = {
  section: "leaderboard",
  draw: (t) => [
    leaderboardFigure(t.ruled, { paper: t.paper, published: t.reference.length > 0 }),
  ],
};

/** What fails. */
export const failures: ReportFigure = {
  section: "failures",
  draw: (t) => failureFigures(t.failures, t.compared),
};

/** How far the judge can be trusted. */
export const trust: ReportFigure = {
  section: "trust",
  draw: (t) => t.reliability.length ? [reliabilityFigure(t.reliability)] : [],
};

/** What the scoring rules change. */
export const rules: ReportFigure = { section: "rules", draw: (t) => [ruleFigure(t.summary)] };

/** What the benchmark consists of. */
export const dataset: ReportFigure = {
  section: "dataset",
  draw: (t) => datasetFigures(t.benchmark, t.paper),
};
