/** Quantiles of numbers by linear interpolation (type 7 of Hyndman and Fan 1996). */

/**
 * The value below which the given share (0–1) of the values lies, interpolated; NaN for none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { quantile } from "./quantile.ts";
 *
 * assertEquals(quantile([4, 1, 3, 2], 0.25), 1.75);
 * assertEquals(quantile([], 0.25), NaN);
 * ```
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), share);
}

/**
 * The same of values that are sorted already, lowest first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { quantileOfSorted } from "./quantile.ts";
 *
 * assertEquals([0, 0.5, 1].map((share) => quantileOfSorted([2, 3, 8], share)), [2, 3, 8]);
 * ```
 */
export function quantileOfSorted(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return NaN;
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/**
 * The middle of some values, or halfway between the two in the middle; NaN for none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { median } from "./quantile.ts";
 *
 * assertEquals([median([9, 1, 2]), median([4, 1, 3, 2])], [2, 2.5]);
 * ```
 */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}
