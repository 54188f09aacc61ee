/** Tasks: the prompts for video models. */
import { defineTable, type TableSchema } from "../store/schema.ts";

/** Physical scales of the content, largest first. */
export const SCALES = ["organ", "cell", "subcellular"] as const;

/** The physical scale of a task's content. */
export type Scale = typeof SCALES[number];

/** A prompt of a benchmark: a row of the table `tasks`. */
export interface Task {
  /** `release` or `mini`. */
  benchmark: string;
  /** Number within the benchmark, from 1. */
  task: number;
  /** Empty if a user's own benchmark does not specify it. */
  scale: Scale | "";
  /** The text given to the video model. */
  prompt: string;
  /** The text given to the judge along with the prompt. */
  requirement: string;
  /** Source of the task: a video's title and URL, or a simulated world's name. */
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
