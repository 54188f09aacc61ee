/** Judges the clips of a run, or keeps verdicts that are there already. */
import { DEFAULT_JUDGE, JUDGES } from "../lib/judges/registry.ts";
import { text } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "judge",
  summary: "Judges the clips of a run against every criterion of their tasks.",
  details:
    "Usable answers are kept: the same frames, prompt, model and settings are not paid for twice.\n" +
    "Criteria without a verdict are asked again, and paid for, by the next run; verdicts are not.",
  choice: {
    flag: "judge",
    registry: JUDGES,
    what: "judge",
    help: "Which judge; LABEL=JUDGE has it under a name of your choice.",
    initial: DEFAULT_JUDGE,
  },
  flags: {
    run: flag.existingRun,
    ...flag.selection,
    benchmark: text("NAME", "Of a run that begins with imported verdicts; others know theirs."),
  },
  work: new URL("./work/judge.ts", import.meta.url),
});

if (import.meta.main) main(task);
