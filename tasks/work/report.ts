/** The work of `deno task report`. */
import { join } from "node:path";
import { reportStep } from "../../lib/report/step.ts";
import { withSession } from "../../lib/runs/session.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../report.ts";
import { folderOf } from "./run_of.ts";

export const run: WorkOf<typeof task> = async (
  { run, benchmark, rule, judge, "without-clips": withoutClips },
  { invocation, progress, signal },
) => {
  await withSession(
    { folder: folderOf({ run, benchmark }), invocation, progress, signal, benchmark },
    async (session) => {
      await reportStep(session, rule, { judge, withoutClips });
      console.log(`Report: ${join(session.paths.report, "index.html")}`);
    },
  );
};
