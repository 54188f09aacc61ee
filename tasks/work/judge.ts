/** The work of `deno task judge`. */
import { InputError } from "../../lib/errors.ts";
import { benchmarkStep } from "../../lib/runs/benchmark.ts";
import { judgeStep } from "../../lib/runs/judge_step.ts";
import { withSession } from "../../lib/runs/session.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../judge.ts";
import { environmentOf, spareLoopback } from "./environment.ts";
import { folderOf, selected } from "./run_of.ts";

export const run: WorkOf<typeof task> = async (
  { judge, run, benchmark, ...selection },
  { invocation, progress, signal },
) => {
  const begins = benchmark !== undefined && judge.entry.beginsRun === true;
  await withSession(
    {
      folder: folderOf({ run, benchmark }),
      ...{ invocation, progress, signal, benchmark, begins },
    },
    async (session) => {
      await benchmarkStep(session);
      spareLoopback();
      const environment = environmentOf(judge);
      const options = { selection: selected(selection), environment };
      const { complete, text, none, refused } = await judgeStep(judge, options, session);
      if (text) console.log(text);
      if (!complete) return;
      console.log(`Verdicts: ${session.paths.table("verdicts")}`);
      if (none) throw new InputError(none);
      console.log(`Next: ${session.command("score")}`);
      if (refused) throw refused;
    },
  );
};
