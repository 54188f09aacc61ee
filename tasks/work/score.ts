/** The work of `deno task score`. */
import { scoreStep } from "../../lib/runs/score.ts";
import { withSession } from "../../lib/runs/session.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../score.ts";
import { leaderboardText } from "./leaderboard.ts";
import { folderOf, selected } from "./run_of.ts";

export const run: WorkOf<typeof task> = async (
  { run, benchmark, rule, "without-clips": withoutClips, ...selection },
  { invocation, progress, signal },
) => {
  await withSession(
    { folder: folderOf({ run, benchmark }), invocation, progress, signal, benchmark },
    async (session) => {
      await scoreStep(session, { ...selected(selection), withoutClips });
      console.log(await leaderboardText(session.paths, rule, session.loaded));
      console.log(`Next: ${session.command("report")}`);
    },
  );
};
