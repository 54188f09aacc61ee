/** Scores: verdicts combined under a scoring rule. */
import { defineTable, type TableSchema } from "../store/schema.ts";
import type { Dimension } from "./criterion.ts";

/** The score of one task and seed in one dimension (or in total): a row of the table `scores`. */
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
  /** The dimension; `total` for all criteria. */
  dimension: Dimension | "total";
  /**
   * 0–100 over the judged criteria (below 0 under rules that do not clamp); null if none was
   * judged.
   */
  score: number | null;
  /** The score if every unjudged criterion went against the model. */
  low: number;
  /** The score if every unjudged criterion went in the model's favour. */
  high: number;
  /** Criteria with a verdict. */
  judged: number;
  /** All criteria, judged or not. */
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
