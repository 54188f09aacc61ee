/** Leaderboard summaries of scores, and paired comparisons of models. */
import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES, type Task } from "../records/task.ts";
import { bootstrapMean } from "./interval.ts";
import { commonTasks, rankModels, scoredTasks } from "./ranking.ts";
import type { Score } from "../records/score.ts";
import type { Group, Summary } from "../records/summary.ts";

/** The groups that are averaged, in the order of the paper's tables. */
export const GROUPS: readonly Group[] = ["all", ...SCALES, ...DIMENSIONS];

/**
 * Means with 95% intervals per rule, judge, model and group. `all` and the scales average total
 * scores, the dimensions their own. Seeds of a task are averaged first, so that a task counts once
 * whatever its number of clips. Tasks without a score are left out, not counted as 0: `tasks` and
 * `coverage` show it, and models are compared and ranked on the tasks that all of them have (see
 * {@link rankModels}), one judge's under one rule at a time.
 */
export function summarise(scores: readonly Score[], tasks: readonly Task[]): Summary[] {
  const boards = Map.groupBy(scores, ({ rule, judge }) => JSON.stringify([rule, judge]));
  return [...boards.values()].flatMap((board) => summariseBoard(board, tasks));
}

/** The rows of one rule and judge. */
function summariseBoard(scores: readonly Score[], tasks: readonly Task[]): Summary[] {
  const models = Map.groupBy(scores, ({ model }) => model);
  const byGroup = new Map(GROUPS.map((group) => {
    const members = new Map(
      [...models].map(([model, own]) => [model, membersOf(own, group, tasks)]),
    );
    const means = new Map([...members].map(([model, own]) => [model, taskMeans(own)]));
    return [group, { members, means }];
  }));
  const whole = commonTasks(scoredTasks(scores));
  const [isRanked, isCommon] = [new Set(whole.ranked), new Set(whole.tasks)];
  // A group compares the ranked models, too, on the tasks that all of them have and on no others.
  const ranks = new Map([...byGroup].map(([group, { means }]) => [
    group,
    rankModels(
      new Map(
        [...means].filter(([model]) => isRanked.has(model)).map(([model, own]) => [
          model,
          new Map([...own].filter(([task]) => isCommon.has(task))),
        ]),
      ),
    ),
  ]));
  return [...models].flatMap(([model, [{ rule, judge }]]) =>
    [...byGroup].map(([group, { members, means }]): Summary => {
      const own = members.get(model)!;
      const values = [...means.get(model)!.values()];
      const compared = ranks.get(group)!.get(model);
      // A model that has only the common tasks has its interval already.
      const interval = compared?.tasks === values.length ? compared : bootstrapMean(values);
      const judged = own.reduce((sum, row) => sum + row.judged, 0);
      const criteria = own.reduce((sum, row) => sum + row.criteria, 0);
      return {
        rule,
        judge,
        model,
        group,
        mean: interval?.mean ?? null,
        ci_low: interval?.low ?? null,
        ci_high: interval?.high ?? null,
        tasks: values.length,
        clips: own.filter(({ score }) => score !== null).length,
        coverage: criteria > 0 ? judged / criteria : 0,
        rank: compared?.rank ?? null,
        common_mean: compared?.mean ?? null,
        common_low: compared?.low ?? null,
        common_high: compared?.high ?? null,
        common_tasks: compared?.tasks ?? 0,
      };
    })
  );
}

/** A comparison of two models on the tasks that both have. */
export interface Comparison {
  /** What the means cover. */
  group: Group;
  /** Mean of the first minus the second, in points, over tasks scored for both. */
  difference: number;
  /** 95% bootstrap interval of the difference; null for fewer than five tasks. */
  ci_low: number | null;
  /** Upper end of the interval. */
  ci_high: number | null;
  /** Number of tasks scored for both models. */
  tasks: number;
}

/**
 * The difference of two models' scores, paired by task, with its 95% interval.
 *
 * @param first Scores of one model under one rule and judge; `second` those of the other.
 * @returns Null if they share no task of the group.
 */
export function comparePaired(
  first: readonly Score[],
  second: readonly Score[],
  group: Group,
  tasks: readonly Task[],
): Comparison | null {
  const ours = taskMeans(membersOf(first, group, tasks));
  const theirs = taskMeans(membersOf(second, group, tasks));
  const differences = [...ours]
    .filter(([task]) => theirs.has(task))
    .map(([task, score]) => score - theirs.get(task)!);
  const interval = bootstrapMean(differences);
  if (!interval) return null;
  return {
    group,
    difference: interval.mean,
    ci_low: interval.low,
    ci_high: interval.high,
    tasks: differences.length,
  };
}

/** A leaderboard's rows, in the order in which models are shown. */
export interface Leaderboard {
  /** Of the ranked models, best first: mean, interval and tasks are those in common. */
  ranked: Summary[];
  /** Of the others, most tasks first: mean, interval and tasks are their own. */
  apart: Summary[];
}

/**
 * One rule's and judge's rows as a leaderboard shows them: a model alone has no rank. Rows of an earlier version, which do not say
 * what models have in common, are shown as they are.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Summary } from "../records/summary.ts";
 * import { leaderboardOf } from "./summary.ts";
 *
 * const row = { rule: "repaired", judge: "probe", group: "all" as const, ci_low: null, ci_high: null,
 *   clips: 9, coverage: 1, rank: 1, common_low: null, common_high: null };
 * const { ranked, apart } = leaderboardOf([
 *   { ...row, model: "a", mean: 50, tasks: 9, common_mean: 52, common_tasks: 8 },
 *   { ...row, model: "b", mean: 90, tasks: 3, rank: null, common_mean: null, common_tasks: 0 },
 * ] as Summary[]);
 * assertEquals(ranked.map(({ model, mean, tasks }) => [model, mean, tasks]), [["a", 52, 8]]);
 * assertEquals(ranked[0].rank, null);
 * assertEquals(apart.map(({ model, mean, tasks }) => [model, mean, tasks]), [["b", 90, 3]]);
 * ```
 */
export function leaderboardOf(summary: readonly Summary[]): Leaderboard {
  const overall = summary.filter(({ group }) => group === "all");
  const isCompared = overall.some(({ common_tasks }) => common_tasks > 0);
  const by = (value: (row: Summary) => number | null) => (a: Summary, b: Summary) =>
    (value(b) ?? -Infinity) - (value(a) ?? -Infinity) || (a.model < b.model ? -1 : 1);
  const ranked = overall.filter(({ common_tasks }) => !isCompared || common_tasks > 0)
    .toSorted(by((row) => isCompared ? row.common_mean : row.mean));
  const apart = overall.filter((row) => !ranked.includes(row)).toSorted(by(({ tasks }) => tasks));
  const rowsOf = (models: readonly Summary[]) =>
    models.flatMap(({ model }) => summary.filter((row) => row.model === model));
  return {
    ranked: rowsOf(ranked).map((row) =>
      isCompared
        ? {
          ...row,
          mean: row.common_mean,
          ci_low: row.common_low,
          ci_high: row.common_high,
          tasks: row.common_tasks,
          rank: ranked.length > 1 ? row.rank : null,
        }
        : row
    ),
    apart: rowsOf(apart),
  };
}

/**
 * Failures as they can be compared between models: of the ranked ones on the tasks that all of them
 * have, and after them of the others on their own, whose number their name then says.
 *
 * @param failed One judge's.
 * @param scores The same judge's under one rule.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Score } from "../records/score.ts";
 * import type { Failure } from "./failures.ts";
 * import { onCommonTasks } from "./summary.ts";
 *
 * const had = [["a", 1], ["a", 2], ["a", 3], ["a", 4], ["b", 2], ["b", 3], ["b", 4], ["c", 1]];
 * const scores = had.map(([model, task]) => ({ model, task, dimension: "total", score: 1 }) as Score);
 * const failed = had.map(([model, task]) => ({ model, task }) as Failure);
 * assertEquals(onCommonTasks(failed, scores).map(({ model, task }) => `${model} ${task}`), [
 *   ...["a 2", "a 3", "a 4", "b 2", "b 3", "b 4"],
 *   "c, own 1 task 1",
 * ]);
 * ```
 */
export function onCommonTasks<Row extends { model: string; task: number }>(
  failed: readonly Row[],
  scores: readonly Score[],
): Row[] {
  const { ranked, tasks } = commonTasks(scoredTasks(scores));
  const [isRanked, isCommon] = [new Set(ranked), new Set(tasks)];
  return [
    ...failed.filter(({ model, task }) => isRanked.has(model) && isCommon.has(task)),
    ...[...Map.groupBy(failed.filter(({ model }) => !isRanked.has(model)), ({ model }) => model)]
      .flatMap(([model, own]) => {
        const n = new Set(own.map(({ task }) => task)).size;
        return own.map((row) => ({
          ...row,
          model: `${model}, own ${n} ${n === 1 ? "task" : "tasks"}`,
        }));
      }),
  ];
}

function membersOf(scores: readonly Score[], group: Group, tasks: readonly Task[]): Score[] {
  if (group === "all") return scores.filter(({ dimension }) => dimension === "total");
  if ((DIMENSIONS as readonly string[]).includes(group)) {
    return scores.filter(({ dimension }) => dimension === group);
  }
  const inScale = new Set(tasks.filter(({ scale }) => scale === group).map(({ task }) => task));
  return scores.filter(({ dimension, task }) => dimension === "total" && inScale.has(task));
}

/** Mean score per task over its seeds, sorted by task number. */
function taskMeans(scores: readonly Score[]): Map<number, number> {
  const means = new Map<number, number>();
  const byTask = Map.groupBy(scores, ({ task }) => task);
  for (const task of [...byTask.keys()].sort((a, b) => a - b)) {
    const values = byTask.get(task)!.flatMap(({ score }) => score === null ? [] : [score]);
    if (values.length > 0) {
      means.set(task, values.reduce((sum, value) => sum + value, 0) / values.length);
    }
  }
  return means;
}
