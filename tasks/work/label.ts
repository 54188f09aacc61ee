/** The work of `deno task label`. */
import { join, resolve } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { faultsText, findFaults } from "../../lib/runs/clip_files.ts";
import { judgeHint } from "../../lib/runs/judge_hint.ts";
import { judgeToCompare, partlyText, readLabels, writeSheet } from "../../lib/runs/label.ts";
import { clipsOf } from "../../lib/runs/selection.ts";
import { type Session, withSession } from "../../lib/runs/session.ts";
import { readVerdicts } from "../../lib/runs/verdicts.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../label.ts";
import { folderOf, selected } from "./run_of.ts";

export const run: WorkOf<typeof task> = async (flags, { invocation, progress, signal }) => {
  const { read, as: judge, sample, draw, benchmark, run, ...selection } = flags;
  await withSession(
    { folder: folderOf({ run, benchmark }), invocation, progress, signal, benchmark },
    async (session) => {
      const { loaded, paths, command } = session;
      if (read !== undefined) {
        const { criteria } = loaded.benchmark;
        let partly: string | null = null;
        await session.step("label", 0, async () => {
          const result = await readLabels(resolve(read), { judge, criteria }, paths);
          partly = partlyText(result);
          return result;
        });
        if (partly) progress.note(partly);
        console.log(`Verdicts: ${paths.table("verdicts")}`);
        console.log(`Next: ${await comparisonHint(judge, session)}`);
        return;
      }
      const all = await clipsOf(session, selected(selection));
      const faults = await findFaults(all, paths, { progress, signal });
      const left = faultsText(faults, session);
      if (left && faults.size === all.length) {
        throw new InputError(`Cannot make a sheet. ${left}`);
      }
      if (left) progress.note(left);
      const clips = all.filter((clip) => !faults.has(clip));
      const note = (line: string) => progress.note(line);
      const drawn = { benchmark: loaded.benchmark, clips, sample, draw, note };
      await session.step("label", sample, (step) => writeSheet(drawn, paths, step));
      const sheet = join(paths.folder, "labels", "sheet");
      console.log(`Look at ${sheet}.html and fill in ${sheet}.csv`);
      console.log(`Next: ${command("label", ["--read", `${sheet}.csv`])}`);
    },
  );
};

/** The command that compares a person with another judge; or has one judge first. */
async function comparisonHint(judge: string, session: Session): Promise<string> {
  const other = judgeToCompare(judge, await readVerdicts(session.paths) ?? []);
  if (other === null) return judgeHint(session);
  return session.command("agreement", ["--judges", `${other},${judge}`]);
}
