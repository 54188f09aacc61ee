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
import { tellDamage } from "../store/damage.ts";
import { openTable } from "../store/table.ts";
import { sha256 } from "../store/key.ts";
import { CLAIMED, domainClaims } from "../studies/argument/claims.ts";
import { keep } from "./benchmark.ts";
import { judgeAgainHint } from "./judge_hint.ts";
import { readManifest, type ScoredSelection } from "./manifest.ts";
import { missingNote } from "./missing_verdicts.ts";
import { type Selection, selectionText, selectRows, withinSelection } from "./selection.ts";
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
  const last = await lastScoring(paths);
  session.record.scored = chosenOf(selection);
  const outputs = ["scores", "summary", "claims"].map((name) => paths.table(name));
  await session.stepOnce("score", key, outputs, async () => {
    const kept = await keepScored(scoredRows(benchmark, current), paths);
    if (last?.key === key) kept.edited.forEach(tellDamage);
    return kept;
  });
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

/** What {@link keepScored} did. */
export interface KeptScores extends Required<Pick<StepResult, "made" | "cached">> {
  /** Names of the tables that were written. */
  changed: string[];
  /** Of those that were gone or whole and yet of other rows: what to say where they should not be. */
  edited: string[];
}

/**
 * Keeps what scoring gave: the scores of verdicts, what a leaderboard shows of them, and the claims.
 */
export async function keepScored(
  { scores, summary, claims }: ScoredRows,
  paths: RunPaths,
): Promise<KeptScores> {
  const kept = [
    { name: "scores", ...await keep(scoresTable, scores, paths) },
    { name: "summary", ...await keep(summaryTable, summary, paths) },
    { name: "claims", ...await keep(claimsTable, claims, paths) },
  ];
  return {
    made: kept.reduce((sum, { made }) => sum + made, 0),
    cached: kept.reduce((sum, { cached }) => sum + cached, 0),
    changed: kept.filter(({ was }) => was !== null).map(({ name }) => `${name}.arrow`),
    edited: kept.flatMap(({ name, was }) =>
      was === "gone"
        ? [`${paths.table(name)} was gone: it is made again`]
        : was === "other"
        ? [`${paths.table(name)} was edited, it was not of the verdicts: it is made again`]
        : []
    ),
  };
}

/** Scores of verdicts as they are now. */
export interface FreshScores {
  /** The verdicts that are scored. */
  verdicts: Verdict[];
  rows: ScoredRows;
  /** Which of them were asked for when the run was last scored; empty for all. */
  selection: Selection;
  /** What was wrong with the tables that were there, in words; empty where nothing was. */
  told: string[];
}

/**
 * What the last scoring covered, of the verdicts that count now: the tables are made again where they
 * differ or are gone or damaged, so that nothing shown rests on verdicts that are stale, on clips that
 * have changed, or on an edited table. Nothing is written where none of it is left.
 *
 * @param current The run's verdicts that count.
 */
export async function freshScores(
  benchmark: Benchmark,
  current: readonly Verdict[],
  paths: RunPaths,
): Promise<FreshScores> {
  const last = await lastScoring(paths);
  const selection = last?.selection ?? {};
  const verdicts = last?.selection
    ? withinSelection(current, last.selection)
    : await scoredOf(current, paths);
  const rows = scoredRows(benchmark, verdicts);
  if (verdicts.length === 0) return { verdicts, rows, selection, told: [] };
  const { changed, edited } = await keepScored(rows, paths);
  const told = last?.key === await scoresKey(benchmark, verdicts) ? edited : changed.length > 0
    ? [
      `The scores were not those of these verdicts and clips; ${changed.join(", ")} ${
        changed.length === 1 ? "is" : "are"
      } made again`,
    ]
    : [];
  return { verdicts, rows, selection, told };
}

/** The last scoring of a run. */
interface LastScoring {
  /** Of the step. */
  key?: string;
  /** Of what; absent in records of earlier versions. */
  selection?: Selection;
}

/** The last scoring of a run, from its record; null where it was never scored. */
export async function lastScoring(paths: RunPaths): Promise<LastScoring | null> {
  const { invocations = [] } = await readManifest(paths.manifest) ?? {};
  for (const { steps, scored } of invocations.toReversed()) {
    const step = steps.findLast(({ name }) => name === "score");
    if (step) return { key: step.key, selection: scored };
  }
  return null;
}

/** A selection as the record keeps it. */
function chosenOf({ models, tasks, seeds }: Selection): ScoredSelection {
  return {
    ...(models && { models: [...models] }),
    ...(tasks && { tasks: [...tasks] }),
    ...(seeds && { seeds: [...seeds] }),
  };
}

/** What an earlier version scored, which kept no record of the selection: what its table is of. */
async function scoredOf(verdicts: readonly Verdict[], paths: RunPaths): Promise<Verdict[]> {
  const clipOf = ({ judge, model, task, seed }: Pick<Score, "judge" | "model" | "task" | "seed">) =>
    JSON.stringify([judge, model, task, seed]);
  const found = await openTable(scoresTable, paths.table("scores"));
  if (found === null || found.lost) return [...verdicts];
  const scored = new Set(found.rows.map(clipOf));
  return verdicts.filter((row) => scored.has(clipOf(row)));
}
