/** The step that scores: verdicts → scores under every rule → summary. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import type { Verdict } from "../records/verdict.ts";
import type { RunPaths } from "../paths.ts";
import { RULES } from "../scores/rules.ts";
import { scoreVerdicts } from "../scores/score.ts";
import { summarise } from "../scores/summary.ts";
import { scoresTable } from "../records/score.ts";
import { summaryTable } from "../records/summary.ts";
import { claimsTable } from "../records/claim.ts";
import { domainClaims } from "../studies/argument/claims.ts";
import { sortRows } from "../store/cache.ts";
import { keep } from "./benchmark.ts";

/** The embedded models that the paper's argument is put to the test with. */
const CLAIMED = { tuned: "nano", base: "s-base", larger: "l-base" };

/**
 * Scores all verdicts under every rule, so that reports can show what the rule changes, and keeps
 * the tables: of claims too, where the run has the models that they are about. Returns rows written.
 */
export async function scoreRun(
  benchmark: Benchmark,
  verdicts: readonly Verdict[],
  paths: RunPaths,
): Promise<number> {
  const scores = RULES.flatMap((rule) => scoreVerdicts(rule, benchmark.criteria, verdicts));
  const summary = summarise(scores, benchmark.tasks);
  const judged = Map.groupBy(scores, ({ rule, judge }) => JSON.stringify([rule, judge]));
  const claims = [...judged.values()].flatMap((own) => domainClaims(own, CLAIMED));
  const kept = [
    await keep(scoresTable, sortRows(scoresTable, scores), paths),
    await keep(summaryTable, sortRows(summaryTable, summary), paths),
    await keep(claimsTable, sortRows(claimsTable, claims), paths),
  ];
  return kept.reduce((sum, { made }) => sum + made, 0);
}
