/** A benchmark in memory. */
import { z } from "zod";
import { type Criterion, DIMENSIONS } from "../records/criterion.ts";
import { SCALES, type Task } from "../records/task.ts";

/** A scale by its name. */
export const scaleSchema = z.enum(SCALES);
/** A dimension by its name. */
export const dimensionSchema = z.enum(DIMENSIONS);

/** A list of tasks with their criteria. */
export interface Benchmark {
  /** As tables have it: `mini`, `release`, or a file's name. */
  name: string;
  /** In the order of their numbers. */
  tasks: Task[];
  /** In the order of their tasks. */
  criteria: Criterion[];
}
