/** Matching of verdicts with the current criteria and clips. */
import { type Criterion, criterionHash } from "../records/criterion.ts";
import { type Clip, clipIdOf } from "../records/clip.ts";
import type { Task } from "../records/task.ts";
import { askedChange, type Verdict } from "../records/verdict.ts";

/** Why verdicts are stale, in words. */
export const STALE = {
  gone: "the criterion no longer exists",
  changed: "its text has changed",
  prompt: "the task's prompt has changed",
  requirement: "the task's requirement has changed",
  sign: "its sign has changed",
  probe: "its limits have changed",
  "clip-remade": "its clip was made again",
  "clip-gone": "its clip is no longer in the run",
} as const;

/** Verdicts that no longer belong to a criterion and a clip. */
export interface StaleVerdicts {
  /** The task's number. */
  task: number;
  /** The criterion's id. */
  id: string;
  /** The judge's name. */
  judge: string;
  /** The judge's version. */
  judge_model: string;
  /** Number of verdicts. */
  verdicts: number;
  /** A key of {@link STALE}. */
  why: keyof typeof STALE;
}

/** See {@link matchVerdicts}. */
export interface MatchedVerdicts {
  /** Verdicts on the current criteria and clips. */
  current: Verdict[];
  /** The others. */
  stale: StaleVerdicts[];
}

/** What verdicts are matched with beside criteria; what is left out is not compared. */
export interface MatchedWith {
  /** The run's clips. */
  clips?: readonly Pick<Clip, "model" | "task" | "seed" | "sha256">[];
  /** The benchmark's tasks. */
  tasks?: readonly Pick<Task, "task" | "prompt" | "requirement">[];
}

/**
 * Separates verdicts on the current criteria and clips from those whose criterion is gone or has
 * changed its text, what was asked otherwise, or whose clip is gone or was made again. They are matched by task, id and the hash
 * of the criterion's text, never by position, and by the clip's hash and what else was asked, where the
 * verdict tells them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { type Criterion, criterionHash } from "../records/criterion.ts";
 * import type { Verdict } from "../records/verdict.ts";
 * import { matchVerdicts } from "./match.ts";
 *
 * const criterion = { task: 1, id: "sharp", description: "It is crisp." } as Criterion;
 * const old = { task: 1, id: "sharp", judge: "probe", criterion_hash: criterionHash("It is sharp.") };
 * const { current, stale } = matchVerdicts([criterion], [old as Verdict]);
 * assertEquals([current.length, stale[0].why, stale[0].verdicts], [0, "changed", 1]);
 * ```
 */
export function matchVerdicts(
  criteria: readonly Criterion[],
  verdicts: readonly Verdict[],
  { clips, tasks = [] }: MatchedWith = {},
): MatchedVerdicts {
  const whyCriterion = criterionMatcher(criteria, verdicts);
  const hashes = clips && new Map(clips.map((clip) => [clipIdOf(clip), clip.sha256]));
  const whyClip = (verdict: Verdict) => {
    if (!hashes || !verdict.clip_sha256) return null;
    const now = hashes.get(clipIdOf(verdict));
    if (now === undefined) return "clip-gone";
    return now === verdict.clip_sha256 ? null : "clip-remade";
  };
  const taskOf = new Map(tasks.map((task) => [task.task, task]));
  const criterionOf = new Map(criteria.map((row) => [`${row.task}/${row.id}`, row]));
  const whyAsked = ({ task, id, asked_hash }: Verdict) => {
    const [of, criterion] = [taskOf.get(task), criterionOf.get(`${task}/${id}`)];
    return of && criterion ? askedChange(asked_hash, of, criterion) : null;
  };
  const current: Verdict[] = [];
  const stale = new Map<string, StaleVerdicts>();
  for (const verdict of verdicts) {
    const why = whyCriterion(verdict) ?? whyAsked(verdict) ?? whyClip(verdict);
    if (why === null) {
      current.push(verdict);
      continue;
    }
    const { task, id, judge, judge_model } = verdict;
    const key = JSON.stringify([judge, judge_model, task, id, why]);
    const found = stale.get(key);
    if (found) found.verdicts++;
    else stale.set(key, { task, id, judge, judge_model, verdicts: 1, why });
  }
  return { current, stale: [...stale.values()] };
}

/** Tells why a verdict belongs to no current criterion; null where it belongs to one. */
function criterionMatcher(criteria: readonly Criterion[], verdicts: readonly Verdict[]) {
  const hashes = new Map(
    criteria.map(({ task, id, description }) => [`${task}/${id}`, criterionHash(description)]),
  );
  const judged = new Set(verdicts.map(({ task, id }) => `${task}/${id}`));
  const placeOf = ({ task, dimension, place }: Criterion | Verdict) =>
    `${task}/${dimension}/${place}`;
  // Where ids derive from texts, a new text at a place is the old criterion in other words.
  const reworded = new Set(
    criteria.filter(({ task, id }) => !judged.has(`${task}/${id}`)).map(placeOf),
  );
  return (verdict: Verdict): "gone" | "changed" | null => {
    const { task, id, criterion_hash } = verdict;
    const expected = hashes.get(`${task}/${id}`);
    if (expected === criterion_hash) return null;
    if (expected !== undefined) return "changed";
    return id.endsWith(`-${criterion_hash}`) && reworded.has(placeOf(verdict)) ? "changed" : "gone";
  };
}

/**
 * A short message to the user about stale verdicts; null if there are none.
 *
 * @param again The command that has a judge judge again, or several.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { staleText } from "./match.ts";
 *
 * const by = { judge: "probe", judge_model: "probe" };
 * const stale = [{ task: 16, id: "period", ...by, verdicts: 3, why: "changed" as const }];
 * const told = staleText(stale, ({ judge }) => `deno task judge --run mine --judge ${judge}`);
 * assertOk(told?.includes("task 16 period") && told.endsWith("--judge probe"));
 * ```
 */
export function staleText(
  stale: readonly StaleVerdicts[],
  again: (judge: Pick<StaleVerdicts, "judge" | "judge_model">) => string | readonly string[],
): string | null {
  // Judging again brings no clip back: its verdicts are counted, and no more.
  const left = sumOf(stale.filter(({ why }) => why === "clip-gone"));
  const lines = left === 0 ? [] : [
    `${left} ${left === 1 ? "verdict is" : "verdicts are"} not scored: ${
      left === 1 ? "its clip is" : "their clips are"
    } no longer in the run`,
  ];
  const others = stale.filter(({ why }) => why !== "clip-gone");
  if (others.length > 0) lines.unshift(...othersText(others, again));
  return lines.length > 0 ? lines.join("\n") : null;
}

function sumOf(stale: readonly StaleVerdicts[]): number {
  return stale.reduce((sum, { verdicts }) => sum + verdicts, 0);
}

function othersText(
  stale: readonly StaleVerdicts[],
  again: Parameters<typeof staleText>[1],
): string[] {
  const shown = stale.slice(0, 5).map(({ task, id, judge, verdicts, why }) =>
    `  task ${task} ${id}, ${judge}: ${verdicts}, ${STALE[why]}`
  );
  const rest = stale.length - shown.length;
  const total = sumOf(stale);
  return [
    `${total} ${total === 1 ? "verdict is" : "verdicts are"} stale and not scored:`,
    ...shown,
    ...(rest > 0 ? [`  and ${rest} more ${rest === 1 ? "criterion" : "criteria"}`] : []),
    ...[...new Set(stale.flatMap(again))].map((command) => `To judge them again: ${command}`),
  ];
}
