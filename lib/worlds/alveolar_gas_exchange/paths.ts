/**
 * The air space and the capillaries around it. Lengths in µm from the frame's left and top edges.
 */
import { random } from "../../random.ts";
import type { Clip } from "../../sim/world.ts";

/** Distance between consecutive points of a path. */
export const STEP_UM = 0.4;
/** How far paths extend beyond the frame's edges. */
const MARGIN_UM = 5;
/** Distance from the air to the middle of the capillary: barrier, lumen's half width, clearance. */
const OFFSET_UM = 3.7;
/** Distance between the two files, side by side in the vessels that bring and drain the blood. */
const FILES_UM = 7.6;

/** A point of a file's path. */
export interface Point {
  x: number;
  y: number;
}

/**
 * The centre line of a capillary, as points {@link STEP_UM} apart, and its section along the air.
 */
export interface CapillaryPath {
  points: Point[];
  /** Position along the path, in µm. */
  length: number;
  exchange: readonly [number, number];
}

/** The air space: its outline r(θ) around a centre. */
export interface Alveolus {
  x: number;
  y: number;
  outline(angle: number): number;
}

/**
 * The air space of a clip, near the middle of the frame.
 *
 * @param radius Mean radius.
 * @param scale Size of a pixel in µm.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { alveolusOf } from "./paths.ts";
 *
 * const clip = { seed: 1, violation: undefined, width: 72, height: 72, frames: 33, fps: 12 };
 * const { x, outline } = alveolusOf(20, clip, 1);
 * assertNear(x, 36, 1);
 * assertNear(outline(0.3), 20, 3);
 * ```
 */
export function alveolusOf(radius: number, clip: Clip, scale: number): Alveolus {
  const uniform = random(clip.seed, "alveolus", "shape");
  const waves = [2, 3, 4].map((k) => ({
    k,
    size: 0.11 * (0.4 + 0.6 * uniform()) / k,
    phase: 7 * uniform(),
  }));
  return {
    x: clip.width * scale / 2 + 2 * (uniform() - 0.5),
    y: clip.height * scale / 2 + 2 * (uniform() - 0.5),
    outline: (angle) =>
      radius *
      waves.reduce((sum, { k, size, phase }) => sum + size * Math.cos(k * angle + phase), 1),
  };
}

/**
 * The paths above and below the air space, both in the direction of flow.
 *
 * @param width Width of the frame.
 * @param direction "left to right" or "right to left".
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { pathsAround } from "./paths.ts";
 *
 * const [above, below] = pathsAround({ x: 36, y: 36, outline: () => 20 }, 72, "right to left");
 * const middle = (path: typeof above) => path.points[Math.floor(path.points.length / 2)];
 * assertOk(middle(above).y < 13 && middle(below).y > 59);
 * assertOk(above.points[0].x > 72);
 * ```
 */
export function pathsAround(alveolus: Alveolus, width: number, direction: string): CapillaryPath[] {
  return ([-1, 1] as const).map((side) => {
    const path = pathAround(alveolus, side, width);
    return direction === "left to right" ? path : reversed(path);
  });
}

/**
 * From the left edge to the air space, around it above (-1) or below (1), and to the right edge.
 */
function pathAround(alveolus: Alveolus, side: -1 | 1, width: number): CapillaryPath {
  const corners: Point[] = [];
  const level = alveolus.y + side * FILES_UM / 2;
  const around = (angle: number): Point => {
    const r = alveolus.outline(side * angle) + OFFSET_UM;
    return { x: alveolus.x + r * Math.cos(angle), y: alveolus.y + side * r * Math.sin(angle) };
  };
  const arc = Array.from({ length: 721 }, (_, i) => around(Math.PI * (1 - i / 720)))
    .filter(({ y }) => side * (y - level) > 0);
  for (let x = -MARGIN_UM; x < arc[0].x; x += STEP_UM) corners.push({ x, y: level });
  corners.push(...arc);
  for (let x = arc[arc.length - 1].x; x < width + MARGIN_UM; x += STEP_UM) {
    corners.push({ x, y: level });
  }
  const even = resampled(corners);
  // Vessels do not turn at right angles: a running mean over 7 µm rounds the two corners.
  const half = Math.round(3.5 / STEP_UM);
  const points = resampled(even.map((_, i) => {
    const reach = Math.min(half, i, even.length - 1 - i);
    const near = even.slice(i - reach, i + reach + 1);
    return {
      x: near.reduce((sum, { x }) => sum + x, 0) / near.length,
      y: near.reduce((sum, { y }) => sum + y, 0) / near.length,
    };
  }));
  // The exchange takes place over the half turn, from one end of the arc to the other.
  const inside = points.map(({ x }) => x > arc[0].x && x < arc[arc.length - 1].x);
  return {
    points,
    length: (points.length - 1) * STEP_UM,
    exchange: [inside.indexOf(true) * STEP_UM, inside.lastIndexOf(true) * STEP_UM],
  };
}

function reversed({ points, length, exchange: [from, to] }: CapillaryPath): CapillaryPath {
  return { points: points.toReversed(), length, exchange: [length - to, length - from] };
}

/** The same line with points evenly spaced by {@link STEP_UM}. */
function resampled(line: readonly Point[]): Point[] {
  const even = [line[0]];
  let left = STEP_UM;
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1], line[i]];
    const gap = Math.hypot(b.x - a.x, b.y - a.y);
    let covered = 0;
    while (gap - covered >= left) {
      covered += left;
      even.push({ x: a.x + (b.x - a.x) * covered / gap, y: a.y + (b.y - a.y) * covered / gap });
      left = STEP_UM;
    }
    left -= gap - covered;
  }
  return even;
}
