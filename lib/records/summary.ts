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
  /** Mean score over tasks, 0–100; null if no task could be scored. */
  mean: number | null;
  /** Lower end of the 95% bootstrap interval over tasks. */
  ci_low: number | null;
  /** Upper end of the 95% bootstrap interval over tasks. */
  ci_high: number | null;
  /** Number of tasks averaged. */
  tasks: number;
  /** Share of criteria with a verdict, 0–1. */
  coverage: number;
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
    coverage: "float64",
  },
  identity: ["rule", "judge", "model", "group"],
});
