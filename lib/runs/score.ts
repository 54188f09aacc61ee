/** The step that scores: verdicts → scores under every rule → summary. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import { benchmarkHash } from "../benchmark/loaded.ts";
import { codeVersion } from "../code_version.ts";
import { InputError } from "../errors.ts";
import { runName, type RunPaths } from "../paths.ts";
import { claimsTable, type DomainClaim } from "../records/claim.ts";
import { type Score, scoresTable } from "../records/score.ts";
import { type Summary, summaryTable } from "../records/summary.ts";
import type { Verdict } from "../records/verdict.ts";
import { RULES } from "../scores/rules.ts";
import { scoreVerdicts } from "../scores/score.ts";
import { summarise } from "../scores/summary.ts";
import { sortRows } from "../store/cache.ts";
import { readTableIfAny } from "../store/table.ts";
import { sha256 } from "../store/key.ts";
import { CLAIMED, domainClaims } from "../studies/argument/claims.ts";
import { keep } from "./benchmark.ts";
import { judgeAgainHint } from "./judge_hint.ts";
import { missingNote } from "./missing_verdicts.ts";
import { type Selection, selectionText, selectRows } from "./selection.ts";
import type { Session, StepResult } from "./session.ts";
import { matchRun, readVerdicts, unjudgedText, unscoredNote } from "./verdicts.ts";

/** See {@link scoreStep}. */
export interface ScoreOptions extends Selection {
  /** Scores verdicts whose clip's file is gone too, as in an archived run. */
  withoutClips?: boolean;
}

/**
 * Scores the run's verdicts, or those of a selection alone, under every rule. Those whose criterion is
 * gone or asks in other words now, or whose clip was made again, is gone or has changed, are named,
 * counted and left out.
 *
 * @throws {InputError} for a run without verdicts on the benchmark's criteria, or a selection that has
 * none of them.
 */
export async function scoreStep(
  session: Session,
  { withoutClips, ...selection }: ScoreOptions = {},
): Promise<void> {
  const { loaded: { benchmark }, paths, progress, signal } = session;
  const all = await readVerdicts(paths, session) ?? [];
  const selected = selectRows(all, selection, "verdicts");
  if (selected.length < all.length) {
    progress.note(
      `Scores only ${selectionText(selection)}: ${selected.length} of ${all.length} verdicts`,
    );
  }
  const matched = await matchRun(benchmark, selected, paths, { withoutClips, progress, signal });
  const told = unscoredNote(matched, session, "score");
  const { current } = matched;
  if (current.length === 0) {
    throw new InputError(
      `Found no verdicts on ${benchmark.name} in the run ${runName(paths.folder)} ` +
        (told
          ? `that can be scored\n${told}`
          : `to score; make them with ${judgeAgainHint(all, session)}`),
    );
  }
  if (told) progress.note(told);
  // What was left out by choice is not told.
  const left = selectionText(selection) === ""
    ? unjudgedText(matched.unjudged, judgeAgainHint(all, session))
    : null;
  if (left) progress.note(left);
  const missing = await missingNote(all, benchmark, paths, session);
  if (missing) progress.note(missing);
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

/** The rows of the tables that scoring keeps. */
export interface ScoredRows {
  scores: Score[];
  summary: Summary[];
  /** Empty where the run lacks the models that they are about. */
  claims: DomainClaim[];
}

/** Scores verdicts under every rule, so that reports can show what the rule changes. */
export function scoredRows(benchmark: Benchmark, verdicts: readonly Verdict[]): ScoredRows {
  const scores = RULES.flatMap((rule) => scoreVerdicts(rule, benchmark.criteria, verdicts));
  const summary = summarise(scores, benchmark.tasks);
  const judged = Map.groupBy(scores, ({ rule, judge }) => JSON.stringify([rule, judge]));
  const claims = [...judged.values()].flatMap((own) => domainClaims(own, CLAIMED));
  return {
    scores: sortRows(scoresTable, scores),
    summary: sortRows(summaryTable, summary),
    claims: sortRows(claimsTable, claims),
  };
}

/**
 * Keeps the scores of verdicts, what a leaderboard shows of them, and the claims. Returns how many rows
 * were written, and how many of tables that came out as they were.
 */
export async function scoreRun(
  benchmark: Benchmark,
  verdicts: readonly Verdict[],
  paths: RunPaths,
): Promise<StepResult> {
  return await keepScored(scoredRows(benchmark, verdicts), paths);
}

/** Keeps what scoring gave; see {@link scoreRun}. */
export async function keepScored(
  { scores, summary, claims }: ScoredRows,
  paths: RunPaths,
): Promise<StepResult> {
  const kept = [
    await keep(scoresTable, scores, paths),
    await keep(summaryTable, summary, paths),
    await keep(claimsTable, claims, paths),
  ];
  return {
    made: kept.reduce((sum, { made }) => sum + made, 0),
    cached: kept.reduce((sum, { cached }) => sum + cached, 0),
  };
}

/** Scores of verdicts as they are now. */
export interface FreshScores {
  /** The verdicts that are scored. */
  verdicts: Verdict[];
  rows: ScoredRows;
  /** Rows that were written, since those kept were of other verdicts. */
  made: number;
}

/**
 * What was scored last, of the verdicts that still count: the tables are made again where they differ,
 * so that nothing shown rests on verdicts that are stale, on clips that have changed, or on an edited
 * table. Nothing is written where none of it is left.
 *
 * @param current The run's verdicts that count.
 */
export async function freshScores(
  benchmark: Benchmark,
  current: readonly Verdict[],
  paths: RunPaths,
): Promise<FreshScores> {
  const verdicts = await scoredOf(current, paths);
  const rows = scoredRows(benchmark, verdicts);
  if (verdicts.length === 0) return { verdicts, rows, made: 0 };
  const { made } = await keepScored(rows, paths);
  return { verdicts, rows, made };
}

/** The verdicts that were scored: the last scoring may have covered only a selection. */
async function scoredOf(verdicts: readonly Verdict[], paths: RunPaths): Promise<Verdict[]> {
  const clipOf = ({ judge, model, task, seed }: Pick<Score, "judge" | "model" | "task" | "seed">) =>
    JSON.stringify([judge, model, task, seed]);
  const scored = new Set(
    (await readTableIfAny(scoresTable, paths.table("scores")) ?? []).map(clipOf),
  );
  return verdicts.filter((row) => scored.has(clipOf(row)));
}
