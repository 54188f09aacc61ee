/**
 * A jug that is tilted and pours a drink into a glass; see `pouring_course.ts` for the physics and
 * `pouring_picture.ts` for the rendering.
 */
import { z } from "zod";
import { camera, smoothNoise, smoothstep } from "../../sim/optics.ts";
import { defineSimulatedWorld } from "../../sim/world.ts";
import { random } from "../../random.ts";
import { drawBackdrop, SETTING_NAMES, SIDES } from "./backdrop.ts";
import { canvasOf, copyOf, extentOf } from "./canvas.ts";
import { GRAVITY } from "./mechanics.ts";
import { pouringCaptions } from "./pouring_captions.ts";
import {
  BEGIN_S,
  LIP_SPEED,
  pour,
  type Poured,
  surfaceBelowLip,
  tiltOf,
} from "./pouring_course.ts";
import { drawGlass, drawJug, drawStream, LIQUID_NAMES, type Table } from "./pouring_picture.ts";
import { drawShadow } from "./solids.ts";
import type { MacroObject, MacroTruth } from "./types.ts";

/** Length of the frame's shorter side in metres. */
const POURING_FIELD_M = 0.36;

/** Initial volume in the jug, m³. */
const JUG_M3 = 1.25e-3;
const GLASS_HIGH_M = 0.115;
/** From the lip down to the glass's rim, in metres. */
const CLEAR_M = 0.045;
/** How much less than needed for pouring the jug is tilted before and after, in radians. */
const BACK = 0.4;

const parameters = z.object({
  liquid: z.enum(LIQUID_NAMES).default("orange juice"),
  flow_ml_s: z.int().min(140).max(200).default(160),
  fill_percent: z.int().min(40).max(75).default(70)
    .describe("of the glass, when the pouring ends"),
  glass_radius_cm: z.number().min(2.8).max(3.3).default(3.1).describe("inner radius, cm"),
  pours_to: z.enum(SIDES).default("right").describe("the side of the glass, seen from the jug"),
  setting: z.enum(SETTING_NAMES).default("table"),
  light_from: z.enum(SIDES).default("left"),
});

/** A drink poured into a glass. */
export const pouring = defineSimulatedWorld<typeof parameters, MacroTruth>({
  name: "pouring",
  parameters,
  captions: pouringCaptions,
  simulate(p, clip) {
    const still = canvasOf(clip.width, clip.height, POURING_FIELD_M);
    const { wide, high } = extentOf(still);
    const { setting, light_from: light } = p;
    drawBackdrop(still, { setting, light, edge: () => high - 0.095, seed: clip.seed });
    const turn = p.pours_to === "right" ? 1 : -1;
    const radius = p.glass_radius_cm / 100;
    const bottom = high - 0.052;
    const lip = { x: wide / 2 + turn * 0.025, y: bottom - GLASS_HIGH_M - CLEAR_M };
    // The stream meets the middle of the glass at half its height.
    const fall = Math.sqrt(2 * (CLEAR_M + GLASS_HIGH_M / 2) / GRAVITY);
    const glass = { x: lip.x + turn * LIP_SPEED * fall, bottom, radius, high: GLASS_HIGH_M };
    const table: Table = { turn, lip, glass, liquid: p.liquid, light };
    const capacity = Math.PI * radius ** 2 * GLASS_HIGH_M;
    const times = Array.from({ length: clip.frames }, (_, frame) => frame / clip.fps);
    const states = pour({
      flow: p.flow_ml_s * 1e-6,
      volume: capacity * p.fill_percent / 100,
      jug: JUG_M3,
      radius,
      drop: CLEAR_M + GLASS_HIGH_M,
    }, times);
    const end = endOf(p.flow_ml_s * 1e-6, capacity * p.fill_percent / 100);
    drawShadow(still, { x: glass.x, y: bottom - 0.02, radius: radius * 1.1, light }, bottom + 0.01);
    const wobble = smoothNoise(random(clip.seed, "pouring", "wobble"));
    const expose = camera(clip.width, clip.height, random(clip.seed, "pouring", "camera"));
    const frames = states.map((state, frame) => {
      const canvas = copyOf(still);
      const time = times[frame];
      const tilt = tiltAt(time, end, state);
      drawStream(canvas, table, state, wobble, time);
      drawGlass(canvas, table, state, wobble, time);
      drawJug(canvas, table, tilt, surfaceBelowLip(state.jug, tilt));
      return expose(canvas.light);
    });
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: {
        m_per_pixel: still.scale,
        times_s: times,
        objects: states.map((state, frame): MacroObject[] => [
          {
            id: 0,
            x_m: glass.x,
            y_m: bottom - GLASS_HIGH_M / 2,
            radius_m: radius,
            angle_rad: 0,
          },
          {
            id: 1,
            x_m: lip.x,
            y_m: lip.y,
            radius_m: 0.05,
            angle_rad: turn * tiltAt(times[frame], end, state),
          },
        ]),
        series: {
          jug_ml: states.map(({ jug }) => 1e6 * jug),
          stream_ml: states.map(({ air }) => 1e6 * air),
          glass_ml: states.map(({ glass: held }) => 1e6 * held),
          level_m: states.map(({ level }) => level),
        },
        quantities: {
          gravity_m_s2: GRAVITY,
          glass_ml: 1e6 * capacity,
          glass_radius_m: radius,
          flow_ml_s: p.flow_ml_s,
        },
      },
    };
  },
});

/** Second when the last drop leaves. */
function endOf(flow: number, volume: number): number {
  return BEGIN_S + volume / flow + 0.25;
}

/** The jug's tilt: up to where its liquid reaches the lip while it pours, less before and after. */
function tiltAt(time: number, end: number, { jug }: Poured): number {
  const before = 1 - smoothstep(0, BEGIN_S, time);
  const after = smoothstep(end, end + 0.4, time);
  return tiltOf(jug) - BACK * before - 0.5 * after;
}
