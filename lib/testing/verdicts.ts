/** Synthetic verdicts on real criteria. */
import { type Criterion, criterionHash } from "../records/criterion.ts";
import { UNASKED, type Verdict } from "../records/verdict.ts";

/**
 * A verdict on a criterion, of the judge `probe` on the model `nano` with seed 1 unless overridden
 * by `more`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./assert.ts";
 * import { verdictOn } from "./verdicts.ts";
 * import type { Criterion } from "../records/criterion.ts";
 *
 * const sharp = { task: 3, id: "sharp", dimension: "visual", place: 1, description: "" };
 * const { task, id, met } = verdictOn(sharp as Criterion, null);
 * assertEquals([task, id, met], [3, "sharp", null]);
 * ```
 */
export function verdictOn(
  { task, id, dimension, place, description }: Criterion,
  met: boolean | null,
  more: Partial<Verdict> = {},
): Verdict {
  return {
    judge: "probe",
    judge_model: "1",
    model: "nano",
    task,
    seed: 1,
    id,
    criterion_hash: criterionHash(description),
    dimension,
    place,
    met,
    reason: "",
    evidence: "",
    clip_sha256: "",
    frames_hash: "",
    ...UNASKED,
    key: "",
    ...more,
  };
}
