/** Summaries: the values of a leaderboard. */
import { defineTable, type TableSchema } from "../store/schema.ts";
import type { Dimension } from "./criterion.ts";
import type { Scale } from "./task.ts";

/** What a mean covers: everything, one scale (by total score), or one dimension. */
export type Group = "all" | Scale | Dimension;

/** A mean shown on a leaderboard: a row of the table `summary`. */
export interface Summary {
  /** Name of the scoring rule. */
  rule: string;
  /** The judge's name. */
  judge: string;
  /** The video model's name. */
  model: string;
  /** What the mean covers. */
  group: Group;
  /**
   * Mean score over the model's own tasks, 0–100; null if no task could be scored. Models are compared
   * by `common_mean`.
   */
  mean: number | null;
  /** Lower end of the 95% bootstrap interval of `mean`; null for fewer than five tasks. */
  ci_low: number | null;
  /** Upper end of the interval. */
  ci_high: number | null;
  /** Number of the model's tasks that could be scored. */
  tasks: number;
  /** Number of its clips that could be scored: several of a task are averaged first. */
  clips: number;
  /** Share of criteria with a verdict, 0–1. */
  coverage: number;
  /**
   * Rank from 1 by `common_mean`, shared where the difference could be chance; see `scores/ranking.ts`.
   * Null for a model with too few tasks, and for all where fewer than five are common.
   */
  rank: number | null;
  /** Mean score over the tasks that all ranked models have; null for a model that is not ranked. */
  common_mean: number | null;
  /** Lower end of the 95% bootstrap interval of `common_mean`; null for fewer than five tasks. */
  common_low: number | null;
  /** Upper end of the interval. */
  common_high: number | null;
  /** Number of tasks that all ranked models have; 0 for a model that is not ranked. */
  common_tasks: number;
}

/** The table `summary`. */
export const summaryTable: TableSchema<Summary> = defineTable({
  name: "summary",
  columns: {
    rule: "utf8",
    judge: "utf8",
    model: "utf8",
    group: "utf8",
    mean: "float64?",
    ci_low: "float64?",
    ci_high: "float64?",
    tasks: "int32",
    clips: "int32",
    coverage: "float64",
    rank: "int32?",
    common_mean: "float64?",
    common_low: "float64?",
    common_high: "float64?",
    common_tasks: "int32",
  },
  identity: ["rule", "judge", "model", "group"],
  added: {
    ...{ clips: 0, rank: null, common_mean: null, common_low: null, common_high: null },
    common_tasks: 0,
  },
});
