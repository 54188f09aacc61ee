/** Draws a run's figures and writes its report. */
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "report",
  summary:
    "Draws a run's figures (SVG and PNG) and writes its report, a page that opens from disk.",
  details: "The report is of what was scored: deno task score selects.",
  flags: { run: flag.existingRun, rule: flag.rule, benchmark: flag.runsBenchmark },
  work: new URL("./work/report.ts", import.meta.url),
});

if (import.meta.main) main(task);
