/** Reproduced statistics compared with the paper's. */
import type { Statistic } from "../records/statistic.ts";
import type { PaperComparison } from "./types.ts";

/** Counts must agree exactly. */
const COUNT_TOLERANCE = 0;

/**
 * One row for each statistic reported in the paper: PASS if ours is within the tolerance, otherwise
 * DRIFT.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { paperComparison } from "./paper.ts";
 *
 * const row = { benchmark: "release", statistic: "tasks", group: "cell", value: 238, unit: "tasks", paper: 189 };
 * assertEquals(paperComparison([row])[0].verdict, "DRIFT");
 * ```
 */
export function paperComparison(statistics: readonly Statistic[]): PaperComparison[] {
  return statistics.flatMap(({ statistic, group, value, unit, paper }) =>
    paper === null ? [] : [{
      what: `${statistic.replaceAll("_", " ")}, ${group}`,
      ours: `${value} ${unit}`,
      paper: `${paper} ${unit}`,
      tolerance: `± ${COUNT_TOLERANCE}`,
      verdict: Math.abs(value - paper) <= COUNT_TOLERANCE ? "PASS" : "DRIFT",
    }]
  );
}
