/** The step that scores: verdicts → scores under every rule → summary. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import { benchmarkHash } from "../benchmark/loaded.ts";
import { codeVersion } from "../code_version.ts";
import { InputError } from "../errors.ts";
import { runName, type RunPaths } from "../paths.ts";
import { claimsTable } from "../records/claim.ts";
import { scoresTable } from "../records/score.ts";
import { summaryTable } from "../records/summary.ts";
import type { Verdict } from "../records/verdict.ts";
import { RULES } from "../scores/rules.ts";
import { scoreVerdicts } from "../scores/score.ts";
import { summarise } from "../scores/summary.ts";
import { sortRows } from "../store/cache.ts";
import { sha256 } from "../store/key.ts";
import { CLAIMED, domainClaims } from "../studies/argument/claims.ts";
import { keep } from "./benchmark.ts";
import { judgeHint } from "./judge_hint.ts";
import { type Selection, selectionText, selectRows } from "./selection.ts";
import type { Session, StepResult } from "./session.ts";
import { matchRun, readVerdicts, staleNote } from "./verdicts.ts";

/**
 * Scores the run's verdicts, or those of a selection alone, under every rule. Those whose criterion is
 * gone or asks in other words now, or whose clip was made again, are named, counted and left out.
 *
 * @throws {InputError} for a run without verdicts on the benchmark's criteria, or a selection that has
 * none of them.
 */
export async function scoreStep(session: Session, selection: Selection = {}): Promise<void> {
  const { loaded: { benchmark }, paths, progress } = session;
  const all = await readVerdicts(paths) ?? [];
  const selected = selectRows(all, selection, "verdicts");
  if (selected.length < all.length) {
    progress.note(
      `Scores only ${selectionText(selection)}: ${selected.length} of ${all.length} verdicts`,
    );
  }
  const { current, stale } = await matchRun(benchmark, selected, paths);
  const told = staleNote(stale, session);
  if (told) progress.note(told);
  if (current.length === 0) {
    throw new InputError(
      `Found no verdicts on ${benchmark.name} in the run ${
        runName(paths.folder)
      }; make them with ` +
        judgeHint(session),
    );
  }
  const key = await scoresKey(benchmark, current);
  const outputs = ["scores", "summary", "claims"].map((name) => paths.table(name));
  await session.stepOnce("score", key, outputs, () => scoreRun(benchmark, current, paths));
}

/** The hash of all that scores of some verdicts depend on. */
export async function scoresKey(
  benchmark: Benchmark,
  verdicts: readonly Verdict[],
): Promise<string> {
  const judged = verdicts.map(({ key, met }) => `${key} ${met}`).sort();
  const parts = [await codeVersion([import.meta.url]), benchmarkHash(benchmark), ...judged];
  return sha256(parts.join("\n"));
}

/**
 * Scores verdicts under every rule, so that reports can show what the rule changes, and keeps the
 * tables: of claims too, where the run has the models that they are about. Returns how many rows were
 * written, and how many of tables that came out as they were.
 */
export async function scoreRun(
  benchmark: Benchmark,
  verdicts: readonly Verdict[],
  paths: RunPaths,
): Promise<StepResult> {
  const scores = RULES.flatMap((rule) => scoreVerdicts(rule, benchmark.criteria, verdicts));
  const summary = summarise(scores, benchmark.tasks);
  const judged = Map.groupBy(scores, ({ rule, judge }) => JSON.stringify([rule, judge]));
  const claims = [...judged.values()].flatMap((own) => domainClaims(own, CLAIMED));
  const kept = [
    await keep(scoresTable, sortRows(scoresTable, scores), paths),
    await keep(summaryTable, sortRows(summaryTable, summary), paths),
    await keep(claimsTable, sortRows(claimsTable, claims), paths),
  ];
  return {
    made: kept.reduce((sum, { made }) => sum + made, 0),
    cached: kept.reduce((sum, { cached }) => sum + cached, 0),
  };
}
