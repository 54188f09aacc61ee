/** A benchmark in memory. */
import type { Criterion } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";

/** Tasks and their criteria. */
export interface Benchmark {
  name: string;
  tasks: Task[];
  criteria: Criterion[];
}
