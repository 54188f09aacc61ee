/** Has clips labelled by hand: writes a sheet, and reads it back as a judge. */
import { join } from "node:path";
import { z } from "zod";
import { runFolder, runPaths } from "../lib/paths.ts";
import { labelFolder, readLabels, writeSheet } from "../lib/runs/label.ts";
import { withSession } from "../lib/runs/session.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";

await main({
  name: "label",
  summary: "Writes a sheet of clips for a person to label, or reads one back as a judge.",
  details:
    "Without --read it writes labels/sheet.csv and labels/sheet.html into the run's folder.\n" +
    "Fill in the column met (yes, no, or nothing), then read it with --read.",
  flags: {
    run: flag.text("NAME", "Folder in results/, or a path; mini by default."),
    sample: flag.count("Clips in the sheet, models and tasks evenly.", 12),
    seed: flag.whole("What the draw of clips depends on.", 0),
    read: flag.text("FILE", "Read this filled-in sheet into the run's verdicts."),
    as: {
      schema: z.string().regex(/^[^,/]+$/, "expected a name without , and /").default("human"),
      value: "NAME",
      help: "The judge's name, with --read.",
    },
  },
}, async (flags, { invocation, progress, signal }) => {
  const folder = runFolder(flags.run ?? "mini");
  const { read, as: name, sample, seed } = flags;
  await withSession({ folder, invocation, progress, signal }, async (session) => {
    if (read !== undefined) {
      await session.step("label", 0, () => readLabels(read, name, session.paths));
    } else {
      await session.step(
        "label",
        sample,
        (step) => writeSheet({ sample, seed }, session.paths, step),
      );
    }
  });
  const sheet = join(labelFolder(runPaths(folder)), "sheet");
  const run = flags.run === undefined ? "" : ` --run ${flags.run}`;
  console.log(
    read === undefined
      ? `Look at ${sheet}.html and fill in ${sheet}.csv. ` +
        `Then: deno task label${run} --read ${sheet}.csv`
      : `Verdicts: ${join(folder, "verdicts.arrow")}. ` +
        `Next: deno task agreement${run} --judges probe,${name}`,
  );
});
