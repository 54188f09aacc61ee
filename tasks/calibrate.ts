/** Tests a judge on simulated clips whose truth is known. */
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../lib/errors.ts";
import { runFolder } from "../lib/paths.ts";
import { calibrate, calibrationName } from "../lib/studies/calibration/calibrate.ts";
import { openBenchmark } from "../lib/benchmark/registry.ts";
import { withSession } from "../lib/runs/session.ts";
import { probeJudge } from "../lib/judges/probe/judge.ts";
import { calibrationText } from "../lib/studies/calibration/text.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";
import { askingOf, openaiFlags } from "./openai_flags.ts";

await main({
  name: "calibrate",
  summary: "Tests a judge on simulated clips whose truth is known.",
  details:
    "The clips are true micro-worlds, worlds with each planted violation, and blank, frozen and\n" +
    "shuffled clips, of seeds that were used for nothing else. An interrupted run goes on where it\n" +
    "stopped. The clips and verdicts can be compared with other judges': deno task agreement.",
  flags: {
    judge: {
      schema: z.string().min(1).default("probe"),
      value: "JUDGE",
      help: "probe, or openai (asks a model).",
    },
    ...openaiFlags,
    seeds: flag.count("Clips per task and kind of clip.", 2),
    repeats: flag.count("How often each question is asked.", 1),
    limit: { ...flag.tasks, help: "Only clips of these tasks, such as 1,5,9; all by default." },
    run: flag.text("NAME", "Folder in results/, or a path; calibration by default."),
  },
}, async (flags, { invocation, progress, signal }) => {
  if (!["probe", "openai"].includes(flags.judge)) {
    throw new InputError(`Unknown judge ${flags.judge}; expected probe or openai`);
  }
  const folder = runFolder(flags.run ?? "calibration");
  const loaded = await openBenchmark("mini");
  const { seeds, repeats, limit: tasks } = flags;
  const asking = flags.judge === "openai" ? await askingOf(flags, { progress }) : null;
  const judge = asking?.judge ?? probeJudge();
  const again = asking?.again;
  const rows = await withSession(
    { folder, invocation, progress, signal },
    (session) => calibrate({ judge, again, loaded, seeds, repeats, tasks }, session),
  );
  console.log(calibrationText(rows));
  const figure = join(folder, "figures", `${calibrationName(judge.name, judge.model)}.png`);
  console.log(`Table: ${join(folder, "calibration.arrow")}. Figure: ${figure}`);
});
