/** Whether a clip is a film at all: something that changes, and whose frames follow one another. */
import { random } from "../random.ts";
import { quantile } from "../statistics.ts";
import { blur, type Plane } from "./plane.ts";
import { type Scene, seenIn } from "./scene.ts";

/** Below so many frames an order cannot be told from chance. */
const LEAST_FRAMES = 6;
/** Orders drawn to compare with. */
const DRAWN_ORDERS = 999;
/** Pixels of the shorter side at which frames are compared, about. */
const COMPARED_SIDE = 64;
/** Least change of the most changed pixels, grey levels: coding and noise change frames by less. */
const LEAST_CHANGE = 6;
/** The share of pixels that may change more than that in a still picture. */
const MOST_CHANGED = 0.998;

/**
 * Why a clip shows no process, whatever it is of: it is too short, nothing in it changes by more than
 * coding or noise do, or its frames follow one another no better than in an order drawn at random.
 * Null for a film.
 *
 * Order is judged by a permutation test: the sum over consecutive frames of their mean squared
 * difference, against the same sum in 999 orders drawn from a fixed seed (Good, "Permutation,
 * Parametric and Bootstrap Tests of Hypotheses", 3rd ed. 2005, chapter 1). In a film it is smaller than
 * in all of them.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../testing/assert.ts";
 * import { noFilm } from "./film.ts";
 * import { sceneOf } from "./scene.ts";
 *
 * const frame = (x: number) => {
 *   const rgb = new Uint8Array(64 * 64 * 3);
 *   for (let y = 20; y < 30; y++) rgb.fill(200, (y * 64 + x) * 3, (y * 64 + x + 10) * 3);
 *   return rgb;
 * };
 * const film = (at: number[]) => sceneOf({ width: 64, height: 64, fps: 8, frames: at.map(frame) });
 * assertEquals(noFilm(film([0, 4, 8, 12, 16, 20, 24, 28])), null);
 * assertOk(noFilm(film([9, 9, 9, 9, 9, 9, 9, 9]))?.includes("still"));
 * assertOk(noFilm(film([16, 0, 24, 8, 28, 4, 20, 12]))?.includes("order"));
 * ```
 */
export const noFilm: (scene: Scene) => string | null = seenIn((scene) => {
  const frames = scene.luma().map((plane) => shrink(blur(plane, 1)));
  const count = frames.length;
  if (count < LEAST_FRAMES) return `${count} frames show no process`;
  const change = mostChange(frames);
  if (change < LEAST_CHANGE) {
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

/** Every so-manieth pixel, of a plane that is blurred already. */
function shrink({ width, height, data }: Plane): Float32Array {
  const step = Math.max(1, Math.round(Math.min(width, height) / COMPARED_SIDE));
  const kept: number[] = [];
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) kept.push(data[y * width + x]);
  }
  return Float32Array.from(kept);
}

function difference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum / a.length;
}

/** How far the pixels that change most range, grey levels; single outlying frames do not count. */
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
