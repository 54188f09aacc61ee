/** Has clips labelled by hand: writes a sheet, and reads it back as a judge. */
import { z } from "zod";
import { messageOf } from "../lib/errors.ts";
import { JUDGES } from "../lib/judges/registry.ts";
import { checkName } from "../lib/names.ts";
import { refuseTaken } from "../lib/registry.ts";
import { count, text, whole } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** What is wrong with a judge's name; null if nothing is. */
function problemOf(name: string): string | null {
  try {
    checkName(name, "judge");
    refuseTaken(JUDGES, name, "human", "judge");
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** The task. */
export const task = defineTask({
  name: "label",
  summary: "Writes a sheet of clips for a person to label, or reads one back as a judge.",
  details:
    "Without --read it writes labels/sheet.csv and labels/sheet.html into the run's folder.\n" +
    "Fill in the column met (yes or y, no or n, or nothing), then read it with --read.",
  flags: {
    run: flag.existingRun,
    ...flag.selection,
    sample: count("Clips in the sheet, models and tasks evenly.", 12),
    draw: whole("Seed of the draw of clips.", 0),
    read: text("FILE", "Read this filled-in sheet into the run's verdicts."),
    as: z.string().superRefine((name, context) => {
      const message = problemOf(name);
      if (message !== null) context.addIssue({ code: "custom", message });
    }).default("human").meta({ value: "NAME", help: "The judge's name, with --read." }),
    benchmark: flag.runsBenchmark,
  },
  work: new URL("./work/label.ts", import.meta.url),
});

if (import.meta.main) main(task);
