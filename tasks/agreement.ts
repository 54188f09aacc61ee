/** Compares two judges that judged the same clips. */
import { z } from "zod";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "agreement",
  summary: "Compares two judges on the clips that both judged, and ranks the models under each.",
  details: "A judge is named as in the table verdicts: by its name, or as judge/judge_model.",
  flags: {
    judges: z.string("expected two judges, such as probe,human")
      .regex(/^[^,]+,[^,]+$/, "expected two judges, such as probe,human")
      .transform((pair) => pair.split(",").map((name) => name.trim()) as [string, string])
      .meta({ value: "A,B", help: "Which judges." }),
    run: flag.existingRun,
    ...flag.selection,
    rule: flag.rule,
    "without-clips": flag.withoutClips,
    benchmark: flag.runsBenchmark,
  },
  work: new URL("./work/agreement.ts", import.meta.url),
});

if (import.meta.main) main(task);
