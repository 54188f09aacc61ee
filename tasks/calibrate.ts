/** Tests a judge on simulated clips whose truth is known. */
import { DEFAULT_JUDGE, JUDGES } from "../lib/judges/registry.ts";
import { count, text } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "calibrate",
  summary: "Tests a judge on simulated clips whose truth is known.",
  details:
    "The clips are true micro-worlds, worlds with each planted violation, and blank, frozen and\n" +
    "shuffled clips, of seeds that were used for nothing else. An interrupted run resumes. The\n" +
    "clips and verdicts can be compared with other judges': deno task agreement. With --estimate, too,\n" +
    "the clips are made first, which may take a minute; --tasks and --per-task make fewer.",
  choice: {
    flag: "judge",
    registry: JUDGES,
    what: "judge",
    help: "Which judge; LABEL=JUDGE has it under a name of your choice.",
    initial: DEFAULT_JUDGE,
  },
  flags: {
    tasks: flag.tasks,
    "per-task": count("Clips per task and kind of clip.", 2, 100_000),
    repeats: count("How often each question is asked.", 1, 1000),
    run: text("NAME", "Folder in results/, or a path; calibration by default."),
  },
  work: new URL("./work/calibrate.ts", import.meta.url),
});

if (import.meta.main) main(task);
