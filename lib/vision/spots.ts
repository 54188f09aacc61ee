/** Detection of small bright spots with subpixel accuracy. */
import { median } from "../statistics.ts";
import { blur, otsu, type Plane } from "./plane.ts";
import type { Detection } from "./tracks.ts";

/** Standard deviations of the two Gaussians whose difference is the band-pass filter, in pixels. */
const [FINE, COARSE] = [1.1, 3];
const WINDOW = 3;
/** Ratio of curvatures above which a maximum is a ridge rather than a spot. */
const RIDGE = 6;
/** Minimum height of a spot above its surroundings, in grey levels. */
const MIN_HEIGHT = 8;

/**
 * Bright spots of each frame: local maxima of the difference of two Gaussians that stand out from
 * noise and texture and reach about half the height of the clip's typical spot, each moved to the
 * centroid of its bright surroundings (Crocker and Grier 1996). Spots closer than 3 pixels count as
 * one.
 *
 * @example
 * ```ts
 * import { assertEquals, assertNear } from "../testing/assert.ts";
 * import { findSpots } from "./spots.ts";
 *
 * const data = Float32Array.from({ length: 32 * 32 }, (_, i) => {
 *   const [x, y] = [i % 32 + 0.5, Math.floor(i / 32) + 0.5];
 *   return 100 * Math.exp(-((x - 12.3) ** 2 + (y - 20.1) ** 2) / 4);
 * });
 * const [found] = findSpots([{ width: 32, height: 32, data }]);
 * assertEquals(found.length, 1);
 * assertNear(found[0].x, 12.3, 0.1);
 * ```
 */
export function findSpots(planes: readonly Plane[]): Detection[][] {
  const filtered = planes.map((plane) => {
    const [fine, coarse] = [blur(plane, FINE), blur(plane, COARSE)];
    return { ...fine, data: fine.data.map((value, i) => value - coarse.data[i]) };
  });
  const peaks = filtered.map(localMaxima);
  // The median absolute value over 0.6745 estimates the noise's deviation, since spots cover little
  // area.
  const noise = filtered.map(({ data }) => median(data.map(Math.abs)) / 0.6745);
  const standing = peaks.map((found, t) => found.filter((p) => p.height > 5 * noise[t]));
  // Texture also has peaks: spots are the higher class of all that stands out.
  const heights = standing.flat().map((peak) => peak.height);
  if (heights.length === 0) return planes.map(() => []);
  const level = otsu([heights])?.level ?? 0;
  const usual = median(heights.filter((height) => height > level));
  if (usual < MIN_HEIGHT) return planes.map(() => []);
  return standing.map((found, t) => {
    const least = 0.45 * usual;
    const spots: Detection[] = [];
    for (const peak of found.toSorted((a, b) => b.height - a.height)) {
      if (peak.height < least) break;
      if (spots.some((k) => Math.hypot(k.x - peak.x - 0.5, k.y - peak.y - 0.5) < 3)) continue;
      spots.push(centred(filtered[t], peak.x, peak.y));
    }
    return spots;
  });
}

function localMaxima({ width, height, data }: Plane): { x: number; y: number; height: number }[] {
  const found = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const value = data[i];
      if (
        value > 0 && value > data[i - 1] && value >= data[i + 1] &&
        value > data[i - width] && value >= data[i + width] &&
        value > data[i - width - 1] && value >= data[i + width + 1] &&
        value > data[i - width + 1] && value >= data[i + width - 1]
      ) {
        // On a ridge, such as a membrane seen edge-on, one curvature is far below the other (Lowe,
        // IJCV 60 (2004) 91–110, section 4.1).
        const xx = data[i + 1] - 2 * value + data[i - 1];
        const yy = data[i + width] - 2 * value + data[i - width];
        const xy = (data[i + width + 1] - data[i + width - 1] - data[i - width + 1] +
          data[i - width - 1]) / 4;
        const determinant = xx * yy - xy * xy;
        if (determinant * (RIDGE + 1) ** 2 < (xx + yy) ** 2 * RIDGE) continue;
        found.push({ x, y, height: value });
      }
    }
  }
  return found;
}

/** The peak's centroid under a Gaussian window that follows it. */
function centred(plane: Plane, column: number, row: number): Detection {
  const { width, height, data } = plane;
  let [x, y] = [column, row];
  for (let round = 0; round < 4; round++) {
    let [sum, sumX, sumY] = [0, 0, 0];
    for (let v = Math.max(0, row - WINDOW); v <= Math.min(height - 1, row + WINDOW); v++) {
      for (let u = Math.max(0, column - WINDOW); u <= Math.min(width - 1, column + WINDOW); u++) {
        const near = Math.exp(-((u - x) ** 2 + (v - y) ** 2) / 4.5);
        const weight = Math.max(0, data[v * width + u]) * near;
        sum += weight;
        sumX += weight * u;
        sumY += weight * v;
      }
    }
    if (sum === 0) break;
    // A window pulls the centroid towards its own centre by about half, so move twice as far.
    x += 1.5 * (sumX / sum - x);
    y += 1.5 * (sumY / sum - y);
    x = Math.min(column + 1, Math.max(column - 1, x));
    y = Math.min(row + 1, Math.max(row - 1, y));
  }
  const edge = x < 2 || y < 2 || x > width - 3 || y > height - 3;
  return { x: x + 0.5, y: y + 0.5, area: 1, edge };
}
