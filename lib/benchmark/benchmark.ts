/** A benchmark in memory. */
import type { Criterion } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";

/** Tasks and their criteria. */
export interface Benchmark {
  /** The name used in tables: `mini`, `release`, or a file's name. */
  name: string;
  /** Sorted by number. */
  tasks: Task[];
  /** Grouped by task, in the order of the tasks. */
  criteria: Criterion[];
}
