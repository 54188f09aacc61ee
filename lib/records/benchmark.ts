/** What is asked of a video model: tasks, and the criteria that a clip of each must meet. */
import { z } from "zod";

/** The sizes of what a task shows, largest first. */
export const SCALES = ["organ", "cell", "subcellular"] as const;
/** The dimensions that criteria are grouped in, in the paper's order. */
export const DIMENSIONS = ["scientific", "visual", "instruction"] as const;

export type Scale = typeof SCALES[number];
export type Dimension = typeof DIMENSIONS[number];

export const scaleSchema = z.enum(SCALES);
export const dimensionSchema = z.enum(DIMENSIONS);

/** One prompt of a benchmark: a row of the table `tasks`. */
export interface Task {
  /** `release` or `mini`. */
  benchmark: string;
  /** Number within the benchmark, from 1. */
  task: number;
  scale: Scale;
  /** What the video model is given. */
  prompt: string;
  /** What the judge is given beside the prompt. */
  requirement: string;
  /** Where the task comes from: a video's title and address, or a simulated world's name. */
  source: string;
}

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

/** Something wrong with a benchmark: a row of the table `findings`. `task` 0 is the whole of it. */
export interface Finding {
  benchmark: string;
  task: number;
  /** Empty where the finding is about a task as a whole. */
  dimension: Dimension | "";
  /** The criterion's own key number; 0 where the finding is about a block or a task. */
  criterion: number;
  kind: string;
  detail: string;
}

/** A list of tasks with their criteria. */
export interface Benchmark {
  name: string;
  tasks: Task[];
  criteria: Criterion[];
}
