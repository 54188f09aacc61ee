/** Summary statistics. Quantiles are interpolated (type 7 of Hyndman and Fan 1996). */

/**
 * Arithmetic mean; NaN for no values.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { mean } from "./statistics.ts";
 *
 * assertEquals(mean([1, 2, 6]), 3);
 * ```
 */
export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/**
 * Slope of the least-squares line through points (x, y).
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { slope } from "./statistics.ts";
 *
 * assertEquals(slope([0, 1, 2], [5, 8, 11]), 3);
 * ```
 */
export function slope(xs: readonly number[], ys: readonly number[]): number {
  const [mx, my] = [mean(xs), mean(ys)];
  const top = xs.reduce((sum, x, i) => sum + (x - mx) * (ys[i] - my), 0);
  return top / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
}

/**
 * The quantile at the given share (0–1), interpolated; NaN for no values.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { quantile } from "./statistics.ts";
 *
 * assertEquals(quantile([4, 1, 3, 2], 0.25), 1.75);
 * assertEquals(quantile([], 0.25), NaN);
 * ```
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), share);
}

/**
 * Like {@link quantile}, for values already sorted in ascending order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { quantileOfSorted } from "./statistics.ts";
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
 * The median; NaN for no values.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { median } from "./statistics.ts";
 *
 * assertEquals([median([9, 1, 2]), median([4, 1, 3, 2])], [2, 2.5]);
 * ```
 */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}
