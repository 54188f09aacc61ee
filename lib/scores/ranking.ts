/** Ranks of models on the tasks that all of them have. */
import type { Score } from "../records/score.ts";
import { bootstrapMean, type Interval, MIN_CLUSTERS } from "./interval.ts";

/** Scores by task number: one value per task, whatever its number of clips. */
export type TaskMeans = ReadonlyMap<number, number>;

/** Which models can be compared, and on what. */
export interface CommonTasks {
  /** The models that are ranked, those with most tasks first. */
  ranked: string[];
  /** Those with too few of the others' tasks, in the same order. */
  apart: string[];
  /** The tasks that all ranked models have, ascending. */
  tasks: number[];
}

/** The least share of the most complete model's tasks that all ranked models have in common. */
const LEAST_SHARE = 0.5;

/** Differences below this are rounding. */
const ROUNDING = 1e-9;

/**
 * The tasks on which models are compared. Models are taken from the one with most tasks down (of equals
 * by name); one that would leave fewer than half of the first one's tasks in common is set apart, so
 * that a model with three clips neither is ranked by them nor reduces the others to three tasks.
 *
 * @param tasksOf The tasks that could be scored, by model.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { commonTasks } from "./ranking.ts";
 *
 * const all = Array.from({ length: 10 }, (_, i) => i + 1);
 * const tasksOf = new Map([["three", [1, 2, 3]], ["most", all.slice(2)], ["all", all]]);
 * assertEquals(commonTasks(tasksOf), {
 *   ranked: ["all", "most"],
 *   apart: ["three"],
 *   tasks: [3, 4, 5, 6, 7, 8, 9, 10],
 * });
 * ```
 */
export function commonTasks(tasksOf: ReadonlyMap<string, Iterable<number>>): CommonTasks {
  const models = [...tasksOf].map(([model, tasks]) => ({ model, own: new Set(tasks) }))
    .sort((a, b) => b.own.size - a.own.size || (a.model < b.model ? -1 : 1));
  const most = models[0]?.own.size ?? 0;
  const found: CommonTasks = { ranked: [], apart: [], tasks: [] };
  let common = models[0]?.own ?? new Set<number>();
  for (const { model, own } of models) {
    const both = common.intersection(own);
    if (both.size === 0 || both.size < LEAST_SHARE * most) found.apart.push(model);
    else {
      found.ranked.push(model);
      common = both;
    }
  }
  found.tasks = [...common].sort((a, b) => a - b);
  return found;
}

/**
 * The tasks that could be scored, by model: those with a total score.
 *
 * @param scores One judge's under one rule.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Score } from "../records/score.ts";
 * import { scoredTasks } from "./ranking.ts";
 *
 * const had = [["a", 1, 50], ["a", 2, null], ["b", 1, null]] as const;
 * const scores = had.map(([model, task, score]) => ({ model, task, dimension: "total", score }) as Score);
 * assertEquals(scoredTasks(scores), new Map([["a", new Set([1])], ["b", new Set()]]));
 * ```
 */
export function scoredTasks(scores: readonly Score[]): Map<string, Set<number>> {
  return new Map(
    [...Map.groupBy(scores, ({ model }) => model)].map(([model, own]) => [
      model,
      new Set(
        own.filter(({ dimension, score }) => dimension === "total" && score !== null)
          .map(({ task }) => task),
      ),
    ]),
  );
}

/** A ranked model. */
export interface Ranked extends Interval {
  /** From 1; null where there are too few tasks to tell models apart. */
  rank: number | null;
  /** Number of tasks that all ranked models have. */
  tasks: number;
}

/**
 * Ranks models by their means over {@link commonTasks}. A model shares the rank of the best one above it
 * that it cannot be told from: where the 95% interval of their difference, paired by task, contains 0.
 * The next rank counts all models above. With fewer than {@link MIN_CLUSTERS} common tasks there are
 * means, but neither intervals nor ranks.
 *
 * @returns The ranked models, the best mean first; those set apart are left out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { rankModels } from "./ranking.ts";
 *
 * const over = (mean: number, spread = 0) =>
 *   new Map(Array.from({ length: 8 }, (_, i) => [i + 1, mean + (i % 2 ? spread : -spread)]));
 * const means = new Map([["a", over(60)], ["b", over(59, 20)], ["c", over(30)]]);
 * assertEquals([...rankModels(means)].map(([model, { rank }]) => [model, rank]), [
 *   ["a", 1],
 *   ["b", 1],
 *   ["c", 3],
 * ]);
 * ```
 */
export function rankModels(means: ReadonlyMap<string, TaskMeans>): Map<string, Ranked> {
  const tasksOf = new Map([...means].map(([model, own]) => [model, own.keys()]));
  const { ranked, tasks } = commonTasks(tasksOf);
  const rows = ranked.map((model) => {
    const values = tasks.map((task) => means.get(model)!.get(task)!);
    return { model, values, interval: bootstrapMean(values)! };
  }).sort((a, b) => b.interval.mean - a.interval.mean || (a.model < b.model ? -1 : 1));
  let best = rows[0];
  let rank = 1;
  return new Map(rows.map(({ model, values, interval }, i) => {
    const { low } = bootstrapMean(values.map((value, k) => best.values[k] - value))!;
    if (low !== null && low > ROUNDING) [best, rank] = [rows[i], i + 1];
    const own = tasks.length < MIN_CLUSTERS ? null : rank;
    return [model, { ...interval, rank: own, tasks: tasks.length }];
  }));
}
