/** Criteria: what a clip of a task must show, or must not. */
import { defineTable } from "../store/schema.ts";

/** The dimensions that criteria are grouped in, in the paper's order. */
export const DIMENSIONS = ["scientific", "visual", "instruction"] as const;

/** What a criterion is about. */
export type Dimension = typeof DIMENSIONS[number];

/** One weighted, signed statement about a clip: a row of the table `criteria`. */
export interface Criterion {
  benchmark: string;
  task: number;
  dimension: Dimension;
  /** The number in the benchmark's own key: 1 for `d1`, but 22 for a mis-keyed `d22`. */
  criterion: number;
  description: string;
  /** +1 where meeting it earns the weight, −1 where it costs it. */
  sign: 1 | -1;
  /** The weight that scoring uses: 1, 0.5, 0.2 (or 0, in the release). */
  weight: number;
  /** The weight before normalisation. */
  raw_weight: number;
  /** A probe's binding as JSON (see `judges/probe`), empty where only a judge that looks can tell. */
  probe: string;
}

/** The table `criteria`. */
export const criteriaTable = defineTable<Criterion>({
  name: "criteria",
  columns: {
    benchmark: "utf8",
    task: "int32",
    dimension: "utf8",
    criterion: "int32",
    description: "utf8",
    sign: "int32",
    weight: "float64",
    raw_weight: "float64",
    probe: "utf8",
  },
  identity: ["benchmark", "task", "dimension", "criterion"],
});
