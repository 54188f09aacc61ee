/** Tasks: what is asked of a video model. */
import { defineTable, type TableSchema } from "../store/schema.ts";

/** The sizes of what a task shows, largest first. */
export const SCALES = ["organ", "cell", "subcellular"] as const;

/** How large what a task shows is. */
export type Scale = typeof SCALES[number];

/** One prompt of a benchmark: a row of the table `tasks`. */
export interface Task {
  /** `release` or `mini`. */
  benchmark: string;
  /** Number within the benchmark, from 1. */
  task: number;
  /** Empty where a benchmark of one's own does not say. */
  scale: Scale | "";
  /** What the video model is given. */
  prompt: string;
  /** What the judge is given beside the prompt. */
  requirement: string;
  /** Where the task comes from: a video's title and address, or a simulated world's name. */
  source: string;
}

/** The table `tasks`. */
export const tasksTable: TableSchema<Task> = defineTable({
  name: "tasks",
  columns: {
    benchmark: "utf8",
    task: "int32",
    scale: "utf8",
    prompt: "utf8",
    requirement: "utf8",
    source: "utf8",
  },
  identity: ["benchmark", "task"],
});
