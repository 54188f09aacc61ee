/** Executes the notebooks, each from a clean kernel. */
import { z } from "zod";
import { flag, text } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";

/** Who can execute notebooks. */
const EXECUTORS = ["jupyter", "kernel"] as const;

/** The task. */
export const task = defineTask({
  name: "notebooks",
  summary: "Executes each notebook from a clean Deno kernel and keeps its outputs.",
  details:
    "Uses the jupyter on PATH, or makes one in .cache/ (Python packages at pinned versions); where\n" +
    "neither is available, says why and executes without Jupyter and Python. Outputs are the same in\n" +
    "all three. A notebook is rewritten only after all of its cells ran; at the first cell that\n" +
    "throws, the task ends with exit code 2 and its file stays as it was.",
  flags: {
    only: text("TEXT", "Only notebooks whose name holds this, such as 01."),
    check: flag("Only see whether they run: write nothing into the notebooks."),
    run: text("NAME", "The run that they read and complete; mini by default."),
    folder: text("DIR", "Where the notebooks are; the project's notebooks/ by default."),
    with: z.enum(EXECUTORS, `expected ${EXECUTORS.join(" or ")}`).optional().meta({
      value: "NAME",
      help: "jupyter, or kernel (without Jupyter); by default jupyter where it is available.",
    }),
  },
  work: new URL("./work/notebooks.ts", import.meta.url),
});

if (import.meta.main) main(task);
