/** The step that scores: verdicts → scores under every rule → summary. */
import type { Benchmark } from "../benchmark/mod.ts";
import type { Verdict } from "../judges/mod.ts";
import type { RunPaths } from "../paths.ts";
import { RULES, scoresTable, scoreVerdicts, summarise, summaryTable } from "../scores/mod.ts";
import { sortRows } from "../store/mod.ts";
import { keep } from "./benchmark.ts";

/**
 * Scores all verdicts under every rule, so that reports can show what the rule changes, and keeps
 * both tables. Returns rows written.
 */
export async function scoreRun(
  benchmark: Benchmark,
  verdicts: readonly Verdict[],
  paths: RunPaths,
): Promise<number> {
  const scores = RULES.flatMap((rule) => scoreVerdicts(rule, benchmark.criteria, verdicts));
  const summary = summarise(scores, benchmark.tasks);
  const kept = [
    await keep(scoresTable, sortRows(scoresTable, scores), paths),
    await keep(summaryTable, sortRows(summaryTable, summary), paths),
  ];
  return kept.reduce((sum, { made }) => sum + made, 0);
}
