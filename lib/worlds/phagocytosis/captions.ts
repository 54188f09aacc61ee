/** Captions of phagocytosis. */
import type { PhagocytosisParameters } from "./world.ts";

const NUMBERS = ["no", "one", "two", "three", "four"] as const;

/**
 * Captions of a scene, from terse to detailed.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { phagocytosisCaptions } from "./captions.ts";
 *
 * const captions = phagocytosisCaptions({
 *   cell: "neutrophil",
 *   particles: 3,
 *   interval_s: 0.7,
 *   speed_um_s: 12,
 * });
 * assertOk(captions.every((caption) => caption.includes("neutrophil")));
 * ```
 */
export function phagocytosisCaptions(p: PhagocytosisParameters): readonly string[] {
  const { cell, interval_s: interval, speed_um_s: speed } = p;
  const some = NUMBERS[p.particles];
  return [
    `A ${cell} eats ${some} yeasts.`,
    `Phagocytosis: ${cell}, ${some} yeast particles.`,
    `One ${cell} engulfs ${some} particles, one by one.`,
    `Phase contrast of a ${cell} swallowing ${some} yeast cells.`,
    `A hungry ${cell} crawls from yeast to yeast and takes up all ${some}.`,
    `Leukocyte feeding: the ${cell} chases ${some} bright particles and ingests them.`,
    `The ${cell} reaches a yeast every ${interval} s, wraps it and pulls it in, ${some} times.`,
    `Phase-contrast time-lapse, bright halos: a ${cell} clears ${some} yeast particles from the ` +
    "slide.",
    `Phagocytic cups form one after the other while a ${cell} ingests ${some} phase-bright yeasts.`,
    `A grey, granular ${cell} glides at ${speed} µm/s towards the nearest of ${some} particles and ` +
    "engulfs it, then the next.",
    `Innate immunity in action: one ${cell}, ${some} yeasts, and after each contact a particle ` +
    "inside the cell.",
    `Time-lapse microscopy of phagocytosis. The ${cell} extends a pseudopod, closes it around a ` +
    `yeast, and moves on until all ${some} are inside.`,
    `${cell} on glass with ${some} yeast particles around it; every ${interval} s one of them is ` +
    "swallowed and stays in its phagosome.",
    `Phase-contrast view 50 µm across: a crawling ${cell} takes up ${some} yeast particles, which ` +
    "ride along inside it and slowly lose their contrast.",
    `The cell, a ${cell}, senses the nearest particle, turns towards it and engulfs it by the ` +
    `zipper mechanism; ${some} phagosomes have formed by the end.`,
    `A ${cell} with ruffling edge and streaming granules hunts ${some} motionless, refractile ` +
    "yeasts and eats them in the order in which it meets them.",
    `Accelerated film of a living ${cell} among ${some} yeast cells. It meets the first after ` +
    `${interval} s, forms a cup, draws it in, and repeats this with each of the others.`,
    `Bright yeast particles with dark rims lie around a dark-grey ${cell} with a pale halo. The ` +
    `cell moves at about ${speed} µm/s, touches them in turn, and carries all ${some} away inside ` +
    "it.",
    `Receptor-mediated uptake seen in phase contrast: on contact the membrane of the ${cell} climbs ` +
    `round the yeast until the cup closes. ${some} particles disappear from the medium at ` +
    `intervals of ${interval} s and none comes out again.`,
    `A single ${cell} sweeps an arc through the field and removes ${some} yeasts, one about every ` +
    `${interval} s. Each becomes a bright vacuole beside the nucleus and is gradually digested.`,
    `Generate a phase-contrast time-lapse of phagocytosis. A ${cell} crawls at ${speed} µm/s ` +
    `towards the nearest of ${some} phase-bright yeast particles, extends pseudopods around it on ` +
    "contact and internalises it; it goes on to the next until none is left outside. Particles " +
    "taken up stay inside the cell and fade as they are digested.",
    `Phase-contrast microscopy video, grey tones and bright halos, of a ${cell} on a glass slide. ` +
    `Its front advances, a phagocytic cup rises around a yeast, closes, and the new phagosome ` +
    `moves to the cell's centre. In this way ${some} particles are ingested at intervals of ` +
    `${interval} seconds; the cell, at ${speed} µm/s, keeps its size and moves on.`,
  ];
}
