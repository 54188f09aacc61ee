/** Prints a benchmark's prompts, to make clips by. */
import { LIST_FORMATS } from "../lib/models/prompt_list.ts";
import { choice, numbers, text } from "../lib/options.ts";
import { benchmark } from "./benchmark_flag.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "tasks",
  summary: "Prints a benchmark's prompts with their numbers and the names of clips' files.",
  details:
    "Make a clip of each prompt under its name; deno task generate --model folder:DIR takes them.",
  flags: {
    benchmark,
    format: choice("How to write them", LIST_FORMATS, "txt"),
    tasks: flag.tasks,
    seeds: numbers("Clips of each task, such as 0-2; by default one."),
    out: text("FILE", "File that receives them; by default they are printed."),
  },
  work: new URL("./work/tasks.ts", import.meta.url),
});

if (import.meta.main) main(task);
