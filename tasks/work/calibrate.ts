/** The work of `deno task calibrate`. */
import { join } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { runFolder } from "../../lib/paths.ts";
import { withSession } from "../../lib/runs/session.ts";
import { calibrate, calibrationName } from "../../lib/studies/calibration/calibrate.ts";
import { calibrationText } from "../../lib/studies/calibration/text.ts";
import type { task } from "../calibrate.ts";
import type { WorkOf } from "../cli.ts";
import { environmentOf, spareLoopback } from "./environment.ts";

export const run: WorkOf<typeof task> = async (
  { judge, tasks, repeats, ...flags },
  { invocation, progress, signal },
) => {
  if (judge.entry.bringsVerdicts) {
    throw new InputError(
      `Cannot calibrate ${judge.spec.text}: it brings verdicts, and the clips of a test are new`,
    );
  }
  const folder = runFolder(flags.run ?? "calibration");
  await withSession(
    { folder, invocation, progress, signal, begins: true },
    async (session) => {
      const { loaded, paths } = session;
      const note = (line: string) => progress.note(line);
      spareLoopback();
      const environment = environmentOf(judge);
      const opened = await judge.entry.open({ ...judge, loaded, paths, environment, note });
      if ("verdicts" in opened) throw new Error(`${judge.entry.name} brought verdicts`);
      const seeds = flags["per-task"];
      const rows = await calibrate({ ...opened, loaded, seeds, repeats, tasks }, session);
      if (rows.length === 0) return;
      console.log(calibrationText(rows));
      const [{ judge: name, judge_model }] = rows;
      const figure = join(paths.figures, `${calibrationName(name, judge_model)}.png`);
      console.log(`Table: ${paths.table("calibration")}. Figure: ${figure}`);
    },
  );
};
