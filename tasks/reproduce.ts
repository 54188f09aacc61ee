/** The whole paper in one command. */
import { join } from "node:path";
import { EMBEDDED_MODELS, EMBEDDED_SEEDS } from "../lib/models/registry.ts";
import { listText, numbers, text, words } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

const { simulated, sampled } = EMBEDDED_SEEDS;

/** The task. */
export const task = defineTask({
  name: "reproduce",
  summary: "Reruns the paper: statistics, generation, judging, scores, figures, report.",
  details:
    "By default on the embedded benchmark, with the embedded models, true worlds and planted\n" +
    "violations. Only what is missing is made; an interrupted run resumes.",
  flags: {
    benchmark: flag.benchmark,
    results: text("DIR", "Import verdicts from released *_result.json in this folder instead."),
    model: words("LIST", "Models, by the names that deno task models lists.").meta({
      initial: EMBEDDED_MODELS.join(","),
    }),
    tasks: flag.tasks,
    seeds: numbers(
      `Seeds, such as 0-2 or 42; by default ${listText(simulated)} of simulated worlds and ` +
        `${listText(sampled)} of models that sample.`,
    ),
    rule: flag.rule,
    run: flag.run,
  },
  async run(flags, { invocation, progress, signal }) {
    const { reproduce } = await import("../lib/reproduce.ts");
    const { withSession } = await import("../lib/runs/session.ts");
    const { leaderboardText } = await import("./leaderboard.ts");
    const { benchmark, run, model: models, ...options } = flags;
    const folder = flag.folderOf({ run, benchmark });
    await withSession(
      { folder, invocation, progress, signal, begins: true, benchmark },
      async (session) => {
        await reproduce({ ...options, models }, session);
        const { paths, record } = session;
        console.log(await leaderboardText(paths, options.rule));
        const made = record.steps.reduce((sum, step) => sum + step.made, 0);
        console.log(made === 0 ? "Up to date: 0 rows made." : `${made} rows and files made.`);
        console.log(`Report: ${join(paths.report, "index.html")}`);
      },
    );
  },
});

if (import.meta.main) await main(task);
