/** Judges the clips of a run, or keeps verdicts that are there already. */
import { DEFAULT_JUDGE, JUDGES } from "../lib/judges/registry.ts";
import { text } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";
import { environmentOf } from "./environment.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "judge",
  summary: "Judges the clips of a run against every criterion of their tasks.",
  details:
    "Answers are kept: the same frames, prompt, model and settings are never paid for twice.\n" +
    "Criteria without a verdict are asked again by the next run; verdicts are not.",
  choice: {
    flag: "judge",
    registry: JUDGES,
    what: "judge",
    help: "Which judge; LABEL=JUDGE has it under a name of your choice.",
    initial: DEFAULT_JUDGE,
  },
  flags: {
    run: flag.existingRun,
    ...flag.selection,
    benchmark: text("NAME", "Of a run that begins with imported verdicts; others know theirs."),
  },
  async run({ judge, run, benchmark, ...selection }, { invocation, progress, signal }) {
    const { keepBenchmark } = await import("../lib/runs/benchmark.ts");
    const { judgeStep } = await import("../lib/runs/judge_step.ts");
    const { withSession } = await import("../lib/runs/session.ts");
    const begins = benchmark !== undefined && judge.entry.bringsVerdicts === true;
    await withSession(
      {
        folder: flag.folderOf({ run, benchmark }),
        ...{ invocation, progress, signal, benchmark, begins },
      },
      async (session) => {
        await session.step("stats", 0, () => keepBenchmark(session.loaded, session.paths));
        const environment = environmentOf(judge.entry);
        const options = { selection: flag.selected(selection), environment };
        const { complete, text } = await judgeStep(judge, options, session);
        if (text) console.log(text);
        if (!complete) return;
        console.log(`Verdicts: ${session.paths.table("verdicts")}`);
        console.log(`Next: ${session.command("score")}`);
      },
    );
  },
});

if (import.meta.main) await main(task);
