/** A benchmark in memory. */
import type { Criterion } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";

/** A list of tasks with their criteria. */
export interface Benchmark {
  name: string;
  tasks: Task[];
  criteria: Criterion[];
}
