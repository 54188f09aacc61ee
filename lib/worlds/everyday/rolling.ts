/**
 * Balls, wheels or hoops that roll down a slope or a hill without slipping, one after another; see
 * `rolling_course.ts` for the mechanics.
 */
import { z } from "zod";
import { camera } from "../../sim/optics.ts";
import { defineSimulatedWorld } from "../../sim/world.ts";
import { random } from "../../random.ts";
import { drawBackdrop, SETTING_NAMES, SIDES } from "./backdrop.ts";
import { canvasOf, copyOf, extentOf } from "./canvas.ts";
import { GRAVITY, objectOf } from "./mechanics.ts";
import { PAINT_NAMES, PAINTS, secondPaint } from "./palette.ts";
import { rollingCaptions } from "./rolling_captions.ts";
import { INERTIA, roll, surfaceOf } from "./rolling_course.ts";
import { drawBall, drawHoop, drawShadow, drawWheel, type Thing } from "./solids.ts";
import type { MacroObject, MacroTruth } from "./types.ts";

/** Length of the frame's shorter side in metres. */
const ROLLING_FIELD_M = 4.4;

/** Distance of the rolling objects in front of the ground's far edge, in metres down the frame. */
const LANE_M = 0.16;

const parameters = z.object({
  object: z.enum(["ball", "wheel", "hoop"]).default("ball"),
  objects: z.int().min(1).max(4).default(2),
  path: z.enum(["slope", "hill"]).default("slope")
    .describe("a straight slope, or a hill whose steepest part has the angle"),
  slope_degrees: z.int().min(0).max(14).default(10),
  start_speed_m_s: z.number().min(0.4).max(0.7).default(0.5),
  direction: z.enum(SIDES).default("right").describe("where things roll to"),
  colour: z.enum(PAINT_NAMES).default("blue"),
  setting: z.enum(SETTING_NAMES).default("wall"),
  light_from: z.enum(SIDES).default("left"),
});

/** Rolling objects. */
export const rolling = defineSimulatedWorld<typeof parameters, MacroTruth>({
  name: "rolling",
  parameters,
  captions: rollingCaptions,
  simulate(p, clip) {
    const still = canvasOf(clip.width, clip.height, ROLLING_FIELD_M);
    const { wide, high } = extentOf(still);
    const uniform = random(clip.seed, "rolling", "things");
    const radius = 0.3 + 0.11 * uniform();
    const pattern = uniform() < 0.5 ? "stripe" : "panels";
    const surface = surfaceOf(p.path, p.slope_degrees * Math.PI / 180, 0.45 * wide);
    // The middle of the path is at the same height whatever its slope.
    const middle = Math.min(high - 1.2, 0.6 * high) - surface.fall(wide / 2);
    const mirrored = (u: number) => p.direction === "right" ? u : wide - u;
    const turning = p.direction === "right" ? 1 : -1;
    const edge = (x: number) => middle + surface.fall(mirrored(x));
    const { setting, light_from: light } = p;
    drawBackdrop(still, { setting, light, edge, seed: clip.seed });
    const expose = camera(clip.width, clip.height, random(clip.seed, "rolling", "camera"));
    const times = Array.from({ length: clip.frames }, (_, frame) => frame / clip.fps);
    const inertia = INERTIA[p.object];
    const runs = Array.from({ length: p.objects }, (_, i) => ({
      first: 2 * Math.PI * uniform(),
      course: roll(surface, {
        u: 0.14 * wide - i * (2.6 * radius + 0.12),
        speed: p.start_speed_m_s,
        radius,
        inertia,
      }, times),
    }));
    const objects: MacroObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const canvas = copyOf(still);
      const placed = runs.map(({ course, first }) => {
        const { u, way } = course[frame];
        const slope = surface.slope(u);
        const contact = middle + surface.fall(u) + LANE_M;
        const x = mirrored(u + radius * Math.sin(slope));
        const y = contact - radius * Math.cos(slope);
        const thing: Thing = {
          x,
          y,
          radius,
          angle: first + turning * way / radius,
          colour: PAINTS[p.colour],
          second: secondPaint(p.colour),
          light,
        };
        return { thing, foot: mirrored(u), contact, slope: turning * slope };
      });
      for (const { thing, foot, contact, slope } of placed) {
        drawShadow(canvas, { ...thing, x: foot, y: contact - radius }, contact, slope);
      }
      for (const { thing } of placed) {
        if (p.object === "ball") drawBall(canvas, thing, pattern);
        else if (p.object === "wheel") drawWheel(canvas, thing);
        else drawHoop(canvas, thing);
      }
      objects.push(placed.map(({ thing }, id) => objectOf(thing, id)));
      frames.push(expose(canvas.light));
    }
    const [lead] = runs;
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: {
        m_per_pixel: still.scale,
        times_s: times,
        objects,
        series: {
          way_m: lead.course.map(({ way }) => way),
          speed_m_s: lead.course.map(({ speed }) => speed),
          // Kinetic and potential energy per kilogram of the first object.
          energy_j_kg: lead.course.map(({ speed }, frame) =>
            (1 + inertia) * speed ** 2 / 2 + GRAVITY * (high - objects[frame][0].y_m)
          ),
        },
        quantities: {
          gravity_m_s2: GRAVITY,
          inertia_factor: inertia,
          slope_degrees: p.slope_degrees,
        },
      },
    };
  },
});
