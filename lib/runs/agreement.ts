/** The step that compares two judges of a run. */
import { agreementTable, type JudgeAgreement } from "../records/agreement.ts";
import { type Verdict, verdictsTable } from "../records/verdict.ts";
import { judgeLabels } from "../judges/judge_label.ts";
import { ruleNamed } from "../scores/rules.ts";
import { InputError } from "../errors.ts";
import { runName } from "../paths.ts";
import { sortRows } from "../store/cache.ts";
import { openTable, readTableIfAny } from "../store/table.ts";
import { compareJudges } from "../studies/agreement/compare.ts";
import { keep } from "./benchmark.ts";
import { judgeHint } from "./judge_hint.ts";
import { type Selection, selectRows } from "./selection.ts";
import type { Session } from "./session.ts";
import { matchRun, unscoredNote } from "./verdicts.ts";

/**
 * Compares two judges on the verdicts of a selection, and keeps the rows beside those of other pairs.
 *
 * @param options.judges Each by its name, by `judge/judge_model`, or as `judgeLabel` has it.
 * @returns The rows of this pair.
 * @throws {InputError} if the selection has no verdicts, or the judges cannot be compared.
 */
export async function agreementStep(
  options: { judges: readonly [string, string]; rule: string; withoutClips?: boolean },
  selection: Selection,
  session: Session,
): Promise<JudgeAgreement[]> {
  const { paths, loaded: { benchmark }, progress, signal } = session;
  const { tasks, criteria } = benchmark;
  const all = await readTableIfAny(verdictsTable, paths.table("verdicts")) ?? [];
  refuseUnjudged(all, options.judges, session);
  const verdicts = selectRows(all, selection, "verdicts");
  const { judges, withoutClips } = options;
  const matched = await matchRun(benchmark, verdicts, paths, { withoutClips, progress, signal });
  const told = unscoredNote(matched, session, "agreement");
  if (told && matched.current.length === 0) {
    throw new InputError(`Cannot compare judges of the run ${runName(paths.folder)}: ${told}`);
  }
  if (told) progress.note(told);
  const rows = compareJudges({
    ...{ judges, tasks, criteria },
    verdicts: matched.current,
    rule: ruleNamed(options.rule),
  });
  const [{ first, second, rule }] = rows;
  // Where rows of other pairs are lost, the file is named as it is written again.
  const others = ((await openTable(agreementTable, paths.table("agreement")))?.rows ?? [])
    .filter((row) => row.first !== first || row.second !== second || row.rule !== rule);
  const kept = sortRows(agreementTable, [...others, ...rows]);
  await session.step("agreement", 0, () => keep(agreementTable, kept, paths));
  return rows;
}

/** The name that labels have unless they are given another. */
const PERSON = "human";

/** Says how verdicts are made where there are none, or none by hand. */
function refuseUnjudged(
  verdicts: readonly Verdict[],
  judges: readonly string[],
  session: Session,
): void {
  const lacksLabels = judges.includes(PERSON) && !verdicts.some(({ judge }) => judge === PERSON);
  const labels = session.command("label");
  const run = runName(session.paths.folder);
  if (verdicts.length === 0) {
    throw new InputError(
      `The run ${run} has no verdicts yet; make them with ${judgeHint(session)}` +
        (lacksLabels ? `, and those of the judge ${PERSON} with ${labels}` : ""),
    );
  }
  if (lacksLabels) {
    const known = judgeLabels(verdicts).join(", ");
    throw new InputError(
      `Found no verdicts of the judge ${PERSON} in the run ${run}, whose judges are ${known}; ` +
        `label clips by hand with ${labels}`,
    );
  }
}
