/** The rows that dataset figures are drawn from. */
import type { Dimension } from "../records/criterion.ts";
import type { Scale } from "../records/task.ts";

/** Tasks of one scale; of none where it is empty. */
export interface ScaleCount {
  scale: Scale | "";
  tasks: number;
  /** The paper's count, where it gives one. */
  paper: number | null;
}

/** Criteria of one dimension and sign. */
export interface CriteriaCount {
  dimension: Dimension;
  /** +1 for criteria that earn their weight, −1 for penalties. */
  sign: 1 | -1;
  criteria: number;
}

/** Criteria of one weight and sign, before or after normalisation. */
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

/** A mean score that the paper publishes, to show beside ours. */
export interface PaperMean {
  model: string;
  group: "all" | Scale | Dimension;
  /** 0–100. */
  mean: number;
}
