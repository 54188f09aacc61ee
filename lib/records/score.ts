/** What verdicts amount to under a rule. */
import type { Dimension, Scale } from "./benchmark.ts";

/** One task and seed in one dimension (or all together): a row of the table `scores`. */
export interface Score {
  /** Name of the scoring rule. */
  rule: string;
  judge: string;
  model: string;
  task: number;
  seed: number;
  dimension: Dimension | "total";
  /** 0–100 over the criteria that were judged (below 0 under a rule that does not clamp); null where none were. */
  score: number | null;
  /** The score if every unjudged criterion went against the model. */
  low: number;
  /** The score if every unjudged criterion went the model's way. */
  high: number;
  /** Criteria with a verdict. */
  judged: number;
  /** Criteria asked. */
  criteria: number;
}

/** What a score is averaged over: everything, one scale (by total score), or one dimension. */
export type Group = "all" | Scale | Dimension;

/** What a leaderboard shows: a row of the table `summary`. */
export interface Summary {
  rule: string;
  judge: string;
  model: string;
  group: Group;
  /** Mean score over tasks, 0–100; null where no task could be scored. */
  mean: number | null;
  /** Lower end of the 95% bootstrap interval over tasks. */
  ci_low: number | null;
  /** Upper end of the 95% bootstrap interval over tasks. */
  ci_high: number | null;
  /** Tasks that the mean is over. */
  tasks: number;
  /** Share of criteria with a verdict, 0–1. */
  coverage: number;
}
