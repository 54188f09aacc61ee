/** Captions of the mitochondria world. */

/** Values mentioned in the captions. */
interface CaptionValues {
  mitochondria: number;
  stain_colour: string;
  fission_s: number;
  fusion_s: number;
}

/**
 * Captions of a scene, from terse to detailed; each names the stain's colour.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../../testing/assert.ts";
 * import { mitochondriaCaptions } from "./captions.ts";
 *
 * const values = { mitochondria: 5, stain_colour: "green", fission_s: 1, fusion_s: 2 };
 * const captions = mitochondriaCaptions(values);
 * assertOk(captions.every((caption) => caption.includes("green")));
 * assertEquals(new Set(captions).size, captions.length);
 * ```
 */
export function mitochondriaCaptions(p: CaptionValues): string[] {
  const { mitochondria: n, stain_colour: colour, fission_s: fission, fusion_s: fusion } = p;
  const first = fission < fusion
    ? `one divides after ${fission} s and two fuse end to end after ${fusion} s`
    : `two fuse end to end after ${fusion} s and one divides after ${fission} s`;
  return [
    `${n} ${colour} mitochondria, fission, fusion`,
    `Mitochondrial dynamics, ${colour} stain, confocal`,
    `Wriggling ${colour} mitochondria divide and fuse`,
    `${n} tubular mitochondria glowing ${colour}: ${first}.`,
    `Confocal time-lapse of ${n} ${colour} mitochondria; ${first}.`,
    `Live-cell confocal: ${colour} MitoTracker, fission at ${fission} s, fusion at ${fusion} s.`,
    `A dark cell with ${n} worm-like mitochondria stained ${colour}; ${first}.`,
    `Slowly drifting ${colour} tubules on a black ground: mitochondrial fission at about ` +
    `${fission} s, fusion at about ${fusion} s.`,
    `Fluorescent mitochondria (${colour}) bend and drift in the cytoplasm while ${first}.`,
    `Time-lapse microscopy of ${n} mitochondria labelled ${colour}, 0.5 µm wide and 2–6 µm long; ` +
    `${first}.`,
    `One ${colour} mitochondrion narrows in the middle and splits in two at ${fission} s; two ` +
    `others join tip to tip at ${fusion} s.`,
    `Fission and fusion among ${n} ${colour} mitochondria in a view of 16 µm.`,
    `In a living cell ${n} ${colour} fluorescent mitochondria wriggle like worms. A neck forms in ` +
    `one of them and at ${fission} s it comes apart; elsewhere two meet end to end and merge at ` +
    `${fusion} s.`,
    `High-magnification confocal clip: ${colour} mitochondria with patchy brightness against dark, ` +
    `faintly glowing cytoplasm; ${first}.`,
    `The mitochondrial network remodels: ${first}. Stain: ${colour}. Mitochondria at the start: ${n}.`,
    `Show ${n} separate ${colour} mitochondria of tubular shape; ${first}; no stain is lost or gained.`,
    `Drp1-like scission of a ${colour} mitochondrion at ${fission} s and mitofusin-like end-to-end ` +
    `fusion of two others at ${fusion} s, confocal fluorescence.`,
    `${colour} tubular mitochondria, ${n} at first. The longest is constricted at a single site and ` +
    `divides into two daughters whose lengths add up to its own, about ${fission} s into the clip.`,
    `Confocal fluorescence movie, ${colour} on black: ${n} thread-like mitochondria, each half a ` +
    `micrometre wide, drift slowly; ${first}, and the total stained length stays what it was.`,
    `A confocal time-lapse of the thin edge of a living cell. ${n} mitochondria, stained ${colour}, ` +
    `lie apart as bent tubules 2–6 µm long that wiggle and drift slowly. One is pinched at one place ` +
    `and separates into two daughters at ${fission} s; two neighbours approach with their tips and ` +
    `fuse into one longer tubule at ${fusion} s. Nothing appears or disappears.`,
    `Mitochondria of a cultured cell under the spinning-disc confocal, ${colour} channel, sped up ` +
    `twentyfold. Of ${n} bright tubules with uneven staining, one forms a neck and divides at ` +
    `${fission} s, and two unite end to end at ${fusion} s; the others only bend and drift.`,
    `Subcellular view, 16 µm high: ${colour} mitochondria undergo one fission (${fission} s) and one ` +
    `end-to-end fusion (${fusion} s) while their total length is conserved.`,
  ];
}
