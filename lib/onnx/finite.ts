/** Finds values that are not finite. */

/**
 * Says which values are not finite; null if all are.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { notFinite } from "./finite.ts";
 *
 * assertEquals(notFinite(Float32Array.of(1, NaN, NaN)), "NaN in 2 of 3 values");
 * assertEquals(notFinite(Float32Array.of(1e30, -Infinity)), "infinity in 1 of 2 values");
 * assertEquals(notFinite(Float32Array.of(1e30, -2)), null);
 * ```
 */
export function notFinite(values: Float32Array): string | null {
  // A value less itself is 0, unless it is NaN or infinite: cheap for the usual case.
  let [i, { length }] = [0, values];
  while (i < length && values[i] - values[i] === 0) i++;
  if (i === length) return null;
  let [nans, infinities] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) nans++;
    else if (!Number.isFinite(value)) infinities++;
  }
  const found = [nans && `NaN in ${nans}`, infinities && `infinity in ${infinities}`];
  return `${found.filter(Boolean).join(" and ")} of ${length} values`;
}
