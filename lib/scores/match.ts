/** Matching of verdicts with the current criteria. */
import { type Criterion, criterionHash } from "../records/criterion.ts";
import type { Verdict } from "../records/verdict.ts";

/** Verdicts that no longer belong to a criterion. */
export interface StaleVerdicts {
  /** The task's number. */
  task: number;
  /** The criterion's id. */
  id: string;
  /** The judge's name. */
  judge: string;
  /** Number of verdicts. */
  verdicts: number;
  /** `gone`: the task no longer has a criterion with this id; `changed`: its text has changed. */
  why: "gone" | "changed";
}

/** See {@link matchVerdicts}. */
export interface MatchedVerdicts {
  /** Verdicts on the current criteria. */
  current: Verdict[];
  /** Verdicts on criteria that are gone or have changed their text. */
  stale: StaleVerdicts[];
}

/**
 * Separates verdicts on the current criteria from those whose criterion is gone or has changed its
 * text. They are matched by task, id and the hash of the criterion's text, never by position.
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
): MatchedVerdicts {
  const hashes = new Map(
    criteria.map(({ task, id, description }) => [`${task}/${id}`, criterionHash(description)]),
  );
  const current: Verdict[] = [];
  const stale = new Map<string, StaleVerdicts>();
  for (const verdict of verdicts) {
    const { task, id, judge, criterion_hash } = verdict;
    const expected = hashes.get(`${task}/${id}`);
    if (expected === criterion_hash) {
      current.push(verdict);
      continue;
    }
    const key = JSON.stringify([judge, task, id]);
    const found = stale.get(key);
    if (found) found.verdicts++;
    else {
      const why = expected === undefined ? "gone" : "changed";
      stale.set(key, { task, id, judge, verdicts: 1, why });
    }
  }
  return { current, stale: [...stale.values()] };
}

/**
 * A short message to the user about stale verdicts; null if there are none.
 *
 * @param again The command that repeats the judging.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { staleText } from "./match.ts";
 *
 * const stale = [{ task: 16, id: "period", judge: "probe", verdicts: 3, why: "changed" as const }];
 * assertOk(staleText(stale, "deno task judge --run mine")?.includes("task 16 period"));
 * ```
 */
export function staleText(stale: readonly StaleVerdicts[], again: string): string | null {
  if (stale.length === 0) return null;
  const shown = stale.slice(0, 5).map(({ task, id, judge, verdicts, why }) =>
    `  task ${task} ${id}, ${judge}: ${verdicts}, ` +
    (why === "changed" ? "its text has changed" : "the criterion no longer exists")
  );
  const rest = stale.length - shown.length;
  const total = stale.reduce((sum, { verdicts }) => sum + verdicts, 0);
  return [
    `${total} verdicts are stale and not scored:`,
    ...shown,
    ...(rest > 0 ? [`  and ${rest} more criteria`] : []),
    `To judge them again: ${again}`,
  ].join("\n");
}
