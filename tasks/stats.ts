/** Counts a benchmark. */
import { benchmark } from "./benchmark_flag.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "stats",
  summary: "Counts a benchmark's tasks, criteria, weights and words, beside the paper's figures.",
  details: "Keeps the rows in the run, results/<run>/stats.arrow, and prints them.",
  flags: { benchmark, run: flag.run },
  work: new URL("./work/stats.ts", import.meta.url),
});

if (import.meta.main) main(task);
