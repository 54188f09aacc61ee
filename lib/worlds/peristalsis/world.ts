/**
 * A segment of small intestine with peristaltic waves, seen from above in transmitted light: rings
 * of contraction travel along it one after another, each pushing a bolus of stained chyme ahead.
 *
 * Flow: see `flow.ts`; the content that fills the closed gut moves with the rings and its volume is
 * conserved. The wall's tissue is incompressible: it thickens where the lumen narrows.
 * Sizes and rates: mouse small intestine, some 25 to 40 waves per minute travelling at millimetres
 * per second (Huizinga and Lammers, Am. J. Physiol. Gastrointest. 296 (2009) G1–G8).
 * Light: absorption by thickness (Beer–Lambert).
 */
import { z } from "zod";
import { random } from "../../random.ts";
import { camera, smoothNoise, smoothstep } from "../../sim/optics.ts";
import { peristalsisCaptions } from "./captions.ts";
import {
  displaced,
  lumenRadius,
  recirculate,
  scatter,
  volumeTable,
  WALL_MM2,
  type Wave,
  waveOf,
} from "./flow.ts";
import { CONTENT, drawGranule, drawGut, type Gut, texturesOf } from "./picture.ts";
import type { TrueObject, World } from "../../sim/types.ts";
import { type Clip, defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";

/** Length of the frame's shorter side in µm. */
const PERISTALSIS_FIELD_UM = 10_000;

/** Steps between frames: granules turn back sharply near a ring. */
const SUBSTEPS = 8;

const parameters = z.object({
  wave_speed_mm_s: z.number().min(3).max(6).default(4)
    .describe("speed at which the rings travel, mm/s"),
  interval_s: z.number().min(1.5).max(2.4).default(1.8)
    .describe("time from one wave to the next, s"),
  direction: z.enum(["left to right", "right to left"]).default("left to right"),
  content_colour: z.enum(["brown", "green", "blue"]).default("brown")
    .describe("plain chyme, or chyme with a dye"),
});

export type PeristalsisParameters = z.output<typeof parameters>;

/** A contraction wave in the gut (scale: organ). */
export const world: World = defineWorld({
  name: "peristalsis",
  scale: "organ",
  parameters,
  violations: [
    {
      name: "upstream-content",
      kind: "physical-law",
      description: "the content moves against the waves, straight through the closed rings",
    },
    {
      name: "vanishing-content",
      kind: "temporal-consistency",
      description: "the content fades out of the closed gut while the waves go on",
    },
    {
      name: "standing-rings",
      kind: "expert-criterion",
      description: "rings pinch and relax on the spot and do not travel: segmentation",
    },
  ],
  captions: peristalsisCaptions,
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, PERISTALSIS_FIELD_UM) / 1000;
    const [across, down] = [clip.width * scale, clip.height * scale];
    const wave = waveOf(p.wave_speed_mm_s, p.interval_s);
    const uniform = random(clip.seed, "peristalsis", "gut");
    const phase = wave.length * uniform();
    const bend = [7.5 * uniform(), 7.5 * uniform()];
    const midline = (x: number) =>
      down / 2 + 0.22 * Math.sin(x / 1.9 + bend[0]) + 0.1 * Math.sin(x / 0.9 + bend[1]);
    const along = (x: number) => p.direction === "left to right" ? x : across - x;
    const duration = clip.frames / clip.fps;
    // Waves behind the edge that enter before the end, and one beyond the other edge.
    const numbers = Array.from(
      { length: Math.ceil((across + p.wave_speed_mm_s * duration) / wave.length) + 3 },
      (_, i) => Math.ceil(across / wave.length) - i,
    );
    let granules = numbers.flatMap((k) => scatter(wave, clip.seed, k));
    const volumes = volumeTable(wave);
    const view = { width: clip.width, height: clip.height, scale, along, midline };
    const look = {
      ...texturesOf(clip, scale, midline),
      chyme: smoothNoise(random(clip.seed, "peristalsis", "chyme")),
      dye: CONTENT[p.content_colour],
    };
    const expose = camera(clip.width, clip.height, random(clip.seed, "peristalsis", "camera"));
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    const start = granules;
    for (let frame = 0; frame < clip.frames; frame++) {
      const time = frame / clip.fps;
      const front = phase + p.wave_speed_mm_s * time;
      const standing = clip.violation === "standing-rings";
      const upstream = clip.violation === "upstream-content";
      const gut = gutAt(time, p, clip, wave, phase);
      if (frame > 0 && !standing && !upstream) {
        for (let s = 0; s < SUBSTEPS; s++) {
          granules = recirculate(granules, wave, p.wave_speed_mm_s, 1 / clip.fps / SUBSTEPS);
        }
      }
      const places = (upstream || standing ? start : granules).map((granule) => {
        const lab = upstream
          ? granule.along + phase - p.wave_speed_mm_s * time
          : standing
          ? phase + displaced(granule.along, volumes, wave, beat(time, p))
          : granule.along + front;
        return { ...granule, along: lab, r: granule.eta * gut.content(lab) };
      });
      const light = drawGut(gut, view, look);
      for (const { along: place, r, angle, size, shade } of places) {
        const x = along(place);
        const y = midline(x) + r * Math.sin(angle);
        drawGranule(light, view, { x, y, size, shade: shade * gut.strength }, look.dye);
      }
      frames.push(expose(light));
      const moved = upstream ? phase - p.wave_speed_mm_s * time : standing ? phase : front;
      objects.push(numbers.map((k, id) => {
        const [from, to] = [moved + k * wave.length, moved + (k + 1) * wave.length];
        const bolus = bolusOf(gut, from, to);
        const x = along(bolus.centre);
        return {
          id,
          x_um: 1000 * x,
          y_um: 1000 * midline(x),
          radius_um: 1000 * Math.sqrt(bolus.area / Math.PI),
          area_um2: 1e6 * bolus.area * gut.strength,
          opacity: gut.strength,
        };
      }));
    }
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, PERISTALSIS_FIELD_UM, objects, {
        wave_speed_mm_s: p.wave_speed_mm_s,
        interval_s: p.interval_s,
        wavelength_mm: wave.length,
        bolus_volume_mm3: volumes.at(-1)!,
      }),
    };
  },
});

/** Share of the standing pattern that is in its original state. */
function beat(time: number, { interval_s }: PeristalsisParameters): number {
  return 0.5 + 0.5 * Math.cos(2 * Math.PI * time / interval_s);
}

function gutAt(
  time: number,
  p: PeristalsisParameters,
  clip: Clip,
  wave: Wave,
  phase: number,
): Gut {
  const travelled = p.wave_speed_mm_s * time;
  const duration = clip.frames / clip.fps;
  const lumen = (along: number) => lumenRadius(wave, along - phase - travelled);
  const gut = { lumen, content: lumen, carried: travelled, strength: 1 };
  switch (clip.violation) {
    case "upstream-content":
      return {
        ...gut,
        // Content that does not fit into the ring is drawn as wide as the ring's wall allows.
        content: (along) =>
          Math.min(
            lumenRadius(wave, along - phase + travelled),
            Math.max(lumen(along), 0.85 * Math.sqrt(lumen(along) ** 2 + WALL_MM2)),
          ),
        carried: -travelled,
      };
    case "vanishing-content":
      return { ...gut, strength: 1 - smoothstep(0.25 * duration, 0.55 * duration, time) };
    case "standing-rings": {
      const share = beat(time, p);
      // Area is exchanged between a pattern and the same pattern shifted by half a wave.
      const pinched = (along: number) =>
        Math.sqrt(
          share * lumenRadius(wave, along - phase) ** 2 +
            (1 - share) * lumenRadius(wave, along - phase + wave.length / 2) ** 2,
        );
      return { ...gut, lumen: pinched, content: pinched, carried: 0 };
    }
    default:
      return gut;
  }
}

/** Centroid of the content's volume in mm, and its visible area in mm², between two positions. */
function bolusOf(gut: Gut, from: number, to: number): { centre: number; area: number } {
  const steps = 60;
  let [volume, moment, area] = [0, 0, 0];
  for (let i = 0; i < steps; i++) {
    const along = from + (to - from) * (i + 0.5) / steps;
    const radius = gut.content(along);
    volume += radius ** 2;
    moment += radius ** 2 * along;
    area += 2 * radius * (to - from) / steps;
  }
  return { centre: moment / volume, area };
}
