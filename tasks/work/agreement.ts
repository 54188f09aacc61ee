/** The work of `deno task agreement`. */
import { agreementStep } from "../../lib/runs/agreement.ts";
import { withSession } from "../../lib/runs/session.ts";
import { agreementText } from "../../lib/studies/agreement/text.ts";
import type { task } from "../agreement.ts";
import type { WorkOf } from "../cli.ts";
import { folderOf, selected } from "./run_of.ts";

export const run: WorkOf<typeof task> = async (flags, { invocation, progress, signal }) => {
  const { judges, rule, run, benchmark, "without-clips": withoutClips, ...selection } = flags;
  await withSession(
    { folder: folderOf({ run, benchmark }), invocation, progress, signal, benchmark },
    async (session) => {
      const rows = await agreementStep(
        { judges, rule, withoutClips },
        selected(selection),
        session,
      );
      console.log(agreementText(rows));
    },
  );
};
