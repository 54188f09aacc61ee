/** Scores a run's verdicts. */
import { runFolder, runPaths } from "../lib/paths.ts";
import { scoreStep } from "../lib/runs/score.ts";
import { openBenchmark } from "../lib/benchmark/registry.ts";
import { withSession } from "../lib/runs/session.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";
import { leaderboardText } from "./leaderboard.ts";

await main({
  name: "score",
  summary: "Scores a run's verdicts under every rule and prints the leaderboard of one.",
  flags: { benchmark: flag.benchmark, release: flag.release, rule: flag.rule, run: flag.run },
}, async (flags, { invocation, progress, signal }) => {
  const folder = runFolder(flags.run ?? flags.benchmark);
  const loaded = await openBenchmark(flags.benchmark);
  await withSession(
    { folder, invocation, progress, signal },
    (session) => scoreStep(loaded, session),
  );
  console.log(await leaderboardText(runPaths(folder), flags.rule));
});
