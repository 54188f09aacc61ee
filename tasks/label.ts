/** Has clips labelled by hand: writes a sheet, and reads it back as a judge. */
import { join, resolve } from "node:path";
import { z } from "zod";
import { count, text, whole } from "../lib/options.ts";
import type { Session } from "../lib/runs/session.ts";
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
  async run(flags, { invocation, progress, signal }) {
    const { readLabels, writeSheet } = await import("../lib/runs/label.ts");
    const { clipsOf } = await import("../lib/runs/selection.ts");
    const { withSession } = await import("../lib/runs/session.ts");
    const { read, as: judge, sample, draw, benchmark, run, ...selection } = flags;
    await withSession(
      { folder: flag.folderOf({ run, benchmark }), invocation, progress, signal, benchmark },
      async (session) => {
        const { loaded, paths, command } = session;
        if (read !== undefined) {
          const { criteria } = loaded.benchmark;
          await session.step(
            "label",
            0,
            () => readLabels(resolve(read), { judge, criteria }, paths),
          );
          console.log(`Verdicts: ${paths.table("verdicts")}`);
          console.log(`Next: ${await comparisonHint(judge, session)}`);
          return;
        }
        const clips = await clipsOf(session, flag.selected(selection));
        const drawn = { benchmark: loaded.benchmark, clips, sample, draw };
        await session.step("label", sample, (step) => writeSheet(drawn, paths, step));
        const sheet = join(paths.folder, "labels", "sheet");
        console.log(`Look at ${sheet}.html and fill in ${sheet}.csv`);
        console.log(`Next: ${command("label", ["--read", `${sheet}.csv`])}`);
      },
    );
  },
});

/** The command that compares a person with the run's first other judge; or has one judge first. */
async function comparisonHint(judge: string, session: Session): Promise<string> {
  const { readVerdicts } = await import("../lib/runs/verdicts.ts");
  const { judgeHint } = await import("./hints.ts");
  const other = (await readVerdicts(session.paths) ?? []).find((row) => row.judge !== judge);
  if (!other) return await judgeHint(session);
  return session.command("agreement", ["--judges", `${other.judge},${judge}`]);
}

if (import.meta.main) await main(task);
