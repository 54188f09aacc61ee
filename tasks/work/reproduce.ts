/** The work of `deno task reproduce`. */
import { join } from "node:path";
import { chooseModel } from "../../lib/models/registry.ts";
import { reproduce } from "../../lib/reproduce.ts";
import { withSession } from "../../lib/runs/session.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../reproduce.ts";
import { leaderboardText } from "./leaderboard.ts";
import { folderOf } from "./run_of.ts";

export const run: WorkOf<typeof task> = async (flags, { invocation, progress, signal }) => {
  const { benchmark, run, model: models, ...options } = flags;
  // What is wrong with a name is said before a run is begun.
  if (options.results === undefined) models?.forEach((name) => chooseModel(name));
  const folder = folderOf({ run, benchmark });
  await withSession(
    { folder, invocation, progress, signal, begins: true, benchmark },
    async (session) => {
      await reproduce({ ...options, models }, session);
      const { paths, record } = session;
      console.log(await leaderboardText(paths, options.rule, session.loaded));
      const made = record.steps.reduce((sum, step) => sum + step.made, 0);
      console.log(made === 0 ? "Up to date: 0 rows made." : `${made} rows and files made.`);
      console.log(`Report: ${join(paths.report, "index.html")}`);
    },
  );
};
