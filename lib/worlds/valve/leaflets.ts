/** A valve's leaflets as seen in the frames: dark folds in a bright lumen. */
import { mean, median, quantile } from "../../statistics.ts";
import { blur, type Plane } from "../../vision/plane.ts";
import { type ClipAnalysis, oncePerClip } from "../../vision/clip_analysis.ts";
import { labelMasks } from "./labelled_cells.ts";

/**
 * Distance of each leaflet's tip from the axis in every frame, in pixels; NaN if it is not seen.
 */
export interface Leaflets {
  upper: number[];
  lower: number[];
  /** Whether a labelled cell may hide an unseen tip. */
  hidden: boolean[];
}

/** Contrast of a leaflet with its surroundings, in grey levels. */
const MIN_FOLD = 7;
/** Minimum swing of a moving leaflet, as a share of the frame's shorter side. */
const MIN_SWING = 0.03;

/**
 * How much darker each pixel is than its surroundings; NaN on and near labelled cells, which are
 * painted over first so that they do not make their surroundings look dark.
 */
function folds(analysis: ClipAnalysis, lymph: number): Plane[] {
  const { width, height } = analysis.video;
  const masks = labelMasks(analysis);
  return analysis.luma().map((plane, t) => {
    const labelled = Float32Array.from(masks[t]);
    const near = blur({ width, height, data: labelled }, Math.max(1, 0.014 * analysis.side)).data;
    const painted = plane.data.map((value, i) => near[i] > 0.1 ? lymph : value);
    const fine = blur({ width, height, data: painted }, 0.7).data;
    const coarse = blur({ width, height, data: painted }, 0.028 * analysis.side).data;
    const data = fine.map((value, i) => near[i] > 0.1 ? NaN : coarse[i] - value);
    return { width, height, data };
  });
}

/**
 * The leaflets' tips: in the columns where dark folds within the lumen move most and are seen most
 * often.
 * Null if there is no lumen or nothing like a fold in it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { leafletsIn } from "./leaflets.ts";
 *
 * const frames = [new Uint8Array(64 * 64 * 3).fill(90)];
 * assertEquals(leafletsIn(analyseClip({ width: 64, height: 64, fps: 8, frames })), null);
 * ```
 */
export const leafletsIn = oncePerClip((analysis: ClipAnalysis): Leaflets | null => {
  const lumen = analysis.lumen();
  if (!lumen) return null;
  const { width } = analysis.video;
  const [axis, half] = [(lumen.top + lumen.bottom) / 2, (lumen.bottom - lumen.top) / 2];
  const [{ data }] = analysis.luma();
  const within = data.subarray(Math.ceil(lumen.top) * width, Math.floor(lumen.bottom) * width);
  const planes = folds(analysis, median(within));
  const bin = Math.max(2, Math.round(0.03 * analysis.side));
  let best: { swing: number; found: Leaflets } | null = null;
  for (let from = Math.round(0.1 * width); from + bin < 0.9 * width; from += Math.ceil(bin / 2)) {
    const profiles = planes.map((plane) => columnMean(plane, from, bin));
    const upper = profiles.map((profile) => outermostFold(profile, axis, -1, 0.74 * half));
    const lower = profiles.map((profile) => outermostFold(profile, axis, 1, 0.74 * half));
    // Near the tips, and where cells come to rest, leaflets are seen less often.
    const swing = Math.max(...[upper, lower].map((tips) => {
      const seen = tips.filter((tip) => !Number.isNaN(tip));
      return seen.length < 0.6 * tips.length ? 0 : swingOf(seen) * (seen.length / tips.length) ** 2;
    }));
    if (!best || swing > best.swing) {
      const hidden = profiles.map((profile, t) =>
        Number.isNaN(upper[t]) && covered(profile, axis - half, axis) ||
        Number.isNaN(lower[t]) && covered(profile, axis, axis + half)
      );
      best = { swing, found: { upper, lower, hidden } };
    }
  }
  return best && best.swing > 0 ? best.found : null;
});

/** Whether a labelled cell lies between two heights. */
function covered(profile: Float32Array, from: number, to: number): boolean {
  return profile.subarray(Math.max(0, Math.floor(from)), Math.ceil(to)).some(Number.isNaN);
}

function columnMean({ width, height, data }: Plane, from: number, bin: number): Float32Array {
  const profile = new Float32Array(height);
  for (let y = 0; y < height; y++) {
    for (let x = from; x < from + bin; x++) profile[y] += data[y * width + x] / bin;
  }
  return profile;
}

/**
 * Distance from the axis of the outermost dark fold on one side of it; NaN if there is none, or if
 * a cell further out may hide one.
 */
function outermostFold(profile: Float32Array, axis: number, side: 1 | -1, reach: number): number {
  const at = (row: number) => profile[row] ?? 0;
  let [strongest, peaks] = [0, [] as { off: number; height: number }[]];
  let hiddenTo = -Infinity;
  for (let row = Math.floor(axis - reach); row <= Math.ceil(axis + reach); row++) {
    const [before, value, after] = [at(row - 1), at(row), at(row + 1)];
    if (Number.isNaN(value)) hiddenTo = Math.max(hiddenTo, side * (row + 0.5 - axis));
    if (!(value >= MIN_FOLD && value >= before && value > after)) continue;
    const shift = (before - after) / (2 * (before - 2 * value + after));
    const off = side * (row + 0.5 + shift - axis);
    // Leaflets that meet lie on the apparent axis and belong to both sides.
    if (off < -0.09 * reach - 1.2 || off > reach) continue;
    strongest = Math.max(strongest, value);
    peaks = [...peaks, { off, height: value }];
  }
  const folds = peaks.filter(({ height }) => height > 0.45 * strongest);
  const outermost = Math.max(...folds.map(({ off }) => off));
  return folds.length === 0 || outermost < hiddenTo ? NaN : Math.max(0, outermost);
}

function swingOf(tips: readonly number[]): number {
  return quantile(tips, 0.86) - quantile(tips, 0.14);
}

/**
 * Ratio of the swing of the less mobile leaflet to that of the other; 0 if neither moves.
 *
 * @param side The frame's shorter side, in pixels.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { swingRatio } from "./leaflets.ts";
 *
 * const upper = [1, 9, 1, 9, 1, 9, 1, 9];
 * const found = { upper, lower: upper.map((tip) => tip / 2), hidden: upper.map(() => false) };
 * assertEquals([swingRatio(found, 128), swingRatio(found, 512)], [0.5, 0]);
 * ```
 */
export function swingRatio({ upper, lower }: Leaflets, side: number): number {
  const swings = [upper, lower].map((tips) => {
    const seen = tips.filter((tip) => !Number.isNaN(tip));
    return seen.length < 6 ? 0 : swingOf(seen);
  });
  const most = Math.max(...swings);
  return most < MIN_SWING * side ? 0 : Math.min(...swings) / most;
}

/**
 * Distance of the leaflets' tips from the axis in every frame, in pixels: the mean of both, or of
 * one if the other is not seen, or NaN. Null if no leaflets are seen to move.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { valveOpening } from "./leaflets.ts";
 *
 * const frames = Array.from({ length: 20 }, () => new Uint8Array(64 * 64 * 3).fill(90));
 * assertEquals(valveOpening(analyseClip({ width: 64, height: 64, fps: 8, frames })), null);
 * ```
 */
export const valveOpening = oncePerClip((analysis: ClipAnalysis): number[] | null => {
  const found = leafletsIn(analysis);
  if (!found) return null;
  const tips = found.upper.map((up, t) => {
    const seen = [up, found.lower[t]].filter((tip) => !Number.isNaN(tip));
    return seen.length === 0 ? NaN : mean(seen);
  });
  const seen = tips.filter((tip) => !Number.isNaN(tip));
  return seen.length < 0.6 * tips.length || swingOf(seen) < MIN_SWING * analysis.side ? null : tips;
});

/**
 * Distance of the tips from the axis when the valve is open, in pixels.
 *
 * @param tips As given by {@link valveOpening}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { widest } from "./leaflets.ts";
 *
 * assertEquals(widest([NaN, 7, 7, 7]), 7);
 * ```
 */
export function widest(tips: readonly number[]): number {
  return quantile(tips.filter((tip) => !Number.isNaN(tip)), 0.86);
}
