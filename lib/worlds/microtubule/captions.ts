/** Captions of the microtubule world. */

/** Values mentioned in the captions. */
interface CaptionValues {
  microtubules: number;
  growth_um_min: number;
  catastrophe_s: number;
  tubulin_colour: string;
  seed_colour: string;
}

/**
 * Captions of a scene, from terse to detailed; each names both colours.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../../testing/assert.ts";
 * import { microtubuleCaptions } from "./captions.ts";
 *
 * const captions = microtubuleCaptions({
 *   microtubules: 3,
 *   growth_um_min: 5,
 *   catastrophe_s: 1,
 *   tubulin_colour: "cyan",
 *   seed_colour: "red",
 * });
 * assertOk(captions.every((caption) => caption.includes("cyan") && caption.includes("red")));
 * assertEquals(new Set(captions).size, captions.length);
 * ```
 */
export function microtubuleCaptions(p: CaptionValues): string[] {
  const { microtubules: n, growth_um_min: growth, catastrophe_s: turn } = p;
  const [colour, seed] = [p.tubulin_colour, p.seed_colour];
  return [
    `${n} ${colour} microtubules, ${seed} seeds`,
    `Dynamic instability, ${colour} tubulin, ${seed} seeds, TIRF`,
    `TIRF: ${colour} microtubules grow from ${seed} seeds, then shrink.`,
    `${n} ${colour} microtubules with ${seed} seeds; first catastrophe at ${turn} s.`,
    `Microtubules (${colour}) elongate from ${seed} seeds at ${growth} µm/min until catastrophe.`,
    `Slow growth, sudden catastrophe, rapid shrinkage and rescue of ${colour} microtubules on ` +
    `${seed} seeds.`,
    `In vitro microtubule dynamics under TIRF: ${n} filaments, ${colour} on ${seed} seeds, growth ` +
    `${growth} µm/min.`,
    `Straight ${colour} filaments extend from short ${seed} seeds and collapse back one by one, the ` +
    `first at ${turn} s.`,
    `Noisy TIRF time-lapse of ${n} stiff ${colour} microtubules growing steadily out of ${seed} ` +
    `stabilised seeds.`,
    `${n} microtubules polymerise at ${growth} µm/min, ${colour}, their ${seed} seeds fixed to the ` +
    `glass; catastrophes begin after ${turn} s.`,
    `A ${seed} seed at the base of each ${colour} microtubule stays in place while the other end ` +
    `grows, shrinks abruptly and grows again.`,
    `Time-lapse, thirtyfold: ${colour} tubulin adds to ${n} ${seed} seeds at ${growth} µm/min; after ` +
    `${turn} s the first filament undergoes catastrophe.`,
    `Fluorescence of single ${colour} microtubules on a dim, speckled ground, each with a ${seed} ` +
    `GMPCPP seed; growth ${growth} µm/min, shrinkage 27 µm/min.`,
    `Dynamic instability of ${n} microtubules (${colour}, seeds ${seed}): plus ends grow, switch at ` +
    `random to rapid depolymerisation, and are rescued near the seed.`,
    `Show ${n} ${colour} microtubules lying side by side, anchored by ${seed} seeds; they lengthen ` +
    `at ${growth} µm/min and shorten several times faster.`,
    `Under the TIRF microscope ${n} thin straight ${colour} lines lengthen from ${seed} stubs. At ` +
    `${turn} s one of them suddenly shrinks back, and others follow.`,
    `${colour} microtubules, ${seed} seeds: saw-tooth length changes, slow up and fast down, first ` +
    `drop ${turn} s into the clip.`,
    `Reconstituted microtubule growth assay with ${colour} tubulin and ${seed} seeds; ${n} filaments ` +
    `in a view of 20 µm, ${growth} µm/min.`,
    `The classic experiment on dynamic instability, filmed by TIRF: from ${n} ${seed} seeds grow ` +
    `${colour} microtubules, steadily and straight; each in turn loses its cap and depolymerises ` +
    `within seconds, and regrows from what is left.`,
    `Total internal reflection fluorescence of ${n} microtubules on glass. Their minus ends are held ` +
    `by short ${seed} seeds; their ${colour} plus ends grow at ${growth} µm/min without bending or ` +
    `wandering. From ${turn} s on, one after another turns without warning to shrinkage about five ` +
    `times as fast, stops short of the seed, and grows again.`,
    `A noisy, unevenly lit TIRF movie, each second of which shows half a minute: ${n} rigid ${colour} ` +
    `microtubules grow out of ${seed} seeds at ${growth} µm/min. The first catastrophe comes after ` +
    `${turn} s; the filament falls back in a few frames while its seed stays where it is. Free ` +
    `tubulin glimmers in the background.`,
    `Subcellular dynamics in vitro: ${colour} polymer, ${seed} nucleation seeds, ${n} microtubules, ` +
    `slow assembly and rapid disassembly at the plus ends only.`,
  ];
}
