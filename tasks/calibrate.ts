/** Tests a judge on simulated clips whose truth is known. */
import { join } from "node:path";
import { DEFAULT_JUDGE, JUDGES } from "../lib/judges/registry.ts";
import { count, text } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";
import { environmentOf } from "./environment.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "calibrate",
  summary: "Tests a judge on simulated clips whose truth is known.",
  details:
    "The clips are true micro-worlds, worlds with each planted violation, and blank, frozen and\n" +
    "shuffled clips, of seeds that were used for nothing else. An interrupted run resumes. The\n" +
    "clips and verdicts can be compared with other judges': deno task agreement.",
  choice: {
    flag: "judge",
    registry: JUDGES,
    what: "judge",
    help: "Which judge; LABEL=JUDGE has it under a name of your choice.",
    initial: DEFAULT_JUDGE,
  },
  flags: {
    tasks: flag.tasks,
    "per-task": count("Clips per task and kind of clip.", 2),
    repeats: count("How often each question is asked.", 1),
    run: text("NAME", "Folder in results/, or a path; calibration by default."),
  },
  async run({ judge, tasks, repeats, ...flags }, { invocation, progress, signal }) {
    const { InputError } = await import("../lib/errors.ts");
    const { runFolder } = await import("../lib/paths.ts");
    const { withSession } = await import("../lib/runs/session.ts");
    const { calibrate, calibrationName } = await import(
      "../lib/studies/calibration/calibrate.ts"
    );
    const { calibrationText } = await import("../lib/studies/calibration/text.ts");
    const folder = runFolder(flags.run ?? "calibration");
    await withSession(
      { folder, invocation, progress, signal, begins: true },
      async (session) => {
        const { loaded, paths } = session;
        const note = (line: string) => progress.note(line);
        const environment = environmentOf(judge.entry);
        const opened = await judge.entry.open({ ...judge, loaded, paths, environment, note });
        if ("verdicts" in opened) {
          throw new InputError(
            `Cannot calibrate ${judge.spec.text}: it brings verdicts, and these clips are new`,
          );
        }
        const seeds = flags["per-task"];
        const rows = await calibrate({ ...opened, loaded, seeds, repeats, tasks }, session);
        if (rows.length === 0) return;
        console.log(calibrationText(rows));
        const [{ judge: name, judge_model }] = rows;
        const figure = join(paths.figures, `${calibrationName(name, judge_model)}.png`);
        console.log(`Table: ${paths.table("calibration")}. Figure: ${figure}`);
      },
    );
  },
});

if (import.meta.main) await main(task);
