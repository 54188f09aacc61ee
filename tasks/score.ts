/** Scores a run's verdicts. */
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "score",
  summary: "Scores a run's verdicts under every rule and prints the leaderboard of one.",
  details: "With a selection, the run's scores are of that alone until it is scored again.",
  flags: {
    run: flag.existingRun,
    ...flag.selection,
    rule: flag.rule,
    "without-clips": flag.withoutClips,
    benchmark: flag.runsBenchmark,
  },
  work: new URL("./work/score.ts", import.meta.url),
});

if (import.meta.main) main(task);
