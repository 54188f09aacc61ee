/**
 * Objects that are released together and fall to the ground, in slow motion.
 *
 * Without air: s = ½ g t². With air: drag proportional to the square of the speed, hence a terminal
 * speed w, with v = w tanh(g t / w) and s = (w² / g) ln cosh(g t / w) on the way down, and on the
 * way up, after a small rebound, s = (w² / g) ln(cos(a − g t / w) / cos a) with tan a = v₀ / w
 * (Timmerman and van der Weele, American Journal of Physics 67 (1999) 538–546).
 */
import { z } from "zod";
import { camera } from "../../sim/optics.ts";
import { defineSimulatedWorld } from "../../sim/world.ts";
import { random, type Uniform } from "../../random.ts";
import { drawBackdrop, SETTING_NAMES, SIDES } from "./backdrop.ts";
import { canvasOf, copyOf, extentOf } from "./canvas.ts";
import { fallingCaptions } from "./falling_captions.ts";
import { GRAVITY, objectOf } from "./mechanics.ts";
import { PAINT_NAMES, PAINTS, secondPaint } from "./palette.ts";
import { drawBall, drawBox, drawHoop, drawShadow, PATTERNS, type Thing } from "./solids.ts";
import type { MacroObject, MacroTruth } from "./types.ts";

/** Length of the frame's shorter side in metres. */
const FALLING_FIELD_M = 2.8;

/** The speed at which drag balances gravity, in m/s. */
export const TERMINAL_M_S = { none: Infinity, some: 5, strong: 2.8 } as const;

/** The fraction of its speed that an object keeps when it hits the ground. */
const REBOUND = 0.3;
/** Rebounds slower than this, in m/s, end the motion. */
const REST_M_S = 0.15;

const parameters = z.object({
  object: z.enum(["ball", "box", "hoop"]).default("ball"),
  objects: z.int().min(1).max(4).default(2),
  drop_height_m: z.number().min(1.2).max(1.9).default(1.8)
    .describe("height above the ground from which the first is let go, m"),
  air_drag: z.enum(["none", "some", "strong"]).default("none"),
  slow_motion: z.int().min(2).max(3).default(3)
    .describe("how many times slower than life the clip plays"),
  colour: z.enum(PAINT_NAMES).default("red"),
  setting: z.enum(SETTING_NAMES).default("lawn"),
  light_from: z.enum(SIDES).default("left"),
});

/** Things that fall. */
export const falling = defineSimulatedWorld<typeof parameters, MacroTruth>({
  name: "falling",
  parameters,
  captions: fallingCaptions,
  simulate(p, clip) {
    const still = canvasOf(clip.width, clip.height, FALLING_FIELD_M);
    const { wide, high } = extentOf(still);
    const edge = high - 0.46;
    const { setting, light_from: light } = p;
    drawBackdrop(still, { setting, light, edge: () => edge, seed: clip.seed });
    const things = arrange(p, wide, high, random(clip.seed, "falling", "things"));
    const expose = camera(clip.width, clip.height, random(clip.seed, "falling", "camera"));
    const terminal = TERMINAL_M_S[p.air_drag];
    const objects: MacroObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const time = frame / clip.fps / p.slow_motion;
      const canvas = copyOf(still);
      const placed = things.map((thing): Thing => ({
        ...thing,
        y: thing.ground - thing.radius - heightAt(time, thing.drop, terminal),
        angle: thing.turn * Math.min(1, time / fallTime(thing.drop, terminal)),
      }));
      for (const [i, thing] of placed.entries()) drawShadow(canvas, thing, things[i].ground);
      for (const [i, thing] of placed.entries()) {
        if (p.object === "ball") drawBall(canvas, thing, things[i].pattern);
        else if (p.object === "box") drawBox(canvas, thing);
        else drawHoop(canvas, thing);
      }
      objects.push(placed.map(objectOf));
      frames.push(expose(canvas.light));
    }
    const quantities: Record<string, number> = {
      gravity_m_s2: GRAVITY,
      slow_motion: p.slow_motion,
      landing_s: p.slow_motion * fallTime(things[0].drop, terminal),
    };
    if (Number.isFinite(terminal)) quantities.terminal_m_s = terminal;
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: {
        m_per_pixel: still.scale,
        times_s: frames.map((_, frame) => frame / clip.fps),
        objects,
        series: {},
        quantities,
      },
    };
  },
});

/** Objects side by side; the others start slightly lower than the first. */
function arrange(p: z.output<typeof parameters>, wide: number, high: number, uniform: Uniform) {
  const pattern = PATTERNS[Math.floor(uniform() * PATTERNS.length)];
  const lane = wide / (p.objects + 0.6);
  const radius = Math.min(0.2 + 0.08 * uniform(), 0.42 * lane);
  return Array.from({ length: p.objects }, (_, i) => ({
    x: wide / 2 + (i - (p.objects - 1) / 2 + 0.24 * (uniform() - 0.5)) * lane,
    radius: radius * (1 - 0.2 * uniform()),
    ground: high - 0.3 + 0.14 * uniform(),
    drop: p.drop_height_m * (i === 0 ? 1 : 0.72 + 0.26 * uniform()),
    // Quarter turns, so that a box lands on a face.
    turn: Math.PI / 2 * (Math.floor(3 * uniform()) - 1),
    pattern,
    colour: PAINTS[p.colour],
    second: secondPaint(p.colour),
    light: p.light_from,
  }));
}

/**
 * Duration of a fall in seconds.
 *
 * @param drop Metres.
 * @param terminal Terminal speed, m/s; Infinity without air.
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { fallTime } from "./falling.ts";
 * import { GRAVITY } from "./mechanics.ts";
 *
 * assertNear(fallTime(GRAVITY / 2, Infinity), 1, 1e-12);
 * assertNear(fallTime(30, 2), 15 + 2 * Math.LN2 / GRAVITY, 1e-6);
 * ```
 */
export function fallTime(drop: number, terminal: number): number {
  if (terminal === Infinity) return Math.sqrt(2 * drop / GRAVITY);
  return terminal / GRAVITY * Math.acosh(Math.exp(drop * GRAVITY / terminal ** 2));
}

/**
 * Height above the ground in metres of an object released from rest.
 *
 * @param time Seconds since the release.
 * @param drop Initial height in metres.
 * @param terminal Terminal speed, m/s; Infinity without air.
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { heightAt } from "./falling.ts";
 * import { GRAVITY } from "./mechanics.ts";
 *
 * assertNear(heightAt(0.5, 2, Infinity), 2 - GRAVITY / 8, 1e-12);
 * assertNear(heightAt(20, 2, Infinity), 0, 1e-12);
 * ```
 */
export function heightAt(time: number, drop: number, terminal: number): number {
  const landing = fallTime(drop, terminal);
  if (time <= landing) return drop - fallen(time, terminal);
  let left = time - landing;
  let speed = REBOUND *
    (terminal === Infinity
      ? GRAVITY * landing
      : terminal * Math.tanh(GRAVITY * landing / terminal));
  while (speed > REST_M_S) {
    const [rise, top] = upward(speed, terminal);
    if (left <= rise) return top - fallenBack(rise - left, terminal);
    left -= rise;
    const down = fallTime(top, terminal);
    if (left <= down) return top - fallen(left, terminal);
    left -= down;
    speed = REBOUND * Math.sqrt(
      terminal === Infinity
        ? 2 * GRAVITY * top
        : terminal ** 2 * (1 - Math.exp(-2 * GRAVITY * top / terminal ** 2)),
    );
  }
  return 0;
}

/** Distance fallen from rest, in metres. */
function fallen(time: number, terminal: number): number {
  if (terminal === Infinity) return GRAVITY * time * time / 2;
  return terminal ** 2 / GRAVITY * Math.log(Math.cosh(GRAVITY * time / terminal));
}

/** Distance still to rise, at a time before the top. */
function fallenBack(time: number, terminal: number): number {
  if (terminal === Infinity) return GRAVITY * time * time / 2;
  return -(terminal ** 2) / GRAVITY * Math.log(Math.cos(GRAVITY * time / terminal));
}

/** Duration (s) and height (m) of an upward throw. */
function upward(speed: number, terminal: number): [number, number] {
  if (terminal === Infinity) return [speed / GRAVITY, speed * speed / (2 * GRAVITY)];
  const part = speed / terminal;
  return [
    terminal / GRAVITY * Math.atan(part),
    terminal ** 2 / (2 * GRAVITY) * Math.log(1 + part * part),
  ];
}
