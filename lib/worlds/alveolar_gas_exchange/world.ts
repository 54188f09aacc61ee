/**
 * Red blood cells that pass in single file through the capillaries around an alveolus, taking up
 * oxygen on the way, as a confocal map of their oxygenation: plasma in green, air black,
 * haemoglobin from blue (mixed venous) to red (saturated).
 *
 * The capillaries are in `paths.ts`, the cells' course and uptake, with sources, in `course.ts`, the
 * rendering in `picture.ts`. Everything is slowed down about fourfold to be visible.
 * Sizes: alveoli 40–50 µm, capillaries 5–6 µm and red cells 6 µm across, as in the mouse; imaged in
 * this way by Tabuchi et al., Am. J. Respir. Crit. Care Med. 188 (2013) 474–481.
 */
import { z } from "zod";
import { random } from "../../random.ts";
import { camera } from "../../sim/optics.ts";
import type { TrueObject, World } from "../../sim/types.ts";
import { defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";
import { gasExchangeCaptions } from "./captions.ts";
import { cellAt, placeCells, SATURATION } from "./course.ts";
import { CELL_UM, drawCell, drawTissue } from "./picture.ts";
import { alveolusOf, pathsAround } from "./paths.ts";

/** Length of the frame's shorter side in µm. */
export const ALVEOLUS_FIELD_UM = 72;

const parameters = z.object({
  alveolus_radius_um: z.number().min(18).max(23).default(21)
    .describe("mean radius of the air space, µm"),
  speed_um_s: z.number().min(18).max(34).default(28)
    .describe("speed of the red cells as shown, slowed down some fourfold, µm/s"),
  equilibrated_share: z.number().min(0.25).max(0.7).default(0.35)
    .describe("share of the way along the air by which 95 % of the oxygen is taken up"),
  cells: z.int().min(10).max(16).default(14).describe("red cells in and around the view"),
  direction: z.enum(["left to right", "right to left"]).default("left to right"),
});

/** Oxygen uptake around an alveolus (scale: organ). */
export const world: World = defineWorld({
  name: "alveolar-gas-exchange",
  scale: "organ",
  parameters,
  violations: [
    {
      name: "oxygen-loss",
      kind: "physical-law",
      description: "cells come in red and turn blue along the air, against the gradient of oxygen",
    },
    {
      name: "flickering-oxygenation",
      kind: "temporal-consistency",
      description: "each cell's colour flips between blue and red at random from frame to frame",
    },
    {
      name: "breached-barrier",
      kind: "expert-criterion",
      description:
        "cells leave the capillary through the intact barrier and float in the air space",
    },
  ],
  captions: gasExchangeCaptions,
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, ALVEOLUS_FIELD_UM);
    const alveolus = alveolusOf(p.alveolus_radius_um, clip, scale);
    const paths = pathsAround(alveolus, clip.width * scale, p.direction);
    const cells = placeCells(p, clip, paths);
    const background = drawTissue(alveolus, paths, clip, scale);
    const flips = random(clip.seed, "alveolus", "flips");
    const expose = camera(clip.width, clip.height, random(clip.seed, "alveolus", "camera"), {
      unevenness: 0.12,
      readLevels: 2.5,
      shotLevels: 6,
    });
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const time = frame / clip.fps;
      const light = background.slice();
      objects.push(cells.map((cell, id) => {
        const state = cellAt(cell, time, p, clip, paths[cell.file], alveolus);
        const flipped = flips() < 0.5 ? SATURATION.venous : SATURATION.alveolar;
        const flickers = clip.violation === "flickering-oxygenation" && frame > 0;
        drawCell(light, clip, scale, state, cell, flickers ? flipped : state.saturation);
        const area = Math.PI * CELL_UM.long * CELL_UM.wide * cell.size ** 2;
        const radius_um = Math.sqrt(area / Math.PI);
        return { id, x_um: state.x, y_um: state.y, radius_um, area_um2: area, opacity: 1 };
      }));
      frames.push(expose(light));
    }
    const [from, to] = paths[0].exchange;
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, ALVEOLUS_FIELD_UM, objects, {
        speed_um_s: p.speed_um_s,
        transit_s: (to - from) / p.speed_um_s,
        time_constant_s: p.equilibrated_share * (to - from) / 3 / p.speed_um_s,
        equilibrated_share: p.equilibrated_share,
        venous_saturation: SATURATION.venous,
        alveolar_saturation: SATURATION.alveolar,
        air_x_um: alveolus.x,
        air_y_um: alveolus.y,
        air_radius_um: p.alveolus_radius_um,
      }),
    };
  },
});
