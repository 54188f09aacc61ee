/** Bootstrap intervals over tasks. */
import { quantileOfSorted } from "../statistics.ts";
import { random } from "../random.ts";

/** A mean with its 95% interval. */
export interface Interval {
  /** Over clusters. */
  mean: number;
  /** Lower end; null for fewer than {@link MIN_CLUSTERS} clusters. */
  low: number | null;
  /** Upper end, likewise. */
  high: number | null;
}

/**
 * Clusters that an interval needs: resamples of fewer hardly vary, so that the interval is far too
 * narrow (of three clusters, 11% of the resamples are one cluster three times).
 */
export const MIN_CLUSTERS = 5;

const RESAMPLES = 2000;
const resamples = new Map<number, Uint32Array>();

/**
 * Mean and 95% percentile-bootstrap interval over clusters (Efron and Tibshirani, 1993, chapter 13).
 * A cluster is a task; its value is the mean over the task's seeds, which keeps seeds together. All
 * calls with the same number of clusters use the same resamples, so models are compared on the same
 * draws and equal inputs give equal bytes.
 *
 * @param values One value per cluster, in the same order for models that are compared.
 * @returns Null for no values; without an interval for fewer than {@link MIN_CLUSTERS}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { bootstrapMean } from "./interval.ts";
 *
 * assertEquals(bootstrapMean([5, 5, 5, 5, 5]), { mean: 5, low: 5, high: 5 });
 * assertEquals(bootstrapMean([5, 5, 5, 5]), { mean: 5, low: null, high: null });
 * assertEquals(bootstrapMean([]), null);
 * ```
 */
export function bootstrapMean(values: readonly number[]): Interval | null {
  const n = values.length;
  if (n === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < MIN_CLUSTERS) return { mean, low: null, high: null };
  const draws = drawsFor(n);
  const means = new Float64Array(RESAMPLES);
  for (let b = 0; b < RESAMPLES; b++) {
    let sum = 0;
    for (let i = b * n; i < (b + 1) * n; i++) sum += values[draws[i]];
    means[b] = sum / n;
  }
  means.sort();
  return { mean, low: quantileOfSorted(means, 0.025), high: quantileOfSorted(means, 0.975) };
}

/** The clusters in each resample: `RESAMPLES · n` indices, from a fixed seed. */
function drawsFor(n: number): Uint32Array {
  let draws = resamples.get(n);
  if (!draws) {
    const draw = random("bootstrap", n);
    draws = Uint32Array.from({ length: RESAMPLES * n }, () => Math.floor(draw() * n));
    resamples.set(n, draws);
  }
  return draws;
}
