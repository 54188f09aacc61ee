/** Draws a run's figures and writes its report. */
import { join } from "node:path";
import { runFolder, runPaths } from "../lib/paths.ts";
import { reportStep } from "../lib/report/step.ts";
import { openBenchmark } from "../lib/benchmark/registry.ts";
import { withSession } from "../lib/runs/session.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";

await main({
  name: "report",
  summary:
    "Draws a run's figures (SVG and PNG) and writes its report, a page that opens from disk.",
  flags: { benchmark: flag.benchmark, release: flag.release, rule: flag.rule, run: flag.run },
}, async (flags, { invocation, progress, signal }) => {
  const folder = runFolder(flags.run ?? flags.benchmark);
  const loaded = await openBenchmark(flags.benchmark);
  await withSession(
    { folder, invocation, progress, signal },
    (session) => reportStep(loaded, flags.rule, session),
  );
  console.log(`Report: ${join(runPaths(folder).report, "index.html")}`);
});
