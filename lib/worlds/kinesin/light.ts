/** Light of motors and filaments, with the surrounding or underlying light subtracted. */
import { mean } from "../../statistics.ts";
import type { Plane } from "../../vision/plane.ts";
import type { ClipAnalysis } from "../../vision/clip_analysis.ts";
import type { Detection, Track } from "../../vision/tracks.ts";
import type { Filament } from "./filaments.ts";
import type { Walks } from "./walks.ts";

/** Levels of red, green and blue; negative if darker than the reference. */
export type Rgb = [number, number, number];

/** Mean RGB of the pixels within `radius` of a point of a frame; null beyond the edge. */
function colourAt(analysis: ClipAnalysis, frame: number, x: number, y: number, radius: number) {
  const { width, height, frames } = analysis.video;
  const [left, top] = [Math.ceil(x - radius - 0.5), Math.ceil(y - radius - 0.5)];
  const [right, bottom] = [Math.floor(x + radius - 0.5), Math.floor(y + radius - 0.5)];
  if (left < 0 || top < 0 || right >= width || bottom >= height) return null;
  const sum = [0, 0, 0];
  let count = 0;
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      for (let c = 0; c < 3; c++) sum[c] += frames[frame][3 * (row * width + column) + c];
      count++;
    }
  }
  return sum.map((value) => value / count);
}

/**
 * Light of a motor: at its positions, minus that at the same positions in frames without a motor
 * nearby; null if there are no such frames.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { motorLight } from "./light.ts";
 *
 * const frames = [90, 10].map((level) => new Uint8Array(64 * 64 * 3).fill(level));
 * const analysis = analyseClip({ width: 64, height: 64, fps: 8, frames });
 * const spot = { x: 30, y: 30, area: 4, edge: false };
 * const light = motorLight([[spot], []], analysis, { frames: [0], points: [spot] });
 * assertEquals(light, [80, 80, 80]);
 * ```
 */
export function motorLight(
  sightings: Walks["sightings"],
  analysis: ClipAnalysis,
  { frames, points }: Track,
): Rgb | null {
  const far = 0.06 * analysis.side;
  const radius = 0.012 * analysis.side + 0.5;
  const rgb: Rgb = [0, 0, 0];
  let compared = false;
  const stride = Math.max(1, Math.floor(frames.length / 4));
  for (let i = 0; i < frames.length; i += stride) {
    const { x, y } = points[i];
    const lit = colourAt(analysis, frames[i], x, y, radius);
    const dark = sightings.flatMap((found, t) => {
      if (found.some((spot) => Math.hypot(spot.x - x, spot.y - y) < far)) return [];
      return [colourAt(analysis, t, x, y, radius) ?? []];
    });
    if (!lit || dark.length === 0) continue;
    for (let c = 0; c < 3; c++) rgb[c] += lit[c] - mean(dark.map((each) => each[c]));
    compared = true;
  }
  return compared ? rgb : null;
}

/**
 * Light of a filament: along it where no motor is nearby, minus the light next to it.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { filamentLight } from "./light.ts";
 *
 * const rgb = new Uint8Array(64 * 64 * 3);
 * for (let i = 0; i < 64 * 64; i++) if (Math.abs((i >> 6) - 30) < 2) rgb[3 * i + 1] = 90;
 * const analysis = analyseClip({ width: 64, height: 64, fps: 8, frames: [rgb] });
 * const filament = { x: 32, y: 30.5, ux: 1, uy: 0, from: -20, to: 20 };
 * const [red, green] = filamentLight([[]], analysis, filament);
 * assertOk(green > 0 && red === 0);
 * ```
 */
export function filamentLight(
  sightings: Walks["sightings"],
  analysis: ClipAnalysis,
  filament: Filament,
): Rgb {
  const { x, y, ux, uy, from, to } = filament;
  const margin = 0.05 * analysis.side;
  const sum: Rgb = [0, 0, 0];
  const stride = Math.max(1, Math.floor(sightings.length / 8));
  for (let t = 0; t < sightings.length; t += stride) {
    for (let along = from; along <= to; along += 2) {
      const at = { x: x + along * ux, y: y + along * uy };
      if (sightings[t].some((spot) => Math.hypot(spot.x - at.x, spot.y - at.y) < margin)) continue;
      const [on, ...off] = [0, margin, -margin].map((d) =>
        colourAt(analysis, t, at.x - d * uy, at.y + d * ux, 1)
      );
      if (!on || !off[0] || !off[1]) continue;
      for (let c = 0; c < 3; c++) sum[c] += on[c] - (off[0][c] + off[1][c]) / 2;
    }
  }
  return sum;
}

/**
 * Mean light over the squared distance from the walkers' positions, in rings half a pixel wide,
 * nearest first.
 *
 * @param planes One per frame.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { ringsAround } from "./light.ts";
 *
 * const plane = { width: 16, height: 16, data: new Float32Array(256).fill(7) };
 * const points = [{ x: 8.5, y: 8.5, area: 4, edge: false }];
 * const rings = ringsAround([plane], [{ frames: [0], points }]);
 * assertEquals(rings.slice(0, 2), [{ r2: 0, value: 7 }, { r2: NaN, value: NaN }]);
 * ```
 */
export function ringsAround(
  planes: readonly Plane[],
  walkers: readonly Track[],
): { r2: number; value: number }[] {
  const rings = [0, 1, 2, 3, 4, 5].map(() => ({ r2: 0, value: 0, count: 0 }));
  for (const { frames, points } of walkers) {
    frames.forEach((t, i) => addRings(rings, planes[t], points[i]));
  }
  return rings.map(({ r2, value, count }) => ({ r2: r2 / count, value: value / count }));
}

/** Adds the pixels around a spot to rings of increasing distance, half a pixel wide each. */
function addRings(
  rings: { r2: number; value: number; count: number }[],
  { width, height, data }: Plane,
  { x, y }: Detection,
): void {
  for (let row = Math.max(0, Math.floor(y) - 3); row <= Math.min(height - 1, y + 3); row++) {
    for (
      let column = Math.max(0, Math.floor(x) - 3);
      column <= Math.min(width - 1, x + 3);
      column++
    ) {
      const r2 = (column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2;
      const ring = rings[Math.floor(2 * Math.sqrt(r2))];
      if (!ring) continue;
      ring.r2 += r2;
      ring.value += data[row * width + column];
      ring.count++;
    }
  }
}
