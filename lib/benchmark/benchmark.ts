/** A benchmark in memory. */
import { z } from "zod";
import { type Criterion, DIMENSIONS } from "../records/criterion.ts";
import { SCALES, type Task } from "../records/task.ts";

/** A scale by name. */
export const scaleSchema = z.enum(SCALES);
/** A dimension by name. */
export const dimensionSchema = z.enum(DIMENSIONS);

/** Tasks and their criteria. */
export interface Benchmark {
  name: string;
  tasks: Task[];
  criteria: Criterion[];
}
