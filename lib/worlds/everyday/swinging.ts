/**
 * Rigid pendulums of different lengths that swing side by side from a beam.
 *
 * θ″ = −(g / L) sin θ, with the bob a point mass on a massless rod, without friction; integrated
 * numerically, since at large amplitudes the period is longer than 2π √(L / g): T = 4 √(L / g)
 * K(sin(θ₀ / 2)) with K the complete elliptic integral of the first kind (Landau and Lifshitz,
 * "Mechanics", 3rd ed. 1976, §11).
 */
import { z } from "zod";
import { camera } from "../../sim/optics.ts";
import { defineSimulatedWorld } from "../../sim/world.ts";
import { random } from "../../random.ts";
import { drawBackdrop, SETTING_NAMES, type Side, SIDES } from "./backdrop.ts";
import { type Canvas, canvasOf, copyOf, extentOf } from "./canvas.ts";
import { GRAVITY, objectOf, rungeKutta } from "./mechanics.ts";
import { PAINT_NAMES, PAINTS, type Rgb, secondPaint } from "./palette.ts";
import { drawBall, drawRod, drawShadow, PATTERNS, type Thing } from "./solids.ts";
import { swingingCaptions } from "./swinging_captions.ts";
import type { MacroObject, MacroTruth } from "./types.ts";

/** Length of the frame's shorter side in metres. */
const SWINGING_FIELD_M = 2.2;

/** Ratio of each pendulum's length to the previous one. */
const SHORTER = 0.86;
/** Distance between neighbouring pivots, in metres. */
const APART_M = 0.15;

const WOOD: Rgb = [0.5, 0.33, 0.2];
const STEEL: Rgb = [0.62, 0.63, 0.66];

const parameters = z.object({
  pendulums: z.int().min(1).max(4).default(1),
  length_m: z.number().min(0.6).max(0.85).default(0.8)
    .describe("of the longest, from pivot to the bob's centre, m"),
  amplitude_degrees: z.int().min(15).max(100).default(50)
    .describe("angle from the vertical at which they are let go"),
  side: z.enum(SIDES).default("left").describe("where they are let go"),
  colour: z.enum(PAINT_NAMES).default("red"),
  setting: z.enum(SETTING_NAMES).default("table"),
  light_from: z.enum(SIDES).default("left"),
});

/** Pendulums. */
export const swinging = defineSimulatedWorld<typeof parameters, MacroTruth>({
  name: "swinging",
  parameters,
  captions: swingingCaptions,
  simulate(p, clip) {
    const still = canvasOf(clip.width, clip.height, SWINGING_FIELD_M);
    const { wide, high } = extentOf(still);
    const { setting, light_from: light } = p;
    const edge = high - 0.42;
    const foot = high - 0.2;
    const pivotY = high - SWINGING_FIELD_M + 0.42;
    drawBackdrop(still, { setting, light, edge: () => edge, seed: clip.seed });
    const uniform = random(clip.seed, "swinging", "bobs");
    const radius = 0.135 + 0.03 * uniform() - 0.01 * p.pendulums;
    const pattern = PATTERNS[Math.floor(uniform() * PATTERNS.length)];
    drawStand(still, wide / 2, pivotY, foot, light);
    const times = Array.from({ length: clip.frames }, (_, frame) => frame / clip.fps);
    const begin = (p.side === "left" ? -1 : 1) * p.amplitude_degrees * Math.PI / 180;
    const pendulums = Array.from({ length: p.pendulums }, (_, i) => {
      const length = p.length_m * SHORTER ** i;
      return {
        length,
        x: wide / 2 + (i - (p.pendulums - 1) / 2) * APART_M,
        ground: foot - 0.03 + 0.05 * i,
        angles: swing(length, begin, times),
      };
    });
    const expose = camera(clip.width, clip.height, random(clip.seed, "swinging", "camera"));
    const objects: MacroObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const canvas = copyOf(still);
      const placed = pendulums.map(({ x, length, angles }): Thing => ({
        x: x + length * Math.sin(angles[frame]),
        y: pivotY + length * Math.cos(angles[frame]),
        radius,
        angle: -angles[frame],
        colour: PAINTS[p.colour],
        second: secondPaint(p.colour),
        light,
      }));
      for (const [i, bob] of placed.entries()) drawShadow(canvas, bob, pendulums[i].ground);
      for (const [i, bob] of placed.entries()) {
        const rod = { thick: 0.026, colour: STEEL, light };
        drawRod(canvas, [pendulums[i].x, pivotY], [bob.x, bob.y], rod);
        drawBall(canvas, bob, pattern);
      }
      objects.push(placed.map(objectOf));
      frames.push(expose(canvas.light));
    }
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: {
        m_per_pixel: still.scale,
        times_s: times,
        objects,
        series: {
          // Angle of the longest from the vertical, positive to the right.
          angle_rad: pendulums[0].angles,
        },
        quantities: {
          gravity_m_s2: GRAVITY,
          length_m: p.length_m,
          amplitude_degrees: p.amplitude_degrees,
          period_s: period(p.length_m, p.amplitude_degrees * Math.PI / 180),
          pivot_x_m: pendulums[0].x,
          pivot_y_m: pivotY,
        },
      },
    };
  },
});

/** A beam on two posts. */
function drawStand(
  canvas: Canvas,
  middle: number,
  beam: number,
  foot: number,
  light: Side,
): void {
  const half = 0.86;
  for (const side of [-1, 1]) {
    const x = middle + side * half;
    drawShadow(canvas, { x, y: foot - 0.06, radius: 0.06, light }, foot);
    drawRod(canvas, [x, beam], [x, foot], { thick: 0.07, colour: WOOD, light });
  }
  const ends = [[middle - half - 0.08, beam], [middle + half + 0.08, beam]] as const;
  drawRod(canvas, ends[0], ends[1], { thick: 0.075, colour: WOOD, light });
}

/**
 * Angles (radians) of a pendulum released from rest.
 *
 * @param length Metres.
 * @param begin Angle from the vertical at time 0, in radians.
 * @param times Seconds, ascending from 0.
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { period, swing } from "./swinging.ts";
 *
 * const [, back] = swing(1, 2, [0, period(1, 2)]);
 * assertNear(back, 2, 1e-6);
 * ```
 */
export function swing(length: number, begin: number, times: readonly number[]): number[] {
  const rate = ([angle, speed]: readonly number[]) => [
    speed,
    -GRAVITY / length * Math.sin(angle),
  ];
  let state = [begin, 0];
  let now = 0;
  return times.map((time) => {
    const steps = Math.ceil((time - now) / 0.005);
    for (let i = 0; i < steps; i++) state = rungeKutta(rate, state, (time - now) / steps);
    now = time;
    return state[0];
  });
}

/**
 * The period of a pendulum in seconds: 2π √(L / g) / agm(1, cos(θ₀ / 2)), with the elliptic
 * integral from the arithmetic-geometric mean (Abramowitz and Stegun 1964, 17.6).
 *
 * @param length Metres.
 * @param amplitude Radians, 0 to below π.
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { GRAVITY } from "./mechanics.ts";
 * import { period } from "./swinging.ts";
 *
 * assertNear(period(1, 1e-4), 2 * Math.PI / Math.sqrt(GRAVITY), 1e-8);
 * ```
 */
export function period(length: number, amplitude: number): number {
  let [a, b] = [1, Math.cos(amplitude / 2)];
  for (let i = 0; i < 8; i++) [a, b] = [(a + b) / 2, Math.sqrt(a * b)];
  return 2 * Math.PI * Math.sqrt(length / GRAVITY) / a;
}
