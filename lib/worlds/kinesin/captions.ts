/** Captions of the kinesin world. */

/** Values mentioned in the captions, with units in their names. */
interface CaptionValues {
  motors: number;
  microtubules: number;
  speed_um_s: number;
  run_length_um: number;
  plus_end: string;
  motor_colour: string;
  microtubule_colour: string;
}

/** The motors' direction in words: "to the right", "toward the top". */
function directionOf({ plus_end }: CaptionValues): string {
  return plus_end === "top" || plus_end === "bottom"
    ? `toward the ${plus_end}`
    : `to the ${plus_end}`;
}

/**
 * Captions of a scene, from terse to detailed; the last states the value of every parameter.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { kinesinCaptions } from "./captions.ts";
 *
 * const values = {
 *   motors: 7,
 *   microtubules: 3,
 *   speed_um_s: 0.8,
 *   run_length_um: 3,
 *   plus_end: "right",
 *   motor_colour: "green",
 *   microtubule_colour: "red",
 * };
 * assertOk(kinesinCaptions(values).at(-1)!.includes("0.8 µm/s"));
 * ```
 */
export function kinesinCaptions(p: CaptionValues): readonly string[] {
  const way = directionOf(p);
  const { motors: n, microtubules: m, motor_colour: dye, microtubule_colour: stain } = p;
  const [speed, run] = [`${p.speed_um_s} µm/s`, `${p.run_length_um} µm`];
  return [
    `Kinesin walking along microtubules ${way}`,
    `${dye} kinesin motors on ${stain} microtubules`,
    `Single-molecule TIRF: ${n} kinesins step ${way}.`,
    `Motor proteins carry ${dye} cargo along ${m} filaments.`,
    `Kinesins land, walk ${way} at ${speed}, let go.`,
    `Two-colour TIRF microscopy of kinesin motility on ${m} ${stain} microtubules.`,
    `An in vitro motility assay: ${dye} spots glide ${way} along faint ${stain} lines.`,
    `About ${n} single kinesin molecules, labelled ${dye}, move processively ${way} along ` +
    `microtubules.`,
    `Plus ends point ${way}, and every kinesin walks there, ${speed} fast, never turning back.`,
    `Processive motor proteins: each ${dye} spot steps along its ${stain} microtubule for some ` +
    `${run} before it lets go.`,
    `${m} dim ${stain} microtubules lie side by side on the cover glass while ${n} bright ${dye} ` +
    `motors travel along them ${way}.`,
    `Kinesin-1 at saturating ATP, seen by total internal reflection fluorescence: diffraction-limited ` +
    `${dye} points move ${way} at ${speed}.`,
    `Watch ${dye} cargoes hauled by kinesin: they move steadily ${way} on straight tracks, drop off ` +
    `now and then, and others take their place.`,
    `A microscope film of about ${n} kinesin motors on ${m} polarity-marked microtubules; the bright ` +
    `seed marks the minus end, and the motors walk away from it.`,
    `In a view 12 µm high, ${dye} kinesins run ${way} along ${stain} microtubules in 8 nm steps, ` +
    `fast enough to blur into smooth motion at ${speed}.`,
    `Single-molecule fluorescence of intracellular transport rebuilt on glass: ${m} ${stain} tracks, ` +
    `roughly ${n} ${dye} motors, all bound ${way}, each one letting go after a few micrometres.`,
    `Against a dark, noisy ground, faint ${stain} filaments cross the view. Bright ${dye} spots, one ` +
    `for each kinesin, appear on them, move ${way} at constant mean speed and vanish when they detach.`,
    `TIRF time-lapse of kinesin processivity: motors land at random on ${m} microtubules, walk toward ` +
    `the plus ends (${way}) at about ${speed}, and detach after ${run} on average or at the end of the ` +
    `track.`,
    `The clip shows ${dye} kinesin molecules as points of light on straight ${stain} microtubules. All ` +
    `of them keep to their track and to one direction, ${way}; none wanders off, reverses, or jumps ` +
    `ahead.`,
    `Hand over hand, about ${n} kinesin motors step along ${m} microtubules glowing dimly in ${stain}. ` +
    `Their ${dye} labels move ${way}, evenly but for small fluctuations, while fresh motors land ` +
    `behind those that have let go.`,
    `Two-channel TIRF microscopy of a kinesin motility assay. Channel one: ${m} dim ${stain} ` +
    `microtubules, immobile, with a brighter seed at the minus end. Channel two: some ${n} ${dye} ` +
    `motors, diffraction-limited, which move ${way} at ${speed} without ever leaving their filament.`,
    `Total internal reflection fluorescence microscopy of kinesin: about ${n} ${dye} motors walk along ` +
    `${m} immobile ${stain} microtubules toward their plus ends, ${way}, at a mean speed of ${speed}. ` +
    `Each is a diffraction-limited spot, stays on its track for a run of about ${run}, and then detaches; ` +
    `others land and set off.`,
  ];
}
