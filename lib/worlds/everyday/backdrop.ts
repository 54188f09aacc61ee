/** The settings of everyday scenes: the background and the ground. */
import { smoothNoise, smoothstep } from "../../sim/optics.ts";
import { random, type Uniform } from "../../random.ts";
import { type Canvas, covering, extentOf, paint } from "./canvas.ts";
import { mixed, type Rgb } from "./palette.ts";

/** Names of the settings, and their wording in captions. */
export const SETTINGS = {
  table: { on: "a wooden table", before: "a plain painted wall", place: "indoors" },
  lawn: { on: "a lawn", before: "a green hedge", place: "in a garden" },
  wall: { on: "grey paving", before: "a brick wall", place: "in a yard" },
  sky: { on: "sand", before: "a blue sky", place: "on a beach" },
} as const;

export type Setting = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as [Setting, ...Setting[]];

/** The side that the light comes from. */
export const SIDES = ["left", "right"] as const;
export type Side = typeof SIDES[number];

/** The colour at a point, in units of the frame's shorter side. */
type Surface = (x: number, y: number) => Rgb;

interface Place {
  /** The background, by position in the frame. */
  behind: Surface;
  /** The ground: y counts from its far edge down. */
  ground: Surface;
}

/**
 * Paints a setting over the whole canvas.
 *
 * @param edge Height (metres from the top) of the ground's far edge at every x (metres).
 * @param seed Draws tints and textures; the setting determines their base.
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { drawBackdrop } from "./backdrop.ts";
 * import { canvasOf } from "./canvas.ts";
 *
 * const canvas = canvasOf(32, 32, 1);
 * drawBackdrop(canvas, { setting: "sky", light: "left", edge: () => 0.8, seed: 1 });
 * const [red, , blue] = canvas.light;
 * assertOk(blue > red, "the sky is blue");
 * ```
 */
export function drawBackdrop(
  canvas: Canvas,
  { setting, light, edge, seed }: {
    setting: Setting;
    light: Side;
    edge: (x: number) => number;
    seed: number;
  },
): void {
  const { wide, high } = extentOf(canvas);
  const unit = Math.min(wide, high);
  const uniform = random(seed, "backdrop", setting);
  const { behind, ground } = PLACES[setting](uniform);
  const from = light === "left" ? 0 : wide;
  paint(canvas, { left: 0, top: 0, right: wide, bottom: high }, (x, y, rgb) => {
    const below = y - edge(x);
    const part = covering(-below, canvas.scale);
    const colour = part >= 1
      ? ground(x / unit, below / unit)
      : part <= 0
      ? behind(x / unit, y / unit)
      : mixed(behind(x / unit, y / unit), ground(x / unit, 0), part);
    // Brighter towards the light, and darker where wall and ground meet.
    const lit = 1.05 - 0.13 * Math.abs(x - from) / wide -
      0.1 * Math.exp(-Math.abs(below) / (0.035 * unit)) * (setting === "sky" ? 0.2 : 1);
    for (let c = 0; c < 3; c++) rgb[c] = colour[c] * lit;
    return 1;
  });
}

const PLACES: Record<Setting, (uniform: Uniform) => Place> = {
  table(uniform) {
    const paints: Rgb[] = [
      [0.78, 0.76, 0.7],
      [0.66, 0.74, 0.76],
      [0.8, 0.7, 0.6],
      [0.68, 0.73, 0.62],
      [0.74, 0.68, 0.76],
    ];
    const wall = pick(paints, uniform);
    const plaster = smoothNoise(uniform);
    const dark = uniform();
    const wood = mixed([0.66, 0.46, 0.27], [0.42, 0.26, 0.15], dark);
    const grain = smoothNoise(uniform);
    return {
      behind(x, y) {
        const cloud = plaster(2.5 * x, 2.5 * y);
        return tinted(wall, 1.04 - 0.16 * y + 0.03 * cloud + 0.012 * plaster(40 * x, 40 * y));
      },
      ground(x, y) {
        // Boards run from left to right, wider towards the camera.
        const across = Math.pow(Math.max(0, y), 0.8) * 9;
        const board = Math.floor(across);
        const seam = Math.exp(-(((across - board - 0.04) / 0.05) ** 2)) * (board > 0 ? 1 : 0);
        const fibre = grain(3 * x + 17 * board, 30 * across) * 0.5 +
          grain(9 * x + 5 * board, 11 * across + 3);
        const tone = 0.97 + 0.07 * fibre + 0.08 * Math.sin(board * 2.4) - 0.35 * seam + 0.3 * y;
        return tinted(wood, tone);
      },
    };
  },
  lawn(uniform) {
    const leaves = smoothNoise(uniform);
    const blades = smoothNoise(uniform);
    const hedge: Rgb = mixed([0.2, 0.36, 0.16], [0.3, 0.42, 0.2], uniform());
    const top = 0.16 + 0.2 * uniform();
    return {
      behind(x, y) {
        // Out of focus: only soft clumps of leaves.
        const clump = leaves(7 * x, 7 * y) + 0.5 * leaves(15 * x + 9, 15 * y);
        const sky: Rgb = mixed([0.62, 0.77, 0.93], [0.83, 0.89, 0.95], y / top);
        const rise = top + 0.05 * leaves(5 * x + 30, 1) + 0.02 * leaves(14 * x, 5);
        const part = smoothstep(rise - 0.015, rise + 0.03, y);
        return mixed(sky, tinted(hedge, 1 + 0.3 * clump), part);
      },
      ground(x, y) {
        const near = 1 / (0.25 + Math.max(0, y) * 2.2);
        const blade = blades(46 * x * Math.sqrt(near), 12 * y * near + 4 * blades(6 * x, 9 * y));
        const patch = blades(5 * x + 40, 14 * y);
        return tinted([0.34, 0.54, 0.2], 1 + 0.2 * blade + 0.09 * patch + 0.15 * y);
      },
    };
  },
  wall(uniform) {
    const brick: Rgb = mixed([0.6, 0.33, 0.25], [0.66, 0.5, 0.38], uniform());
    const grit = smoothNoise(uniform);
    return {
      behind(x, y) {
        const row = Math.floor(y / 0.062);
        const along = x / 0.15 + 0.5 * (row & 1);
        const column = Math.floor(along);
        const toSeam = Math.min(
          0.062 * Math.min(y / 0.062 - row, row + 1 - y / 0.062),
          0.15 * Math.min(along - column, column + 1 - along),
        );
        const tone = 1 + 0.16 * grit(column * 3.7, row * 5.3) + 0.07 * grit(60 * x, 60 * y);
        const part = smoothstep(0.003, 0.009, toSeam);
        return mixed([0.66, 0.63, 0.59], tinted(brick, tone), part);
      },
      ground(x, y) {
        const speck = grit(70 * x, 70 * y) * 0.05 + grit(6 * x, 12 * y) * 0.04;
        // Slabs with joints running away from the camera.
        const depth = Math.max(0, y);
        const joint = (x - 0.5) / (0.16 + 0.28 * depth) + 40;
        const near = Math.abs(joint - Math.round(joint)) * (0.16 + 0.28 * depth);
        const cross = Math.abs(depth - 0.11);
        const line = Math.max(
          1 - smoothstep(0.002, 0.007, near),
          1 - smoothstep(0.002, 0.007, cross),
        );
        return tinted([0.6, 0.59, 0.57], 1 + speck + 0.3 * depth - 0.25 * line);
      },
    };
  },
  sky(uniform) {
    const cloud = smoothNoise(uniform);
    const sand = smoothNoise(uniform);
    const deep: Rgb = mixed([0.3, 0.53, 0.86], [0.44, 0.66, 0.9], uniform());
    return {
      behind(x, y) {
        const billow = 0.55 * cloud(2.6 * x, 4.4 * y) + 0.28 * cloud(6 * x + 9, 10 * y) +
          0.16 * cloud(13 * x, 21 * y + 7);
        const air = mixed(deep, [0.76, 0.87, 0.95], Math.min(1, y / 0.8));
        return mixed(air, [0.97, 0.97, 0.97], 0.9 * smoothstep(0.05, 0.5, billow));
      },
      ground(x, y) {
        const ripple = sand(6 * x + 3 * y, 42 * y + 3 * sand(4 * x, 9 * y));
        return tinted([0.83, 0.73, 0.53], 0.97 + 0.07 * ripple + 0.05 * sand(70 * x, 70 * y));
      },
    };
  },
};

function pick<T>(values: readonly T[], uniform: Uniform): T {
  return values[Math.floor(uniform() * values.length)];
}

function tinted(colour: Rgb, tone: number): Rgb {
  return [colour[0] * tone, colour[1] * tone, colour[2] * tone];
}
