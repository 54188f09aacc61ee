/** Draws a run's figures and writes its report. */
import { text } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "report",
  summary:
    "Draws a run's figures (SVG and PNG) and writes its report, a page that opens from disk.",
  details: "The report is of what was scored: deno task score selects.",
  flags: {
    judge: text("NAME", "Whose verdicts, by the name in tables; of most clips by default."),
    run: flag.existingRun,
    rule: flag.rule,
    "without-clips": flag.withoutClips,
    benchmark: flag.runsBenchmark,
  },
  work: new URL("./work/report.ts", import.meta.url),
});

if (import.meta.main) main(task);
