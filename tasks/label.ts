/** Has clips labelled by hand: writes a sheet, and reads it back as a judge. */
import { z } from "zod";
import { count, text, whole } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "label",
  summary: "Writes a sheet of clips for a person to label, or reads one back as a judge.",
  details:
    "Without --read it writes labels/sheet.csv and labels/sheet.html into the run's folder.\n" +
    "Fill in the column met (yes, no, or nothing), then read it with --read.",
  flags: {
    run: flag.existingRun,
    ...flag.selection,
    sample: count("Clips in the sheet, models and tasks evenly.", 12),
    draw: whole("Seed of the draw of clips.", 0),
    read: text("FILE", "Read this filled-in sheet into the run's verdicts."),
    as: z.string().regex(/^[^,/]+$/, "expected a name without , and /").default("human").meta({
      value: "NAME",
      help: "The judge's name, with --read.",
    }),
    benchmark: flag.runsBenchmark,
  },
  work: new URL("./work/label.ts", import.meta.url),
});

if (import.meta.main) main(task);
