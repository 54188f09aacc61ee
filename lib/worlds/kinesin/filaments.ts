/** Detection of straight bright filaments by a Hough transform. */
import { median, quantile } from "../../statistics.ts";
import { blur, type Plane } from "../../vision/plane.ts";

/** A straight filament, in pixels from the frame's left and top edges. */
export interface Filament {
  /** A point on it, and its direction as a unit vector. */
  x: number;
  y: number;
  ux: number;
  uy: number;
  /** Positions of its ends, in pixels from the point along the direction. */
  from: number;
  to: number;
}

/** Number of angles tried, and maximum number of filaments. */
const [ANGLES, MOST] = [180, 8];
/** Minimum length of a filament, as a share of the frame's shorter side. */
const MIN_LENGTH = 0.25;
/** Minimum height of a filament's ridge above the plane's noise, in standard deviations. */
const MIN_RISE = 3;

interface Lit {
  x: number;
  y: number;
  value: number;
}

/**
 * Detects straight filaments, brightest and longest first: the pixels of a ridge-filtered image
 * vote for lines, weighted by height (Duda and Hart, CACM 15 (1972) 11–15), and a line's pixels are
 * removed before the next search.
 *
 * @example
 * ```ts
 * import { assertEquals, assertNear } from "../../testing/assert.ts";
 * import { findFilaments } from "./filaments.ts";
 *
 * const data = Float32Array.from({ length: 64 * 64 }, (_, i) => {
 *   const [x, y] = [i % 64 + 0.5, Math.floor(i / 64) + 0.5];
 *   return x > 8 && x < 56 ? 60 * Math.exp(-((y - 20 - x / 4) ** 2) / 3) : 0;
 * });
 * const [line, ...others] = findFilaments({ width: 64, height: 64, data });
 * assertEquals(others.length, 0);
 * assertNear(line.uy / line.ux, 0.25, 0.03);
 * ```
 */
export function findFilaments(plane: Plane): Filament[] {
  const { width, height } = plane;
  const side = Math.min(width, height);
  const [fine, coarse] = [blur(plane, 0.9), blur(plane, 0.03 * side)];
  const ridge = fine.data.map((value, i) => value - coarse.data[i]);
  const noise = median(ridge.map(Math.abs)) / 0.6745;
  if (noise === 0) return [];
  // Capped per pixel, so that a bright speck is not taken for a line.
  const high = quantile(ridge, 0.985);
  let lit: Lit[] = [];
  ridge.forEach((value, i) => {
    if (value <= 2 * noise) return;
    const x = i % width;
    lit.push({ x: x + 0.5, y: (i - x) / width + 0.5, value: Math.min(value, high) });
  });
  const found: Filament[] = [];
  const near = 0.02 * side + 0.5;
  while (found.length < MOST && lit.length > MIN_LENGTH * side) {
    const line = refined(bestLine(lit, width, height), lit, near);
    const filament = extent(line, lit, near, side);
    const without = lit.filter((pixel) => Math.abs(across(line, pixel)) > near + 1);
    if (without.length === lit.length) break;
    if (filament && rise(filament, ridge, width, height) > MIN_RISE * noise) found.push(filament);
    else if (found.length > 0 || lit.length - without.length < MIN_LENGTH * side) break;
    lit = without;
  }
  return found;
}

/**
 * Distance of a point from the nearest filament, in pixels; Infinity if there are none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { offFilaments } from "./filaments.ts";
 *
 * const filament = { x: 0, y: 5, ux: 1, uy: 0, from: 0, to: 10 };
 * assertEquals([{ x: 4, y: 7 }, { x: 13, y: 9 }].map((p) => offFilaments([filament], p)), [2, 5]);
 * ```
 */
export function offFilaments(
  filaments: readonly Filament[],
  point: { x: number; y: number },
): number {
  return Math.min(
    Infinity,
    ...filaments.map((filament) => {
      const along = alongside(filament, point);
      const beyond = Math.max(0, filament.from - along, along - filament.to);
      return Math.hypot(across(filament, point), beyond);
    }),
  );
}

type Line = Pick<Filament, "x" | "y" | "ux" | "uy">;

function across({ x, y, ux, uy }: Line, point: { x: number; y: number }): number {
  return (point.y - y) * ux - (point.x - x) * uy;
}

function alongside({ x, y, ux, uy }: Line, point: { x: number; y: number }): number {
  return (point.x - x) * ux + (point.y - y) * uy;
}

/** The line with the most votes: every lit pixel votes for the lines through it. */
function bestLine(lit: readonly Lit[], width: number, height: number): Line {
  const reach = Math.ceil(Math.hypot(width, height));
  let best = { votes: -1, angle: 0, offset: 0 };
  for (let k = 0; k < ANGLES; k++) {
    const angle = Math.PI * k / ANGLES;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const votes = new Float64Array(2 * reach + 2);
    for (const { x, y, value } of lit) votes[Math.round(y * cos - x * sin) + reach] += value;
    for (let i = 1; i < votes.length - 1; i++) {
      const sum = votes[i] + (votes[i - 1] + votes[i + 1]) / 2;
      if (sum > best.votes) best = { votes: sum, angle, offset: i - reach };
    }
  }
  const [ux, uy] = [Math.cos(best.angle), Math.sin(best.angle)];
  return { x: -best.offset * uy, y: best.offset * ux, ux, uy };
}

/** The least-squares line through the nearby pixels, fitted twice. */
function refined(line: Line, lit: readonly Lit[], near: number): Line {
  for (let round = 0; round < 2; round++) {
    let [w, sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0, 0];
    for (const pixel of lit) {
      if (Math.abs(across(line, pixel)) > near) continue;
      const { x, y, value } = pixel;
      w += value;
      sx += value * x;
      sy += value * y;
      sxx += value * x * x;
      syy += value * y * y;
      sxy += value * x * y;
    }
    if (w === 0) return line;
    const [x, y] = [sx / w, sy / w];
    const angle = Math.atan2(2 * (sxy / w - x * y), sxx / w - x * x - (syy / w - y * y)) / 2;
    line = { x, y, ux: Math.cos(angle), uy: Math.sin(angle) };
  }
  return line;
}

/** The longest stretch of the line that is lit except for small gaps; null if it is too short. */
function extent(line: Line, lit: readonly Lit[], near: number, side: number): Filament | null {
  const gap = 0.08 * side;
  const places = lit.filter((pixel) => Math.abs(across(line, pixel)) <= near)
    .map((pixel) => alongside(line, pixel)).toSorted((a, b) => a - b);
  let best = { from: 0, to: 0, count: 0 };
  let [from, count] = [0, 0];
  places.forEach((place, i) => {
    if (i === 0 || place - places[i - 1] > gap) [from, count] = [place, 0];
    count++;
    if (place - from > best.to - best.from) best = { from, to: place, count };
  });
  const length = best.to - best.from;
  // A row of specks consists mostly of gaps.
  if (length < MIN_LENGTH * side || best.count < length) return null;
  return { ...line, from: best.from, to: best.to };
}

/** Mean height of the ridge along a filament. */
function rise(filament: Filament, ridge: Float32Array, width: number, height: number): number {
  const { x, y, ux, uy, from, to } = filament;
  let [sum, count] = [0, 0];
  for (let along = from; along <= to; along++) {
    const [column, row] = [Math.floor(x + along * ux), Math.floor(y + along * uy)];
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    sum += ridge[row * width + column];
    count++;
  }
  return count === 0 ? 0 : sum / count;
}
