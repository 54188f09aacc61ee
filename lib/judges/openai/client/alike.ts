/** Refusals that all requests meet alike: after a few, asking on is of no use. */

/** Questions that are refused alike, without any answer, before a run is stopped. */
export const MOST_ALIKE = 5;
/** And questions refused in whatever words. */
const MOST_REFUSED = 4 * MOST_ALIKE;

/** Counts refusals until the first answer. */
export interface Refusals {
  /**
   * Counts a question's refusal.
   *
   * @param question Identifies the question: it counts once for each reason.
   * @returns Whether the run is to stop.
   */
  add(question: unknown, reason: string): boolean;
}

/**
 * A counter of refusals. Reasons are alike that differ in numbers and ids only.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { refusals } from "./alike.ts";
 *
 * const seen = refusals();
 * const stops = [1, 2, 3, 4, 5].map((n) => seen.add(n, `HTTP 400: ${n} tokens are too many (req-${n}f)`));
 * assertEquals(stops, [false, false, false, false, true]);
 * ```
 */
export function refusals(): Refusals {
  const byReason = new Map<string, Set<unknown>>();
  const all = new Set<unknown>();
  return {
    add(question, reason) {
      const name = reason.toLowerCase().replace(/\(attempt \d+ of \d+\)/, "").replace(
        /\S*\d\S*/g,
        "#",
      );
      const questions = byReason.get(name) ?? new Set();
      byReason.set(name, questions.add(question));
      all.add(question);
      return questions.size >= MOST_ALIKE || all.size >= MOST_REFUSED;
    },
  };
}
