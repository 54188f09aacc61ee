/** Draws a run's figures and writes its report. */
import { join } from "node:path";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The task. */
export const task = defineTask({
  name: "report",
  summary:
    "Draws a run's figures (SVG and PNG) and writes its report, a page that opens from disk.",
  details: "The report is of what was scored: deno task score selects.",
  flags: { run: flag.existingRun, rule: flag.rule, benchmark: flag.runsBenchmark },
  async run({ run, benchmark, rule }, { invocation, progress, signal }) {
    const { reportStep } = await import("../lib/report/step.ts");
    const { withSession } = await import("../lib/runs/session.ts");
    await withSession(
      { folder: flag.folderOf({ run, benchmark }), invocation, progress, signal, benchmark },
      async (session) => {
        await reportStep(session, rule);
        console.log(`Report: ${join(session.paths.report, "index.html")}`);
      },
    );
  },
});

if (import.meta.main) await main(task);
