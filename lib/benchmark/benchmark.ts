/** A benchmark in memory. */
import type { Criterion } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";

/** Tasks and their criteria. */
export interface Benchmark {
  /** As tables have it: `mini`, `release`, or a file's name. */
  name: string;
  /** In the order of their numbers. */
  tasks: Task[];
  /** In the order of their tasks. */
  criteria: Criterion[];
}
