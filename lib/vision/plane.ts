/** Image processing: luma, value, blur, thresholds. */
import { median } from "../statistics.ts";
import type { Video } from "../video/types.ts";
import { reduction, workingSize } from "./working_size.ts";

/** One channel of one frame, rows from the top. */
export interface Plane {
  width: number;
  height: number;
  data: Float32Array;
}

/**
 * Averages frames down by an integer factor until the shorter side is near 128 pixels, so that
 * measures cost the same for every clip and their thresholds in pixels have the same meaning.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { reduce } from "./plane.ts";
 *
 * const frames = [new Uint8Array(832 * 480 * 3).fill(7)];
 * const small = reduce({ width: 832, height: 480, fps: 12, frames });
 * assertEquals([small.width, small.height, small.frames[0][0]], [208, 120, 7]);
 * ```
 */
export function reduce(video: Video): Video {
  const factor = reduction(video);
  if (factor === 1) return video;
  const { width, height } = workingSize(video);
  const frames = video.frames.map((frame) => {
    const small = new Uint8Array(width * height * 3);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < 3; c++, i++) {
          let sum = 0;
          for (let v = 0; v < factor; v++) {
            let j = ((y * factor + v) * video.width + x * factor) * 3 + c;
            for (let u = 0; u < factor; u++, j += 3) sum += frame[j];
          }
          small[i] = Math.round(sum / (factor * factor));
        }
      }
    }
    return small;
  });
  const { fps, times } = video;
  return { width, height, fps, ...(times && { times }), frames };
}

/**
 * Luma of BT.601, 0–255.
 *
 * @example
 * ```ts
 * import { assertNear } from "../testing/assert.ts";
 * import { luma } from "./plane.ts";
 *
 * assertNear(luma(1, 1, Uint8Array.of(0, 255, 0)).data[0], 149.7, 0.1);
 * ```
 */
export function luma(width: number, height: number, rgb: Uint8Array): Plane {
  const data = new Float32Array(width * height);
  for (let i = 0, j = 0; i < data.length; i++, j += 3) {
    data[i] = 0.299 * rgb[j] + 0.587 * rgb[j + 1] + 0.114 * rgb[j + 2];
  }
  return { width, height, data };
}

/**
 * The brightest channel, 0–255: a dye's brightness whatever its colour.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { brightness } from "./plane.ts";
 *
 * assertEquals(brightness(1, 1, Uint8Array.of(3, 9, 200)).data[0], 200);
 * ```
 */
export function brightness(width: number, height: number, rgb: Uint8Array): Plane {
  const data = new Float32Array(width * height);
  for (let i = 0, j = 0; i < data.length; i++, j += 3) {
    data[i] = Math.max(rgb[j], rgb[j + 1], rgb[j + 2]);
  }
  return { width, height, data };
}

/**
 * Half the sum of the channels. Unlike the brightest channel it is linear: where dyes of two
 * colours overlap, the contribution of each is visible, and static background can be subtracted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { totalLight } from "./plane.ts";
 *
 * assertEquals(totalLight(1, 1, Uint8Array.of(3, 9, 200)).data[0], 106);
 * ```
 */
export function totalLight(width: number, height: number, rgb: Uint8Array): Plane {
  const data = new Float32Array(width * height);
  for (let i = 0, j = 0; i < data.length; i++, j += 3) {
    data[i] = (rgb[j] + rgb[j + 1] + rgb[j + 2]) / 2;
  }
  return { width, height, data };
}

/**
 * Doubles the width and height of a plane by bilinear interpolation; edge pixels are repeated.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { twiceAsLarge } from "./plane.ts";
 *
 * const { width, height, data } = twiceAsLarge({ width: 2, height: 1, data: Float32Array.of(0, 8) });
 * assertEquals([width, height, ...data.subarray(0, 4)], [4, 2, 0, 2, 6, 8]);
 * ```
 */
export function twiceAsLarge({ width, height, data }: Plane): Plane {
  const large = new Float32Array(4 * width * height);
  for (let row = 0, i = 0; row < 2 * height; row++) {
    // The nearer of two pixels has a weight of three quarters.
    const y = row >> 1;
    const y2 = Math.min(height - 1, Math.max(0, y + (row & 1 ? 1 : -1)));
    for (let column = 0; column < 2 * width; column++, i++) {
      const x = column >> 1;
      const x2 = Math.min(width - 1, Math.max(0, x + (column & 1 ? 1 : -1)));
      const near = 0.75 * data[y * width + x] + 0.25 * data[y * width + x2];
      const far = 0.75 * data[y2 * width + x] + 0.25 * data[y2 * width + x2];
      large[i] = 0.75 * near + 0.25 * far;
    }
  }
  return { width: 2 * width, height: 2 * height, data: large };
}

/**
 * Gaussian blur with a standard deviation of `sigma` pixels; edge pixels are repeated.
 *
 * @example
 * ```ts
 * import { assertNear } from "../testing/assert.ts";
 * import { blur } from "./plane.ts";
 *
 * const data = new Float32Array(21 * 21);
 * data[10 * 21 + 10] = 1;
 * const spread = blur({ width: 21, height: 21, data }, 1.5);
 * assertNear(spread.data[10 * 21 + 10], 1 / (2 * Math.PI * 1.5 ** 2), 0.002);
 * ```
 */
export function blur(plane: Plane, sigma: number): Plane {
  const { width, height } = plane;
  const reach = Math.ceil(3 * sigma);
  const kernel = Float32Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const total = kernel.reduce((a, b) => a + b, 0);
  const across = new Float32Array(width * height);
  const data = new Float32Array(width * height);
  const columns = Int32Array.from(
    { length: width + 2 * reach },
    (_, i) => Math.min(width - 1, Math.max(0, i - reach)),
  );
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) sum += kernel[k] * plane.data[row + columns[x + k]];
      across[row + x] = sum / total;
    }
  }
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < kernel.length; k++) {
      const from = Math.min(height - 1, Math.max(0, y + k - reach)) * width;
      const weight = kernel[k] / total;
      for (let x = 0; x < width; x++) data[y * width + x] += weight * across[from + x];
    }
  }
  return { width, height, data };
}

/** A threshold and the separation of the two classes that it defines. */
export interface Threshold {
  level: number;
  /** Mean of the values above minus the mean of those at or below. */
  contrast: number;
}

/**
 * Otsu's threshold (IEEE Trans. SMC 9 (1979) 62–66): the level that separates the values into two
 * classes with maximum between-class variance. Null if all values are equal.
 *
 * @example
 * ```ts
 * import { assertNear } from "../testing/assert.ts";
 * import { otsu } from "./plane.ts";
 *
 * const found = otsu([[1, 2, 1, 2, 90, 91], [2, 1, 92]]);
 * assertNear(found!.contrast, 89.5, 0.5);
 * ```
 */
export function otsu(planes: readonly ArrayLike<number>[]): Threshold | null {
  let [low, high] = [Infinity, -Infinity];
  for (const plane of planes) {
    for (let i = 0; i < plane.length; i++) {
      if (plane[i] < low) low = plane[i];
      if (plane[i] > high) high = plane[i];
    }
  }
  if (!(high > low)) return null;
  const bins = 256;
  const counts = new Float64Array(bins);
  const scale = (bins - 1e-6) / (high - low);
  for (const plane of planes) {
    for (let i = 0; i < plane.length; i++) counts[Math.floor((plane[i] - low) * scale)]++;
  }
  const centre = (bin: number) => low + (bin + 0.5) / scale;
  let [total, sum] = [0, 0];
  for (let bin = 0; bin < bins; bin++) {
    total += counts[bin];
    sum += counts[bin] * centre(bin);
  }
  let [below, sumBelow, best] = [0, 0, -1];
  let found: Threshold | null = null;
  for (let bin = 0; bin < bins - 1; bin++) {
    below += counts[bin];
    sumBelow += counts[bin] * centre(bin);
    if (below === 0 || below === total) continue;
    const contrast = (sum - sumBelow) / (total - below) - sumBelow / below;
    const between = below * (total - below) * contrast * contrast;
    if (between > best) {
      best = between;
      found = { level: low + (bin + 1) / scale, contrast };
    }
  }
  return found;
}

/**
 * Removes single bad frames from a per-frame number: the median of each value with its neighbours.
 * NaN stays NaN and is ignored for its neighbours.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { steadied } from "./plane.ts";
 *
 * assertEquals(steadied([1, 9, 2, 3, NaN]), [5, 2, 3, 2.5, NaN]);
 * ```
 */
export function steadied(values: readonly number[]): number[] {
  return values.map((value, i) => {
    const near = values.slice(Math.max(0, i - 1), i + 2).filter(Number.isFinite);
    return Number.isFinite(value) ? median(near) : NaN;
  });
}

/**
 * Each pixel's quantile (share 0–1, nearest rank) over time, from at most 48 evenly spaced frames.
 * Requires at least one frame.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { overTime } from "./plane.ts";
 *
 * const frames = [5, 1, 3].map((v) => ({ width: 1, height: 1, data: Float32Array.of(v) }));
 * assertEquals(overTime(frames, 0.5).data[0], 3);
 * ```
 */
export function overTime(planes: readonly Plane[], share: number): Plane {
  const { width, height } = planes[0];
  const taken = Math.min(48, planes.length);
  const chosen = Array.from(
    { length: taken },
    (_, i) => planes[Math.floor(i * planes.length / taken)].data,
  );
  const data = new Float32Array(width * height);
  const values = new Float32Array(taken);
  const rank = Math.round(share * (taken - 1));
  for (let i = 0; i < data.length; i++) {
    for (let t = 0; t < taken; t++) values[t] = chosen[t][i];
    data[i] = values.sort()[rank];
  }
  return { width, height, data };
}
