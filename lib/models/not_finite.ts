/** Says where a clip's values ceased to be finite, and what may be tried. */
import { ClipError } from "../errors.ts";

/**
 * Does a stage of a clip's work; values that are not finite in it are reported with the stage.
 *
 * @param stage Such as `in step 3 of 50`.
 * @param advice What may be tried, asked for only then.
 * @throws {ClipError} for values that are not finite.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { ClipError } from "../errors.ts";
 * import { atStage } from "./not_finite.ts";
 *
 * const work = () => Promise.reject(new ClipError("velocity: NaN in 1 of 4 values"));
 * await assertInputError(
 *   () => atStage("in step 1 of 4", work, () => "Try more steps"),
 *   "not finite in step 1 of 4, velocity: NaN in 1 of 4 values. Try more steps",
 * );
 * ```
 */
export async function atStage<T>(
  stage: string,
  work: () => Promise<T>,
  advice: () => string | Promise<string>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ClipError)) throw error;
    throw new ClipError(`values are not finite ${stage}, ${error.message}. ${await advice()}`);
  }
}
