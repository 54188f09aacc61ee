/** The verdicts of one clip, joined with their criteria. */
import { type Criterion, type Dimension, DIMENSIONS } from "../records/criterion.ts";
import type { Verdict } from "../records/verdict.ts";

/** One criterion of one clip, with its verdict and weight. */
export interface JudgedCriterion {
  /** The criterion's dimension. */
  dimension: Dimension;
  /** The criterion's. */
  id: string;
  /** The criterion's position in its block, from 1. */
  place: number;
  /** The criterion's text. */
  description: string;
  /** Weight with the criterion's sign: negative for a penalty. */
  weight: number;
  /** Null if there is no verdict. */
  met: boolean | null;
  /** Whether it counts against the model: a positive criterion not met, or a penalty met. */
  failed: boolean;
  /** The verdict's evidence, or the reason why there is no verdict. */
  evidence: string;
}

/**
 * The verdicts of one clip with their criteria, in the paper's order of dimensions. A null verdict
 * shows its reason as evidence and is not a failure.
 *
 * @param clip Identifies the clip and the judge.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Criterion } from "../records/criterion.ts";
 * import type { Verdict } from "../records/verdict.ts";
 * import { judgedCriteria } from "./judged.ts";
 *
 * const at = { task: 1, id: "still", dimension: "visual" as const };
 * const asked = { ...at, description: "Frames repeat", sign: -1, weight: 0.5 } as Criterion;
 * const clip = { judge: "probe", model: "nano", task: 1, seed: 0 };
 * const verdict = { ...clip, ...at, met: true, reason: "", evidence: "40%" } as Verdict;
 * const [row] = judgedCriteria([asked], [verdict], clip);
 * assertEquals([row.weight, row.met, row.failed, row.evidence], [-0.5, true, true, "40%"]);
 * ```
 */
export function judgedCriteria(
  criteria: readonly Criterion[],
  verdicts: readonly Verdict[],
  clip: { judge: string; model: string; task: number; seed: number },
): JudgedCriterion[] {
  const own = verdicts.filter(({ judge, model, task, seed }) =>
    judge === clip.judge && model === clip.model && task === clip.task && seed === clip.seed
  );
  const rows = criteria.filter(({ task }) => task === clip.task).flatMap((asked) => {
    const { id, place, dimension, description, sign, weight } = asked;
    const verdict = own.find((row) => row.id === id);
    if (!verdict) return [];
    const { met, reason } = verdict;
    return [{
      dimension,
      id,
      place,
      description,
      weight: sign * weight,
      met,
      failed: met !== null && met === (sign < 0),
      evidence: verdict.evidence || reason,
    }];
  });
  return rows.toSorted((a, b) =>
    DIMENSIONS.indexOf(a.dimension) - DIMENSIONS.indexOf(b.dimension) || a.place - b.place
  );
}
