/** A run's verdicts as they are scored: each judge under a name of its own. */
import { type Verdict, verdictsTable } from "../records/verdict.ts";
import type { RunPaths } from "../paths.ts";
import { readTableIfAny } from "../store/table.ts";

/**
 * The table `verdicts`, with judges told apart; see {@link tellApart}. Null where there is none.
 */
export async function readVerdicts(paths: RunPaths): Promise<Verdict[] | null> {
  const rows = await readTableIfAny(verdictsTable, paths.table("verdicts"));
  return rows && tellApart(rows);
}

/**
 * Verdicts in which one name means one judge. Where a judge asked two models, each becomes
 * `judge/judge_model`, as `agreement` names them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Verdict } from "../records/verdict.ts";
 * import { tellApart } from "./verdicts.ts";
 *
 * const rows = ["gpt-a", "gpt-b"].map((judge_model) => ({ judge: "openai", judge_model }) as Verdict);
 * assertEquals(tellApart(rows).map(({ judge }) => judge), ["openai/gpt-a", "openai/gpt-b"]);
 * assertEquals(tellApart(rows.slice(1))[0].judge, "openai");
 * ```
 */
export function tellApart(verdicts: readonly Verdict[]): Verdict[] {
  const models = Map.groupBy(verdicts, ({ judge }) => judge);
  const isShared = new Set(
    [...models].filter(([, rows]) => new Set(rows.map((row) => row.judge_model)).size > 1)
      .map(([judge]) => judge),
  );
  return verdicts.map((row) =>
    isShared.has(row.judge) ? { ...row, judge: `${row.judge}/${row.judge_model}` } : row
  );
}
