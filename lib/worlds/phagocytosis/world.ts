/**
 * A phagocyte that crawls from one yeast particle to the next and engulfs them, in phase contrast
 * as a time-lapse (about thirty times real time, so that 12 µm per second of the clip is the 24 µm
 * per minute of an active leukocyte).
 *
 * The process, with sources, is in `course.ts`; the rendering in `picture.ts`. Times are seconds of
 * the clip.
 */
import { z } from "zod";
import { random } from "../../random.ts";
import { camera } from "../../sim/optics.ts";
import { phagocytosisCaptions } from "./captions.ts";
import { CELL_UM, courseOf, PARTICLE_UM } from "./course.ts";
import { drawState, textureOf } from "./picture.ts";
import type { TrueObject, World } from "../../sim/types.ts";
import { defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";

/** Length of the frame's shorter side in µm. */
const PHAGOCYTOSIS_FIELD_UM = 50;

const parameters = z.object({
  cell: z.enum(["macrophage", "neutrophil"]).default("macrophage"),
  particles: z.int().min(2).max(4).default(3).describe("yeast particles, all of which are eaten"),
  interval_s: z.number().min(0.55).max(0.95).default(0.75)
    .describe("seconds of the clip from one uptake to the next, and to the first"),
  speed_um_s: z.number().min(8).max(14).default(12)
    .describe("mean speed of the cell, µm a second of the clip"),
});

export type PhagocytosisParameters = z.output<typeof parameters>;

/** A cell that eats (scale: cell). */
export const world: World = defineWorld({
  name: "phagocytosis",
  scale: "cell",
  parameters,
  violations: [
    {
      name: "remote-uptake",
      kind: "physical-law",
      description: "particles vanish at a distance and are in the cell without having touched it",
    },
    {
      name: "reappearing-particles",
      kind: "temporal-consistency",
      description: "swallowed particles are outside again, behind the cell",
    },
    {
      name: "pushed-aside",
      kind: "expert-criterion",
      description: "the cell meets the particles but forms no cup: it pushes them along",
    },
  ],
  captions: phagocytosisCaptions,
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, PHAGOCYTOSIS_FIELD_UM);
    const view = { width: clip.width, height: clip.height, scale };
    const [midX, midY] = [clip.width * scale / 2, clip.height * scale / 2];
    const course = courseOf({
      cell: p.cell,
      particles: p.particles,
      interval: p.interval_s,
      speed: p.speed_um_s,
      violation: clip.violation,
      seed: clip.seed,
    });
    const texture = textureOf(view, p.particles, clip.seed);
    const uniform = random(clip.seed, "phagocytosis", "camera");
    const expose = camera(clip.width, clip.height, uniform, { unevenness: 0.12 });
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const time = frame / clip.fps;
      const state = course.at(time);
      const disc = (id: number, x: number, y: number, radius: number, opacity: number) => ({
        id,
        x_um: midX + x,
        y_um: midY + y,
        radius_um: radius,
        area_um2: Math.PI * radius ** 2 * opacity,
        opacity,
      });
      objects.push([
        disc(0, state.centre.x, state.centre.y, state.radius, 1),
        ...state.particles.map((q, i) => disc(i + 1, q.x, q.y, PARTICLE_UM, q.opacity)),
      ]);
      frames.push(expose(drawState(state, p.cell, time, view, texture)));
    }
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, PHAGOCYTOSIS_FIELD_UM, objects, {
        speed_um_s: p.speed_um_s,
        cell_radius_um: CELL_UM[p.cell],
        ...Object.fromEntries(course.uptakes.map((uptake, i) => [`uptake_${i + 1}_s`, uptake])),
      }),
    };
  },
});
