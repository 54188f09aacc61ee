/** The tables of this room. */
import { defineTable } from "../store/schema.ts";
import type { Score, Summary } from "../records/score.ts";

export const scoresTable = defineTable<Score>({
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

export const summaryTable = defineTable<Summary>({
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
