/** The step that compares two judges of a run. */
import { agreementTable, type JudgeAgreement } from "../records/agreement.ts";
import { verdictsTable } from "../records/verdict.ts";
import { ruleNamed } from "../scores/rules.ts";
import { sortRows } from "../store/cache.ts";
import { readTableIfAny } from "../store/table.ts";
import { compareJudges } from "../studies/agreement/compare.ts";
import { keep } from "./benchmark.ts";
import { type Selection, selectRows } from "./selection.ts";
import type { Session } from "./session.ts";
import { matchRun, staleNote } from "./verdicts.ts";

/**
 * Compares two judges on the verdicts of a selection, and keeps the rows beside those of other pairs.
 *
 * @param options.judges Each by its name or by `judge/judge_model`.
 * @returns The rows of this pair.
 * @throws {InputError} if the selection has no verdicts, or the judges cannot be compared.
 */
export async function agreementStep(
  options: { judges: readonly [string, string]; rule: string },
  selection: Selection,
  session: Session,
): Promise<JudgeAgreement[]> {
  const { paths, loaded: { benchmark }, progress } = session;
  const { tasks, criteria } = benchmark;
  const all = await readTableIfAny(verdictsTable, paths.table("verdicts")) ?? [];
  const verdicts = selectRows(all, selection, "verdicts");
  const { current, stale } = await matchRun(benchmark, verdicts, paths);
  const told = staleNote(stale, session);
  if (told) progress.note(told);
  const { judges } = options;
  const rows = compareJudges({
    ...{ judges, tasks, criteria },
    verdicts: current,
    rule: ruleNamed(options.rule),
  });
  const [{ first, second, rule }] = rows;
  const others = (await readTableIfAny(agreementTable, paths.table("agreement")) ?? [])
    .filter((row) => row.first !== first || row.second !== second || row.rule !== rule);
  const kept = sortRows(agreementTable, [...others, ...rows]);
  await session.step("agreement", 0, () => keep(agreementTable, kept, paths));
  return rows;
}
