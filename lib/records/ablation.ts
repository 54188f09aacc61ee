/** Ablations: how scores change when one factor is varied at a time. */
import { defineTable, type TableSchema } from "../store/schema.ts";
import type { Group } from "./summary.ts";

/** The factors that are varied, in the order of presentation. */
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
  /** The factor that is varied. */
  factor: Factor;
  /**
   * Position among the factor's settings, from 1, since values are text and would sort differently.
   */
  place: number;
  /** The setting as text. */
  value: string;
  /** Whether scores of one model or of the difference between two. */
  model: string;
  /**
   * The model's name in the tables `clips`, `verdicts` and `scores`; for a difference, both names.
   */
  variant: string;
  /** The judge's name. */
  judge: string;
  /** Name of the scoring rule. */
  rule: string;
  /** The tasks or the dimension covered. */
  group: Group;
  /** Clips per task. */
  seeds: number;
  /** Number of tasks averaged. */
  tasks: number;
  /**
   * Mean score over tasks, 0–100 (for a difference, in points); null if no task could be scored.
   */
  mean: number | null;
  /** 95% bootstrap interval over tasks. */
  ci_low: number | null;
  /** Upper end of the interval. */
  ci_high: number | null;
  /** Whether this is the default setting, which this factor keeps while others are varied. */
  is_default: boolean;
  /** Mean minus the mean at the default, in points, paired by task; null at the default. */
  difference: number | null;
  /** 95% bootstrap interval of the difference. */
  difference_low: number | null;
  /** Upper end of the interval. */
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
