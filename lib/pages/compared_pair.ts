/** Two models of a run on the same tasks. */
import type { Comparison } from "../scores/summary.ts";
import { comparePaired, GROUPS, leaderboardOf } from "../scores/summary.ts";
import { DEFAULT_RULE } from "../scores/rules.ts";
import { CLAIMED } from "../studies/argument/claims.ts";
import type { OpenRun } from "./open_run.ts";

/** The difference of the first model and the second, by group. */
export interface ComparedPair {
  /** The model that is ahead, or that the claims concern. */
  first: string;
  /** The other model. */
  second: string;
  /** Differences of their means in points, paired by task. */
  rows: Comparison[];
}

/**
 * Compares the two models of the paper's argument, the fine-tuned one and its base, if the run has
 * both; otherwise the two that lead the ranking. Null for a run with one model.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { comparedPair } from "./compared_pair.ts";
 * import type { OpenRun } from "./open_run.ts";
 *
 * const all = { rule: "repaired", group: "all" };
 * const summary = [{ ...all, model: "wan", mean: 40 }, { ...all, model: "sora", mean: 60 }];
 * const pair = comparedPair({ summary, scores: [], tasks: [] } as unknown as OpenRun);
 * assertEquals([pair?.first, pair?.second], ["sora", "wan"]);
 * ```
 */
export function comparedPair({ summary, scores, tasks }: OpenRun): ComparedPair | null {
  const { ranked, apart } = leaderboardOf(summary.filter(({ rule }) => rule === DEFAULT_RULE));
  const means = [...ranked, ...apart]
    .filter(({ group, mean }) => group === "all" && mean !== null)
    .map(({ model }) => model);
  const claimed = [CLAIMED.tuned, CLAIMED.base];
  const [first, second] = claimed.every((model) => means.includes(model)) ? claimed : means;
  if (second === undefined) return null;
  const of = (model: string) =>
    scores.filter((row) => row.rule === DEFAULT_RULE && row.model === model);
  const rows = GROUPS.flatMap((group) => comparePaired(of(first), of(second), group, tasks) ?? []);
  return { first, second, rows };
}
