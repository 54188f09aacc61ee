/** Detects clips without real motion: unchanging, or with frames in no meaningful order. */
import { random } from "../random.ts";
import { quantile } from "../statistics.ts";
import { blur, type Plane } from "./plane.ts";
import { type ClipAnalysis, oncePerClip } from "./clip_analysis.ts";

/** Minimum number of frames for distinguishing an order from chance. */
const MIN_FRAMES = 6;
/** Number of random orders for comparison. */
const DRAWN_ORDERS = 999;
/** Approximate shorter side at which frames are compared, in pixels. */
const COMPARED_SIDE = 64;
/**
 * Minimum change of the most changed pixels, in grey levels: coding and noise change frames by
 * less.
 */
const MIN_CHANGE = 6;
/** The share of pixels that may change by more in a still picture. */
const MOST_CHANGED = 0.998;

/**
 * The reason why a clip shows no process, whatever its content: it is too short, nothing in it
 * changes by more than coding or noise would, or its frames follow one another no better than in a
 * random order. Null for a clip with real motion.
 *
 * Order is tested by permutation: the sum over consecutive frames of their mean squared difference
 * is compared with the same sum in 999 orders drawn from a fixed seed (Good, "Permutation,
 * Parametric and Bootstrap Tests of Hypotheses", 3rd ed. 2005, chapter 1). For real motion it is
 * smaller than in all of them.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../testing/assert.ts";
 * import { noFilm } from "./film.ts";
 * import { analyseClip } from "./clip_analysis.ts";
 *
 * const frame = (x: number) => {
 *   const rgb = new Uint8Array(64 * 64 * 3);
 *   for (let y = 20; y < 30; y++) rgb.fill(200, (y * 64 + x) * 3, (y * 64 + x + 10) * 3);
 *   return rgb;
 * };
 * const film = (at: number[]) => analyseClip({ width: 64, height: 64, fps: 8, frames: at.map(frame) });
 * assertEquals(noFilm(film([0, 4, 8, 12, 16, 20, 24, 28])), null);
 * assertOk(noFilm(film([9, 9, 9, 9, 9, 9, 9, 9]))?.includes("still"));
 * assertOk(noFilm(film([16, 0, 24, 8, 28, 4, 20, 12]))?.includes("order"));
 * ```
 */
export const noFilm: (analysis: ClipAnalysis) => string | null = oncePerClip((analysis) => {
  const frames = analysis.luma().map((plane) => shrink(blur(plane, 1)));
  const count = frames.length;
  if (count < MIN_FRAMES) return `${count} frames show no process`;
  const change = mostChange(frames);
  if (change < MIN_CHANGE) {
    return `the picture stands still: it changes by ${change.toFixed(1)} levels`;
  }
  const apart = frames.map((a) => frames.map((b) => difference(a, b)));
  const inOrder = (order: readonly number[]) =>
    order.slice(1).reduce((sum, frame, i) => sum + apart[order[i]][frame], 0);
  const found = inOrder([...frames.keys()]);
  const uniform = random(0, "film", "order");
  let closer = 0;
  for (let i = 0; i < DRAWN_ORDERS; i++) {
    if (inOrder(shuffled(count, uniform)) <= found) closer++;
  }
  if (closer === 0) return null;
  return `the frames follow one another no better than in ${closer} of ${DRAWN_ORDERS} orders drawn ` +
    "at random";
});

/** Every nth pixel of a plane that is already blurred. */
function shrink({ width, height, data }: Plane): Float32Array {
  const step = Math.max(1, Math.round(Math.min(width, height) / COMPARED_SIDE));
  const pixels: number[] = [];
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) pixels.push(data[y * width + x]);
  }
  return Float32Array.from(pixels);
}

function difference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum / a.length;
}

/** The range of the most changed pixels, in grey levels, ignoring single outlying frames. */
function mostChange(frames: readonly Float32Array[]): number {
  const ranges = frames[0].map((_, i) => {
    const values = frames.map((frame) => frame[i]);
    return quantile(values, 0.95) - quantile(values, 0.05);
  });
  return quantile(ranges, MOST_CHANGED);
}

function shuffled(count: number, uniform: () => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
