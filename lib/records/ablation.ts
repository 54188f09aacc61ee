/** Ablations: what one thing varied at a time does to scores. */
import { defineTable, type TableSchema } from "../store/schema.ts";
import type { Group } from "./summary.ts";

/** What is varied, in the order in which it is told. */
export const FACTORS = [
  "steps",
  "guidance",
  "solver",
  "seeds",
  "rule",
  "frames",
  "wording",
  "data",
] as const;

/** One of them. */
export type Factor = typeof FACTORS[number];

/** One setting of one factor, in one group: a row of the table `ablations`. */
export interface Ablation {
  /** What is varied. */
  factor: Factor;
  /** Place among the factor's settings, from 1: values are text, and sort otherwise. */
  place: number;
  /** The setting, as text. */
  value: string;
  /** What is scored: a model, or the difference of two. */
  model: string;
  /** The model's name in the tables `clips`, `verdicts` and `scores`; of a difference, both names. */
  variant: string;
  /** The judge's name. */
  judge: string;
  /** Name of the scoring rule. */
  rule: string;
  /** Over which tasks or dimension. */
  group: Group;
  /** Clips per task. */
  seeds: number;
  /** Tasks that the mean is over. */
  tasks: number;
  /** Mean score over tasks, 0–100 (of a difference: points); null where no task could be scored. */
  mean: number | null;
  /** 95% bootstrap interval over tasks. */
  ci_low: number | null;
  /** Its upper end. */
  ci_high: number | null;
  /** Whether this is the factor's setting that all other factors are varied at. */
  is_default: boolean;
  /** Mean minus that at the default, in points, paired by task; null at the default. */
  difference: number | null;
  /** 95% bootstrap interval of the difference. */
  difference_low: number | null;
  /** Its upper end. */
  difference_high: number | null;
}

/** The table `ablations`. */
export const ablationsTable: TableSchema<Ablation> = defineTable({
  name: "ablations",
  columns: {
    factor: "utf8",
    place: "int32",
    value: "utf8",
    model: "utf8",
    variant: "utf8",
    judge: "utf8",
    rule: "utf8",
    group: "utf8",
    seeds: "int32",
    tasks: "int32",
    mean: "float64?",
    ci_low: "float64?",
    ci_high: "float64?",
    is_default: "bool",
    difference: "float64?",
    difference_low: "float64?",
    difference_high: "float64?",
  },
  identity: ["factor", "model", "place", "group"],
});
