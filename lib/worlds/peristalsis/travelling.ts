/** Patterns travelling along a line: a kymograph's velocity, its share of travel, its period. */

/** Values along a line, one row per frame. */
export type Kymograph = readonly Float32Array[];

/** The common motion of a kymograph. */
export interface Travel {
  /** Pixels per frame; positive towards higher positions. */
  velocity: number;
  /** Share of the variance explained by a fixed pattern moving at that velocity. */
  share: number;
}

/** The place of a row in time, in frames from the first; see `evenFrame`. */
type Places = (row: number) => number;

/** Mean and spread of the kymograph's values at each position of a moving frame. */
interface Carried {
  /** By position, from `first` on. */
  means: Float64Array;
  counts: Int32Array;
  first: number;
}

/**
 * The mean shape of a pattern in its moving frame, by position; at frame 0 the moving frame
 * coincides with the kymograph. Positions seen fewer than `least` times are NaN.
 *
 * @param velocity Pixels per frame.
 * @param at Where each row would stand if all were shown for equally long; by default as they are.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { carriedShape } from "./travelling.ts";
 *
 * const rows = [[0, 9, 4, 1], [7, 0, 9, 4]].map((row) => Float32Array.from(row));
 * assertEquals([...carriedShape(rows, 1, 2).means].slice(1, 4), [0, 9, 4]);
 * ```
 */
export function carriedShape(
  rows: Kymograph,
  velocity: number,
  least: number,
  at: Places = (t) => t,
): Carried {
  const places = rows[0].length;
  const travelled = velocity * at(rows.length - 1);
  const first = Math.floor(Math.min(0, -travelled));
  const size = places + Math.ceil(Math.abs(travelled)) + 2;
  const means = new Float64Array(size);
  const counts = new Int32Array(size);
  rows.forEach((row, t) => {
    const shift = Math.round(-velocity * at(t)) - first;
    for (let x = 0; x < places; x++) {
      means[x + shift] += row[x];
      counts[x + shift]++;
    }
  });
  for (let i = 0; i < size; i++) means[i] = counts[i] >= least ? means[i] / counts[i] : NaN;
  return { means, counts, first };
}

/**
 * Share of the variance explained at a velocity, adjusted for degrees of freedom: 0 for chance, 1
 * for all of it.
 */
function explained(rows: Kymograph, velocity: number, at: Places): number {
  const least = Math.max(2, Math.ceil(rows.length / 8));
  const { means, counts, first } = carriedShape(rows, velocity, least, at);
  let [sum, squares, residual, n] = [0, 0, 0, 0];
  rows.forEach((row, t) => {
    const shift = Math.round(-velocity * at(t)) - first;
    for (let x = 0; x < row.length; x++) {
      const shape = means[x + shift];
      if (Number.isNaN(shape)) continue;
      sum += row[x];
      squares += row[x] * row[x];
      residual += (row[x] - shape) ** 2;
      n++;
    }
  });
  const shapes = counts.filter((count) => count >= least).length;
  const total = (squares - sum * sum / n) / (n - 1);
  if (!(total > 0) || n <= shapes) return 0;
  return 1 - residual / (n - shapes) / total;
}

/**
 * The velocity at which a fixed shape explains most of a kymograph: the shear that makes it
 * upright. Velocities closer to 0 than `least` are excluded: a static pattern does not travel.
 *
 * @param rows At least two.
 * @param least Pixels per frame.
 * @param most Pixels per frame.
 * @param at As for {@link carriedShape}.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { travelOf } from "./travelling.ts";
 *
 * const rows = Array.from({ length: 20 }, (_, t) =>
 *   Float32Array.from({ length: 60 }, (_, x) => Math.sin((x + 2.3 * t) / 6)));
 * const { velocity, share } = travelOf(rows, { least: 0.3, most: 6 });
 * assertNear(velocity, -2.3, 0.05);
 * assertNear(share, 1, 0.02);
 * ```
 */
export function travelOf(
  rows: Kymograph,
  { least, most, at = (t) => t }: { least: number; most: number; at?: Places },
): Travel {
  const step = Math.min(least, 20 / Math.max(40, rows.length * 4));
  let best: Travel = { velocity: NaN, share: -Infinity };
  const attempt = (velocity: number) => {
    const share = explained(rows, velocity, at);
    if (share > best.share) best = { velocity, share };
  };
  for (let speed = least; speed <= most; speed += step) {
    attempt(speed);
    attempt(-speed);
  }
  for (let fine = step / 2; fine > 0.004; fine /= 2) {
    const { velocity } = best;
    attempt(velocity - fine);
    attempt(velocity + fine);
  }
  return best;
}

/**
 * The distance after which a shape repeats: the first high peak of its autocorrelation, with
 * subpixel accuracy. Null if it does not repeat within three quarters of the visible length.
 *
 * @param shape Gaps are NaN.
 * @param least Minimum distance, in positions.
 *
 * @example
 * ```ts
 * import { assertEquals, assertNear } from "../../testing/assert.ts";
 * import { periodOf } from "./travelling.ts";
 *
 * const wave = Float64Array.from({ length: 90 }, (_, i) => Math.cos(2 * Math.PI * i / 31.4));
 * assertNear(periodOf(wave, 8)!, 31.4, 0.4);
 * assertEquals(periodOf(wave.slice(0, 30), 8), null);
 * ```
 */
export function periodOf(shape: Float64Array, least: number): number | null {
  const known = shape.filter((value) => !Number.isNaN(value));
  const average = known.reduce((a, b) => a + b, 0) / known.length;
  const most = Math.floor(0.75 * known.length);
  const likeness = (distance: number) => {
    let [products, before, after, n] = [0, 0, 0, 0];
    for (let i = 0; i + distance < shape.length; i++) {
      const [a, b] = [shape[i] - average, shape[i + distance] - average];
      if (Number.isNaN(a) || Number.isNaN(b)) continue;
      products += a * b;
      before += a * a;
      after += b * b;
      n++;
    }
    return n < known.length / 5 ? NaN : products / Math.sqrt(before * after);
  };
  const from = Math.ceil(least);
  const values = Array.from({ length: Math.max(0, most - from + 2) }, (_, i) => likeness(from + i));
  const peaks = values.flatMap((value, i) =>
    i > 0 && i < values.length - 1 && value >= values[i - 1] && value > values[i + 1] ? [i] : []
  );
  const highest = Math.max(...peaks.map((i) => values[i]));
  const peak = peaks.find((i) => values[i] > 0.5 && values[i] > 0.85 * highest);
  if (peak === undefined) return null;
  const [a, b, c] = [values[peak - 1], values[peak], values[peak + 1]];
  return from + peak + 0.5 * (a - c) / (a - 2 * b + c);
}
