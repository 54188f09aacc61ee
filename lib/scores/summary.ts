/** Leaderboard summaries of scores, and paired comparisons of models. */
import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES, type Task } from "../records/task.ts";
import { bootstrapMean } from "./interval.ts";
import type { Score } from "../records/score.ts";
import type { Group, Summary } from "../records/summary.ts";

/** The groups that are averaged, in the order of the paper's tables. */
export const GROUPS: readonly Group[] = ["all", ...SCALES, ...DIMENSIONS];

/**
 * Means with 95% intervals per rule, judge, model and group. `all` and the scales average total
 * scores, the dimensions their own. Seeds of a task are averaged first; tasks without a score are
 * excluded from the mean, which `tasks` and `coverage` show.
 */
export function summarise(scores: readonly Score[], tasks: readonly Task[]): Summary[] {
  const rows: Summary[] = [];
  const entries = Map.groupBy(
    scores,
    ({ rule, judge, model }) => JSON.stringify([rule, judge, model]),
  );
  for (const own of entries.values()) {
    const { rule, judge, model } = own[0];
    for (const group of GROUPS) {
      const members = membersOf(own, group, tasks);
      const values = [...taskMeans(members).values()];
      const interval = bootstrapMean(values);
      const judged = members.reduce((sum, row) => sum + row.judged, 0);
      const criteria = members.reduce((sum, row) => sum + row.criteria, 0);
      rows.push({
        rule,
        judge,
        model,
        group,
        mean: interval?.mean ?? null,
        ci_low: interval?.low ?? null,
        ci_high: interval?.high ?? null,
        tasks: values.length,
        coverage: criteria > 0 ? judged / criteria : 0,
      });
    }
  }
  return rows;
}

/** A comparison of two models on the tasks that both have. */
export interface Comparison {
  /** What the means cover. */
  group: Group;
  /** Mean of the first minus the second, in points, over tasks scored for both. */
  difference: number;
  /** 95% bootstrap interval of the difference. */
  ci_low: number;
  /** Upper end of the interval. */
  ci_high: number;
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
