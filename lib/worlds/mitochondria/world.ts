/**
 * Tubular mitochondria of a flat cell by confocal fluorescence, as a time-lapse (one second of the
 * clip is some twenty seconds): they bend and drift; one is constricted at a single position and
 * divides, two others meet end to end and fuse.
 *
 * Dynamics: Youle and van der Bliek, Science 337 (2012) 1062–1065; tubules are 0.5 µm wide and 2–6
 * µm long. Division is in `strand.ts`, placement in `layout.ts`, rendering in `picture.ts`.
 */
import { z } from "zod";
import { random } from "../../random.ts";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import { camera, type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { TrueObject, World } from "../../sim/types.ts";
import { defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";
import { mitochondriaCaptions } from "./captions.ts";
import { layOut } from "./layout.ts";
import { drawCytoplasm, drawPieces } from "./picture.ts";
import { type Piece, poseAt, RADIUS_UM, type Strand } from "./strand.ts";

/** Length of the frame's shorter side in µm. */
const MITOCHONDRIA_FIELD_UM = 16;

const parameters = z.object({
  mitochondria: z.int().min(4).max(7).default(6).describe("mitochondria at the start"),
  fission_s: z.number().min(0.7).max(2).default(1)
    .describe("second of the clip at which one mitochondrion divides"),
  fusion_s: z.number().min(0.7).max(2.2).default(1.9)
    .describe("second of the clip at which two mitochondria fuse"),
  stain_colour: z.enum(COLOUR_NAMES).default("red"),
});

/** Mitochondria that divide and fuse (scale: subcellular). */
export const world: World = defineWorld({
  name: "mitochondria",
  scale: "subcellular",
  parameters,
  violations: [
    {
      name: "mass-doubling",
      kind: "physical-law",
      description: "both daughters of the fission swell and lengthen to the mother's full mass",
    },
    {
      name: "vanishing-mitochondrion",
      kind: "temporal-consistency",
      description: "a mitochondrion that takes no part in any event fades away",
    },
    {
      name: "shattering",
      kind: "expert-criterion",
      description: "the mother bursts into six fragments at once, without any constriction",
    },
  ],
  captions: mitochondriaCaptions,
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, MITOCHONDRIA_FIELD_UM);
    const view = { width: clip.width * scale, height: clip.height * scale };
    const strands = layOut(p, view, random(clip.seed, "mitochondria", "layout"));
    const texture = smoothNoise(random(clip.seed, "mitochondria", "texture"));
    const background = drawCytoplasm(clip, scale, random(clip.seed, "mitochondria", "cytoplasm"));
    const expose = camera(clip.width, clip.height, random(clip.seed, "mitochondria", "camera"), {
      unevenness: 0.08,
      readLevels: 2.4,
      shotLevels: 5,
    });
    const colour = COLOURS[p.stain_colour].rgb;
    const vanishing = bystanderThatVanishes(strands);
    const vanish_s = 0.45 * clip.frames / clip.fps;
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const time = frame / clip.fps;
      const stain = background.slice();
      objects.push(strands.flatMap((strand, index) => {
        const fades = clip.violation === "vanishing-mitochondrion" && strand === vanishing;
        const opacity = fades ? 1 - smoothstep(vanish_s, vanish_s + 0.3, time) : 1;
        const pieces = poseAt(strand, time, clip.violation);
        drawPieces(stain, clip, scale, strand, pieces, opacity, texture);
        return pieces.map((piece, i) =>
          objectOf(piece, 10 * index + (pieces.length > 1 ? i + 1 : 0), opacity)
        );
      }));
      const light: Light = new Float32Array(stain.length * 3);
      stain.forEach((level, i) => {
        // The brightest stain takes on the paler core of the dye as the detector nears saturation.
        const pale = 0.25 * Math.max(0, level - 0.7);
        for (let c = 0; c < 3; c++) light[3 * i + c] = colour[c] * level + pale;
      });
      frames.push(expose(light));
    }
    const [mother, pair] = strands;
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, MITOCHONDRIA_FIELD_UM, objects, {
        fission_s: p.fission_s,
        fusion_s: p.fusion_s,
        mother_length_um: mother.length,
        fused_length_um: pair.length,
        total_length_um: strands.reduce((sum, strand) => sum + strand.length, 0),
      }),
    };
  },
});

function bystanderThatVanishes(strands: readonly Strand[]): Strand {
  return strands.slice(2).reduce((a, b) => b.length * b.level > a.length * a.level ? b : a);
}

function objectOf(piece: Piece, id: number, opacity: number): TrueObject {
  const length = piece.reduce((sum, bead) => sum + bead.span, 0);
  const area = piece.reduce((sum, bead) => sum + bead.span * bead.gain, 0) * 2 * RADIUS_UM;
  const mean = (key: "x" | "y") =>
    piece.reduce((sum, bead) => sum + bead[key] * bead.span, 0) / length;
  return {
    id,
    x_um: mean("x"),
    y_um: mean("y"),
    radius_um: Math.sqrt(area / Math.PI),
    area_um2: area * opacity,
    opacity,
  };
}
