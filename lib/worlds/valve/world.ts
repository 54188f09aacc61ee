/**
 * The valve of a lymphatic vessel through a few cycles of pressure, in transmitted light with
 * labelled lymphocytes: two leaflets part when pressure is higher upstream and meet when it is
 * higher downstream, so that lymph flows in one direction.
 *
 * How pressure opens the valve and drives the flow, with sources, is in `opening.ts`; how cells are
 * carried through it in `course.ts`; the rendering in `picture.ts`. Time is slowed down about
 * fivefold to be visible.
 */
import { z } from "zod";
import { random } from "../../random.ts";
import { COLOURS } from "../../sim/colour.ts";
import { camera, smoothNoise } from "../../sim/optics.ts";
import type { TrueObject, World } from "../../sim/types.ts";
import { defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";
import { valveCaptions } from "./captions.ts";
import { carry, cellIn, leafletsAt, STEPS_PER_S, vesselOf } from "./course.ts";
import { drawCell, drawLeaflets, drawVessel } from "./picture.ts";
import { GAP_UM, LEAFLET_UM } from "./walls.ts";

/** Length of the frame's shorter side in µm. */
export const VALVE_FIELD_UM = 110;

const parameters = z.object({
  period_s: z.number().min(0.8).max(1.5).default(1.1)
    .describe("time from one opening to the next, as shown, s"),
  peak_speed_um_s: z.number().min(50).max(110).default(80)
    .describe("greatest speed on the axis upstream of the valve, µm/s"),
  cells: z.int().min(6).max(12).default(9).describe("lymphocytes in and around the view"),
  direction: z.enum(["left to right", "right to left"]).default("left to right"),
  label_colour: z.enum(["green", "orange", "magenta"]).default("green")
    .describe("fluorescent label of the lymphocytes"),
});

/** A lymphatic valve that opens and closes (scale: organ). */
export const world: World = defineWorld({
  name: "valve",
  scale: "organ",
  parameters,
  violations: [
    {
      name: "backflow",
      kind: "physical-law",
      description: "cells stream back through the closed leaflets as fast as they came",
    },
    {
      name: "vanishing-leaflet",
      kind: "temporal-consistency",
      description: "one of the two leaflets fades away in the middle of the clip",
    },
    {
      name: "stuck-leaflet",
      kind: "expert-criterion",
      description: "one leaflet stands still while the other opens and closes alone",
    },
  ],
  captions: valveCaptions,
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, VALVE_FIELD_UM);
    const vessel = vesselOf(p, clip, scale);
    const background = drawVessel(vessel, clip, scale);
    const nuclei = smoothNoise(random(clip.seed, "valve", "nuclei"));
    const expose = camera(clip.width, clip.height, random(clip.seed, "valve", "camera"), {
      unevenness: 0.16,
      readLevels: 2.2,
      shotLevels: 4,
    });
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    // One preceding cycle brings the cells into their steady state.
    let steps = -Math.round(p.period_s * STEPS_PER_S);
    for (let frame = 0; frame < clip.frames; frame++) {
      const time = frame / clip.fps;
      for (; steps < Math.round(time * STEPS_PER_S); steps++) carry(vessel, steps / STEPS_PER_S);
      const leaflets = leafletsAt(vessel, time);
      const light = background.slice();
      drawLeaflets(light, vessel, leaflets, clip, scale);
      objects.push(vessel.cells.map((cell, id) => {
        const object = cellIn(vessel, cell, id, leaflets);
        drawCell(light, clip, scale, object, cell.phase, COLOURS[p.label_colour].rgb, nuclei);
        return object;
      }));
      frames.push(expose(light));
    }
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, VALVE_FIELD_UM, objects, {
        period_s: p.period_s,
        peak_speed_um_s: p.peak_speed_um_s,
        phase: vessel.phase,
        axis_y_um: vessel.axis,
        tips_x_um: vessel.flip(vessel.base + LEAFLET_UM),
        open_half_gap_um: GAP_UM.open,
        stuck_or_lost: vessel.odd,
      }),
    };
  },
});
