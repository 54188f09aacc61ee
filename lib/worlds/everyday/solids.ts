/**
 * Objects with round and flat faces under a single light: balls, boxes, hoops, wheels and rods, and
 * their shadows on the ground.
 *
 * Shading: Lambert's cosine law for the light, a uniform sky above and the ground's reflection
 * below, and a highlight by Blinn's half vector (Foley et al., "Computer Graphics: Principles and
 * Practice", 2nd ed. 1990, chapter 16).
 */
import { around } from "../../sim/drawing.ts";
import { smoothstep } from "../../sim/optics.ts";
import type { Side } from "./backdrop.ts";
import { type Canvas, covering, paint } from "./canvas.ts";
import type { Rgb } from "./palette.ts";

/** The pattern painted on a ball. */
export const PATTERNS = ["plain", "stripe", "panels"] as const;
export type Pattern = typeof PATTERNS[number];

/** Position (metres), rotation (radians, clockwise) and appearance of an object. */
export interface Thing {
  x: number;
  y: number;
  radius: number;
  angle: number;
  colour: Rgb;
  /** Colour of the pattern, the spokes or the edges. */
  second: Rgb;
  light: Side;
}

/** The unit vector towards the light: x right, y down, z towards the camera. */
function towardsLight(light: Side): Rgb {
  return [light === "left" ? -0.5 : 0.5, -0.68, 0.536];
}

/**
 * Light reflected to the camera by a face with the normal (nx, ny, nz): a factor and a highlight.
 */
function lit(nx: number, ny: number, nz: number, [lx, ly, lz]: Rgb): [number, number] {
  const cosine = nx * lx + ny * ly + nz * lz;
  const half = (nx * lx + ny * ly + nz * (lz + 1)) / Math.sqrt(2 + 2 * lz);
  const sky = 0.36 - 0.1 * ny;
  return [sky + 0.72 * Math.max(0, cosine), 0.4 * Math.max(0, half) ** 36];
}

/**
 * Paints a ball with a pattern that turns with it.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 * import { PAINTS } from "./palette.ts";
 * import { drawBall } from "./solids.ts";
 *
 * const thing = {
 *   x: 0.5,
 *   y: 0.5,
 *   radius: 0.3,
 *   angle: 0,
 *   colour: PAINTS.red,
 *   second: PAINTS.white,
 *   light: "left",
 * } as const;
 * const canvas = canvasOf(32, 32, 1);
 * drawBall(canvas, thing, "plain");
 * const at = (row: number, column: number) => canvas.light[(row * 32 + column) * 3];
 * assertOk(at(10, 10) > at(22, 22), "brighter towards the light");
 * ```
 */
export function drawBall(canvas: Canvas, ball: Thing, pattern: Pattern): void {
  const { x: cx, y: cy, radius: r, angle, colour, second } = ball;
  const direction = towardsLight(ball.light);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const soft = canvas.scale / r;
  paint(canvas, around(ball, r), (x, y, rgb) => {
    const distance = Math.hypot(x - cx, y - cy);
    const cover = covering(distance - r, canvas.scale);
    if (cover === 0) return 0;
    const shrink = Math.min(1, 0.999 * r / (distance + 1e-12)) / r;
    const [nx, ny] = [(x - cx) * shrink, (y - cy) * shrink];
    const nz = Math.sqrt(Math.max(0, 1 - nx * nx - ny * ny));
    // The ball's own axes, tilted so that its pole is visible.
    const [u, v0] = [nx * cos + ny * sin, ny * cos - nx * sin];
    const [v, w] = [v0 * 0.82 - nz * 0.57, v0 * 0.57 + nz * 0.82];
    let part = 0;
    if (pattern === "stripe") part = 1 - smoothstep(0.24 - soft, 0.24 + soft, Math.abs(u));
    if (pattern === "panels") {
      const sector = Math.sin(3 * Math.atan2(v, u));
      part = smoothstep(-1.5 * soft, 1.5 * soft, sector * Math.hypot(u, v));
      part = Math.max(part, smoothstep(0.97, 0.98, w));
    }
    const [factor, shine] = lit(nx, ny, nz, direction);
    for (let c = 0; c < 3; c++) {
      rgb[c] = (colour[c] + (second[c] - colour[c]) * part) * factor + shine;
    }
    return cover;
  });
}

/**
 * Paints a square box, seen from the front, with a tape across it.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 * import { PAINTS } from "./palette.ts";
 * import { drawBox } from "./solids.ts";
 *
 * const thing = {
 *   x: 0.5,
 *   y: 0.5,
 *   radius: 0.3,
 *   angle: 0,
 *   colour: PAINTS.red,
 *   second: PAINTS.white,
 *   light: "left",
 * } as const;
 * const canvas = canvasOf(32, 32, 1);
 * drawBox(canvas, thing);
 * const centre = (16 * 32 + 16) * 3;
 * assertOk(canvas.light[centre] > 0.5 && canvas.light[0] === 0);
 * ```
 */
export function drawBox(canvas: Canvas, box: Thing): void {
  const { x: cx, y: cy, radius: r, angle, colour, second } = box;
  const direction = towardsLight(box.light);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const rounded = 0.1 * r;
  paint(canvas, around(box, 1.45 * r), (x, y, rgb) => {
    const u = (x - cx) * cos + (y - cy) * sin;
    const v = (y - cy) * cos - (x - cx) * sin;
    const [a, b] = [Math.abs(u) - r + rounded, Math.abs(v) - r + rounded];
    const distance = Math.hypot(Math.max(a, 0), Math.max(b, 0)) + Math.min(Math.max(a, b), 0) -
      rounded;
    const cover = covering(distance, canvas.scale);
    if (cover === 0) return 0;
    // The face is flat; its rim catches the light as an edge facing that way would.
    const rim = smoothstep(-0.3 * r, 0, distance);
    const [ex, ey] = a > b ? [Math.sign(u), 0] : [0, Math.sign(v)];
    const nx = 0.6 * rim * (ex * cos - ey * sin);
    const ny = 0.6 * rim * (ex * sin + ey * cos);
    const [factor] = lit(nx, ny, Math.sqrt(1 - nx * nx - ny * ny), direction);
    const tape = Math.max(
      1 - smoothstep(0.16 * r, 0.16 * r + canvas.scale, Math.abs(u)),
      1 - smoothstep(0.16 * r, 0.16 * r + canvas.scale, Math.abs(v)),
    );
    for (let c = 0; c < 3; c++) rgb[c] = (colour[c] + (second[c] - colour[c]) * tape) * factor;
    return cover;
  });
}

/**
 * Paints a hoop: a round tube seen from the front, with a band of the second colour.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 * import { PAINTS } from "./palette.ts";
 * import { drawHoop } from "./solids.ts";
 *
 * const thing = {
 *   x: 0.5,
 *   y: 0.5,
 *   radius: 0.3,
 *   angle: 0,
 *   colour: PAINTS.red,
 *   second: PAINTS.white,
 *   light: "left",
 * } as const;
 * const canvas = canvasOf(32, 32, 1);
 * drawHoop(canvas, thing);
 * const red = (column: number) => canvas.light[(16 * 32 + column) * 3];
 * assertOk(red(16) === 0 && red(8) > 0.2, "a hole in the middle");
 * ```
 */
export function drawHoop(canvas: Canvas, hoop: Thing): void {
  const { x: cx, y: cy, radius, angle, colour, second } = hoop;
  const direction = towardsLight(hoop.light);
  const tube = 0.2 * radius;
  const middle = radius - tube;
  paint(canvas, around(hoop, radius), (x, y, rgb) => {
    const distance = Math.hypot(x - cx, y - cy);
    const across = distance - middle;
    const cover = covering(Math.abs(across) - tube, canvas.scale);
    if (cover === 0) return 0;
    const n = Math.max(-0.99, Math.min(0.99, across / tube));
    const [ux, uy] = [(x - cx) / (distance + 1e-12), (y - cy) / (distance + 1e-12)];
    const [factor, shine] = lit(ux * n, uy * n, Math.sqrt(1 - n * n), direction);
    const turned = Math.atan2(y - cy, x - cx) - angle;
    const band = smoothstep(0.45, 0.6, Math.cos(2 * turned));
    for (let c = 0; c < 3; c++) {
      rgb[c] = (colour[c] + (second[c] - colour[c]) * band) * factor + shine;
    }
    return cover;
  });
}

const RUBBER: Rgb = [0.16, 0.16, 0.17];

/**
 * Paints a wheel: a dark tyre, a coloured rim, and spokes of the second colour.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 * import { PAINTS } from "./palette.ts";
 * import { drawWheel } from "./solids.ts";
 *
 * const thing = {
 *   x: 0.5,
 *   y: 0.5,
 *   radius: 0.3,
 *   angle: 0,
 *   colour: PAINTS.red,
 *   second: PAINTS.white,
 *   light: "left",
 * } as const;
 * const canvas = canvasOf(32, 32, 1);
 * drawWheel(canvas, thing);
 * const red = (column: number) => canvas.light[(16 * 32 + column) * 3];
 * assertOk(red(16) > 2 * red(8), "the tyre is darker than the hub");
 * ```
 */
export function drawWheel(canvas: Canvas, wheel: Thing): void {
  const { x: cx, y: cy, radius, angle, colour, second } = wheel;
  const direction = towardsLight(wheel.light);
  const px = canvas.scale;
  paint(canvas, around(wheel, radius), (x, y, rgb) => {
    const distance = Math.hypot(x - cx, y - cy);
    const cover = covering(distance - radius, px);
    if (cover === 0) return 0;
    const [ux, uy] = [(x - cx) / (distance + 1e-12), (y - cy) / (distance + 1e-12)];
    const part = distance / radius;
    const bevel = 0.7 * smoothstep(0.72, 1, part);
    const [factor] = lit(ux * bevel, uy * bevel, Math.sqrt(1 - bevel * bevel), direction);
    const turned = Math.atan2(y - cy, x - cx) - angle;
    // Distance to the nearest of five spokes, measured across it.
    const step = 2 * Math.PI / 5;
    const off = Math.abs(turned / step - Math.round(turned / step)) * step;
    const spoke = covering(distance * Math.sin(Math.min(off, Math.PI / 2)) - 0.1 * radius, px);
    const hub = covering(distance - 0.2 * radius, px);
    const tyre = covering(0.76 * radius - distance, px);
    const bright = Math.max(spoke, hub);
    for (let c = 0; c < 3; c++) {
      const disc = colour[c] * 0.85 + (second[c] - 0.85 * colour[c]) * bright;
      rgb[c] = (disc + (RUBBER[c] - disc) * tyre) * factor;
    }
    return cover;
  });
}

/**
 * Paints a straight round rod from one point to another (metres).
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 * import { drawRod } from "./solids.ts";
 *
 * const canvas = canvasOf(32, 32, 1);
 * drawRod(canvas, [0.5, 0], [0.5, 1], { thick: 0.1, colour: [1, 1, 1], light: "left" });
 * assertOk(canvas.light[16 * 3] > 0.3 && canvas.light[0] === 0);
 * ```
 */
export function drawRod(
  canvas: Canvas,
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  { thick, colour, light }: { thick: number; colour: Rgb; light: Side },
): void {
  const direction = towardsLight(light);
  const [dx, dy] = [x1 - x0, y1 - y0];
  const long2 = dx * dx + dy * dy + 1e-12;
  const [px, py] = [-dy / Math.sqrt(long2), dx / Math.sqrt(long2)];
  const half = thick / 2;
  const box = {
    left: Math.min(x0, x1) - thick,
    top: Math.min(y0, y1) - thick,
    right: Math.max(x0, x1) + thick,
    bottom: Math.max(y0, y1) + thick,
  };
  paint(canvas, box, (x, y, rgb) => {
    const along = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / long2));
    const distance = Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
    // At least a pixel wide: a thinner rod is fainter instead.
    const seen = Math.max(half, 0.5 * canvas.scale);
    const cover = covering(distance - seen, canvas.scale) * Math.min(1, half / seen);
    if (cover === 0) return 0;
    const across = (x - x0) * px + (y - y0) * py;
    const n = Math.max(-0.95, Math.min(0.95, across / seen));
    const [factor, shine] = lit(px * n, py * n, Math.sqrt(1 - n * n), direction);
    for (let c = 0; c < 3; c++) rgb[c] = colour[c] * factor + 0.5 * shine;
    return cover;
  });
}

/**
 * Darkens the ground in the shadow of an object: a soft ellipse that moves away from the light,
 * widens and fades as the object rises.
 *
 * @param ground Height of the ground beneath the object, in metres from the top of the frame.
 * @param slope Of the ground, in radians, positive if it falls to the right.
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 * import { drawShadow } from "./solids.ts";
 *
 * const canvas = canvasOf(32, 32, 1);
 * canvas.light.fill(1);
 * drawShadow(canvas, { x: 0.5, y: 0.6, radius: 0.2, light: "left" }, 0.8);
 * const at = (column: number) => canvas.light[(25 * 32 + column) * 3];
 * assertOk(at(18) < 0.6 && at(1) === 1);
 * ```
 */
export function drawShadow(
  canvas: Canvas,
  { x, y, radius, light }: Pick<Thing, "x" | "y" | "radius" | "light">,
  ground: number,
  slope = 0,
): void {
  const up = Math.max(0, ground - y - radius) / radius;
  const away = (light === "left" ? 1 : -1) * radius * (0.35 + 0.5 * up);
  const [cx, cy] = [x + away * Math.cos(slope), ground + away * Math.sin(slope)];
  const wide = radius * (1.05 + 0.12 * up);
  const high = 0.26 * wide;
  const depth = 0.55 / (1 + 0.5 * up);
  const soft = Math.min(0.9, 0.35 + 0.12 * up);
  const [cos, sin] = [Math.cos(slope), Math.sin(slope)];
  paint(canvas, around({ x: cx, y: cy }, 1.7 * wide), (px, py, rgb) => {
    const u = ((px - cx) * cos + (py - cy) * sin) / wide;
    const v = ((py - cy) * cos - (px - cx) * sin) / high;
    rgb[0] = rgb[1] = 0.03;
    rgb[2] = 0.05;
    return depth * (1 - smoothstep(1 - soft, 1 + soft, Math.hypot(u, v)));
  });
}
