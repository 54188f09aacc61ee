/** Writes a benchmark in the released form, so that other evaluators can read it. */
import { requiredPath } from "../lib/options.ts";
import { benchmark } from "./benchmark_flag.ts";
import { defineTask, main } from "./cli.ts";

/** The task. */
export const task = defineTask({
  name: "export",
  summary: "Writes a benchmark's prompts and rubrics in the released format.",
  details:
    "One file for each world where tasks have worlds, else one for all. Files that hold the same\n" +
    "already are left alone; a folder with anything else in it is refused.",
  flags: {
    benchmark,
    out: requiredPath("DIR", "Folder that receives the files."),
  },
  work: new URL("./work/export.ts", import.meta.url),
});

if (import.meta.main) main(task);
