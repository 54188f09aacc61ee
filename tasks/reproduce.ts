/** The whole paper in one command. */
import { join } from "node:path";
import { z } from "zod";
import { runFolder, runPaths } from "../lib/paths.ts";
import { reproduce, SEEDS } from "../lib/reproduce.ts";
import { EMBEDDED_MODELS } from "../lib/runs/models.ts";
import { withSession } from "../lib/runs/session.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";
import { leaderboardText } from "./leaderboard.ts";

await main({
  name: "reproduce",
  summary: "Reruns the paper: statistics, generation, judging, scores, figures, report.",
  details: "What an earlier run made is not made again; a run that was stopped goes on.\n" +
    "By default on the embedded benchmark, with the embedded models, true worlds and planted violations.",
  flags: {
    benchmark: flag.benchmark,
    results: flag.text("DIR", "Import verdicts from released *_result.json in this folder."),
    release: flag.release,
    seeds: flag.optionalCount(
      `Clips per task and model, seeds 0 to N − 1; by default ${SEEDS.simulated} of simulated ` +
        `worlds and ${SEEDS.sampled} of models that sample.`,
    ),
    models: {
      schema: z.string().default(EMBEDDED_MODELS.join()).transform((list) => list.split(",")),
      value: "LIST",
      help: `Models to generate with (default ${EMBEDDED_MODELS.join(",")}).`,
    },
    tasks: flag.tasks,
    rule: flag.rule,
    run: flag.run,
  },
}, async ({ run, ...options }, { invocation, progress, signal }) => {
  const folder = runFolder(run ?? options.benchmark);
  const record = await withSession({ folder, invocation, progress, signal }, async (session) => {
    await reproduce(options, session);
    return session.record;
  });
  console.log(await leaderboardText(runPaths(folder), options.rule));
  const made = record.rows_made;
  console.log(made === 0 ? "Nothing was to be done: 0 rows made." : `${made} rows and files made.`);
  console.log(`Report: ${join(runPaths(folder).report, "index.html")}`);
});
