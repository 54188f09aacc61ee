/** The work of `deno task generate`. */
import type { InputError } from "../../lib/errors.ts";
import { benchmarkStep } from "../../lib/runs/benchmark.ts";
import { generateStep } from "../../lib/runs/generate_step.ts";
import { judgeHint } from "../../lib/runs/judge_hint.ts";
import { withSession } from "../../lib/runs/session.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../generate.ts";
import { folderOf } from "./run_of.ts";

export const run: WorkOf<typeof task> = async (
  { model, tasks, seeds, shard, ...where },
  { invocation, progress, signal },
) => {
  const folder = folderOf(where);
  const { benchmark } = where;
  const shared = shard !== undefined;
  await withSession(
    { folder, invocation, progress, signal, begins: true, benchmark, shared },
    async (session) => {
      await benchmarkStep(session);
      let refused: InputError | undefined;
      const onRefused = (error: InputError) => void (refused = error);
      await generateStep(model, { seeds, tasks, shard, onRefused }, session);
      console.log(`Clips: ${session.paths.table("clips")}`);
      console.log(`Next: ${judgeHint(session)}`);
      if (refused) throw refused;
    },
  );
};
