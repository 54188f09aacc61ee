/** Row types of dataset figures. */
import type { Dimension } from "../records/criterion.ts";
import type { Scale } from "../records/task.ts";

/** Number of tasks at one scale; an empty scale means none specified. */
export interface ScaleCount {
  scale: Scale | "";
  tasks: number;
  /** The paper's count, if reported. */
  paper: number | null;
}

/** Number of criteria of one dimension and sign. */
export interface CriteriaCount {
  dimension: Dimension;
  /** +1 for positive criteria, −1 for penalties. */
  sign: 1 | -1;
  criteria: number;
}

/** Number of criteria of one weight and sign, before or after normalisation. */
export interface WeightCount {
  which: "raw" | "normalised";
  weight: number;
  sign: 1 | -1;
  criteria: number;
}

/** Length of one task's prompt. */
export interface PromptLength {
  task: number;
  words: number;
}

/** A mean score reported in the paper, for comparison. */
export interface PaperMean {
  model: string;
  group: "all" | Scale | Dimension;
  /** 0–100. */
  mean: number;
}
