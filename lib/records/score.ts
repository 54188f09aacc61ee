/** Scores: what verdicts amount to under a rule. */
import { defineTable, type TableSchema } from "../store/schema.ts";
import type { Dimension } from "./criterion.ts";

/** One task and seed in one dimension (or all together): a row of the table `scores`. */
export interface Score {
  /** Name of the scoring rule. */
  rule: string;
  /** The judge's name. */
  judge: string;
  /** The video model's name. */
  model: string;
  /** The task's number. */
  task: number;
  /** The clip's seed. */
  seed: number;
  /** Which criteria; `total` for all. */
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

/** The table `scores`. */
export const scoresTable: TableSchema<Score> = defineTable({
  name: "scores",
  columns: {
    rule: "utf8",
    judge: "utf8",
    model: "utf8",
    task: "int32",
    seed: "int32",
    dimension: "utf8",
    score: "float64?",
    low: "float64",
    high: "float64",
    judged: "int32",
    criteria: "int32",
  },
  identity: ["rule", "judge", "model", "task", "seed", "dimension"],
});
