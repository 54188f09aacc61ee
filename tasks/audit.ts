/** Says what is wrong with a benchmark. */
import { benchmark } from "./benchmark_flag.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "audit",
  summary: "Finds what is wrong with a benchmark's data, and what a perfect model would get.",
  details: "Keeps the findings in the run, results/<run>/findings.arrow, and prints a summary.",
  flags: { benchmark, run: flag.run },
  work: new URL("./work/audit.ts", import.meta.url),
});

if (import.meta.main) main(task);
