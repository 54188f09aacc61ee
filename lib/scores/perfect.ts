/** The scores of a perfect model: 100, unless a rule or a benchmark is broken. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import { criterionHash, type Dimension, DIMENSIONS } from "../records/criterion.ts";
import { UNASKED, type Verdict } from "../records/verdict.ts";
import type { Rule } from "./rules.ts";
import { scoreVerdicts } from "./score.ts";

/** A perfect model's mean in one dimension. */
export interface PerfectScore {
  dimension: Dimension | "total";
  /** Mean over tasks, 0–100. */
  mean: number;
  /** Tasks below 100. */
  below: number[];
}

/**
 * Scores the perfect verdicts (every positive criterion met, no penalty incurred) under a rule.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { perfectScores } from "./perfect.ts";
 * import { ruleNamed } from "./rules.ts";
 * import type { Benchmark } from "../benchmark/benchmark.ts";
 *
 * const criteria = ["scientific", "visual", "instruction"].map((dimension) => ({
 *   benchmark: "t", task: 1, id: dimension, dimension, place: 1, criterion: 11, description: "",
 *   sign: 1, weight: 1, raw_weight: 1,
 * }));
 * const benchmark = { name: "t", tasks: [{ task: 1 }], criteria } as unknown as Benchmark;
 * assertEquals(perfectScores(benchmark, ruleNamed("repaired")).map((row) => row.mean), [100, 100, 100, 100]);
 * assertEquals(perfectScores(benchmark, ruleNamed("release")).map((row) => row.mean), [0, 0, 0, 0]);
 * ```
 */
export function perfectScores(benchmark: Benchmark, rule: Rule): PerfectScore[] {
  const verdicts = benchmark.criteria.map(
    ({ task, id, dimension, place, description, sign }): Verdict => ({
      judge: "perfect",
      judge_model: "",
      model: "perfect",
      task,
      seed: 0,
      id,
      criterion_hash: criterionHash(description),
      dimension,
      place,
      met: sign > 0,
      reason: "",
      evidence: "",
      clip_sha256: "",
      frames_hash: "",
      ...UNASKED,
      key: "",
    }),
  );
  const scores = scoreVerdicts(rule, benchmark.criteria, verdicts);
  return [...DIMENSIONS, "total" as const].map((dimension) => {
    const rows = scores.filter((row) => row.dimension === dimension);
    const values = rows.map(({ score }) => score ?? 0);
    return {
      dimension,
      mean: values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length),
      below: rows.filter(({ score }) => score === null || score < 100).map(({ task }) => task),
    };
  });
}
