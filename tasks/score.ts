/** Scores a run's verdicts. */
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "score",
  summary: "Scores a run's verdicts under every rule and prints the leaderboard of one.",
  details: "With a selection, the run's scores are of that alone until it is scored again.",
  flags: {
    run: flag.existingRun,
    ...flag.selection,
    rule: flag.rule,
    benchmark: flag.runsBenchmark,
  },
  async run({ run, benchmark, rule, ...selection }, { invocation, progress, signal }) {
    const { scoreStep } = await import("../lib/runs/score.ts");
    const { withSession } = await import("../lib/runs/session.ts");
    const { leaderboardText } = await import("./leaderboard.ts");
    await withSession(
      { folder: flag.folderOf({ run, benchmark }), invocation, progress, signal, benchmark },
      async (session) => {
        await scoreStep(session, flag.selected(selection));
        console.log(await leaderboardText(session.paths, rule));
        console.log(`Next: ${session.command("report")}`);
      },
    );
  },
});

if (import.meta.main) await main(task);
