/** Bootstrap intervals of statistics that are functions of counts. */
import { quantileOfSorted } from "../statistics.ts";
import { random } from "../random.ts";
import { MIN_CLUSTERS } from "./interval.ts";

/** A number with its 95% interval; null if undefined. */
export interface Estimate {
  value: number | null;
  low: number | null;
  high: number | null;
}

const RESAMPLES = 2000;
/** Minimum share of resamples in which a statistic must be defined for an interval. */
const MIN_DEFINED_SHARE = 0.5;

/**
 * Statistics of summed counts with 95% percentile-bootstrap intervals over clusters (Efron and
 * Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13). κ, F1, α, sensitivity and the
 * like are all functions of counts that add up over clusters, so a resample is a sum of count
 * vectors.
 *
 * A resample in which a statistic is undefined is skipped for that statistic. There is no interval
 * for fewer than {@link MIN_CLUSTERS} clusters, or if less than half of the resamples define the statistic. Equal
 * inputs give equal bytes: the draws depend only on the number of clusters.
 *
 * @param clusters One vector of counts per cluster (a task), all of the same length.
 * @param statistics Functions of the summed counts; null if undefined.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { bootstrapCounts } from "./clusters.ts";
 *
 * const share = ([hits, all]: ArrayLike<number> & Iterable<number>) => all > 0 ? hits / all : null;
 * const clusters = Array.from({ length: 5 }, () => [3, 4]);
 * assertEquals(bootstrapCounts(clusters, { hits: share }).hits, { value: 0.75, low: 0.75, high: 0.75 });
 * assertEquals(bootstrapCounts(clusters.slice(1), { hits: share }).hits.low, null);
 * ```
 */
export function bootstrapCounts<Name extends string>(
  clusters: readonly (readonly number[])[],
  statistics: Readonly<Record<Name, (counts: Float64Array) => number | null>>,
): Record<Name, Estimate> {
  const names = Object.keys(statistics) as Name[];
  const n = clusters.length;
  const width = clusters[0]?.length ?? 0;
  const total = new Float64Array(width);
  for (const cluster of clusters) cluster.forEach((count, i) => total[i] += count);
  const drawn = new Map<Name, number[]>(names.map((name) => [name, []]));
  if (n >= MIN_CLUSTERS) {
    const draw = random("clusters", n);
    const sums = new Float64Array(width);
    for (let b = 0; b < RESAMPLES; b++) {
      sums.fill(0);
      for (let i = 0; i < n; i++) {
        const cluster = clusters[Math.floor(draw() * n)];
        for (let k = 0; k < width; k++) sums[k] += cluster[k];
      }
      for (const name of names) {
        const value = statistics[name](sums);
        if (value !== null) drawn.get(name)!.push(value);
      }
    }
  }
  return Object.fromEntries(names.map((name) => {
    const value = n === 0 ? null : statistics[name](total);
    const values = Float64Array.from(drawn.get(name)!).sort();
    const defined = value !== null && n >= MIN_CLUSTERS &&
      values.length >= MIN_DEFINED_SHARE * RESAMPLES;
    return [name, {
      value,
      low: defined ? quantileOfSorted(values, 0.025) : null,
      high: defined ? quantileOfSorted(values, 0.975) : null,
    }];
  })) as Record<Name, Estimate>;
}
