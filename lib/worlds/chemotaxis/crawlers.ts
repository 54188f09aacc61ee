/** Detects grey cells darker than an unevenly lit background, and their elongation. */
import { type Component, components, fillHoles } from "../../vision/components.ts";
import { median, quantile } from "../../statistics.ts";
import { blur, overTime, type Plane } from "../../vision/plane.ts";
import { type ClipAnalysis, oncePerClip } from "../../vision/clip_analysis.ts";

/** Minimum darkness of a cell relative to the background, in grey levels. */
const MIN_DARKNESS = 16;
/** Share of the typical darkness of cells that counts as cell. */
const EDGE_SHARE = 0.42;

/** The minimum of the three channels: grey light, without coloured glow. */
function grey(analysis: ClipAnalysis): Plane[] {
  const { width, height, frames } = analysis.video;
  return frames.map((rgb) => {
    const data = new Float32Array(width * height);
    for (let i = 0, j = 0; i < data.length; i++, j += 3) {
      data[i] = Math.min(rgb[j], rgb[j + 1], rgb[j + 2]);
    }
    return blur({ width, height, data }, 0.7);
  });
}

/** Least-squares quadric through the pixels selected by `use`: the field's uneven illumination. */
function quadric({ width, height, data }: Plane, use: (i: number) => boolean): Float32Array {
  const terms = (i: number, into: Float64Array) => {
    const [x, y] = [2 * (i % width) / width - 1, 2 * Math.floor(i / width) / height - 1];
    into.set([1, x, y, x * x, x * y, y * y]);
  };
  const t = new Float64Array(6);
  const normal = Array.from({ length: 6 }, () => new Float64Array(7));
  // Every fifth pixel is enough for six coefficients.
  for (let i = 0; i < data.length; i += 5) {
    if (!use(i)) continue;
    terms(i, t);
    for (let a = 0; a < 6; a++) {
      for (let b = 0; b < 6; b++) normal[a][b] += t[a] * t[b];
      normal[a][6] += t[a] * data[i];
    }
  }
  for (let a = 0; a < 6; a++) {
    normal[a][a] += 1e-9;
    for (let b = 0; b < 6; b++) {
      if (a === b) continue;
      const factor = normal[b][a] / normal[a][a];
      for (let c = a; c < 7; c++) normal[b][c] -= factor * normal[a][c];
    }
  }
  const solved = normal.map((row, a) => row[6] / row[a]);
  const fitted = new Float32Array(data.length);
  for (let i = 0; i < fitted.length; i++) {
    terms(i, t);
    for (let k = 0; k < 6; k++) fitted[i] += t[k] * solved[k];
  }
  return fitted;
}

/** The background without cells: a quadric fitted to typical light, excluding outliers. */
function ground(planes: readonly Plane[]): Float32Array {
  const usual = overTime(planes, 0.5);
  let fitted = quadric(usual, () => true);
  for (let round = 0; round < 3; round++) {
    const off = usual.data.map((value, i) => Math.abs(value - fitted[i]));
    const limit = Math.max(2, 2.2 * median(off));
    fitted = quadric(usual, (i) => off[i] < limit);
  }
  return fitted;
}

/**
 * Grey cells darker than an unevenly lit background, for each frame; none if nothing is dark
 * enough. Coloured light and halos are ignored.
 *
 * @example
 * ```ts
 * import { assertEquals, assertNear } from "../../testing/assert.ts";
 * import { world } from "../all.ts";
 * import { crawlers } from "./crawlers.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 *
 * const { video, truth } = world("chemotaxis").simulate({ cells: 4 }, { seed: 1, frames: 3 });
 * const [found] = crawlers(analyseClip(video));
 * assertEquals(found.length, 4);
 * const x = truth.objects[0].map((cell) => cell.x_um / truth.um_per_pixel);
 * assertNear(Math.min(...found.map((cell) => cell.x)), Math.min(...x), 1);
 * ```
 */
export const crawlers: (analysis: ClipAnalysis) => Component[][] = oncePerClip((analysis) => {
  const { width, height } = analysis.video;
  const planes = grey(analysis);
  const light = ground(planes);
  const darkness = planes.map(({ data }) => data.map((value, i) => light[i] - value));
  const step = Math.max(1, Math.floor(darkness.length / 9));
  const tops = darkness.filter((_, t) => t % step === 0).map((data) => quantile(data, 0.985));
  // From the frames that show the most, since cells may leave the view.
  const typical = quantile(tops, 0.8);
  if (!(typical >= MIN_DARKNESS)) return planes.map(() => []);
  const found = darkness.map((data) => {
    const mask = Uint8Array.from(data, (value) => value > EDGE_SHARE * typical ? 1 : 0);
    fillHoles(mask, width, height);
    return components(mask, width, height, 0.002 * analysis.side ** 2);
  });
  const whole = found.flatMap((frame) => frame.filter((c) => !c.edge).map((c) => c.area));
  const least = whole.length > 0 ? 0.4 * median(whole) : 0;
  return found.map((frame) => frame.filter((c) => c.area >= (c.edge ? least / 2 : least)));
});
