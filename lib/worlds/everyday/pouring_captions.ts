/** Captions of the pouring world. */
import { type Setting, SETTINGS, type Side } from "./backdrop.ts";
import { capital } from "./words.ts";

/** Values mentioned in the captions, with units in their names. */
interface CaptionValues {
  liquid: string;
  flow_ml_s: number;
  fill_percent: number;
  glass_radius_cm: number;
  pours_to: Side;
  setting: Setting;
  light_from: Side;
}

/**
 * Captions of a scene, from terse to detailed; the last states the value of every parameter.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { pouringCaptions } from "./pouring_captions.ts";
 *
 * const values = {
 *   liquid: "milk",
 *   flow_ml_s: 120,
 *   fill_percent: 60,
 *   glass_radius_cm: 3,
 *   pours_to: "left",
 *   setting: "table",
 *   light_from: "right",
 * } as const;
 * assertOk(pouringCaptions(values).at(-1)!.includes("60%"));
 * ```
 */
export function pouringCaptions(p: CaptionValues): readonly string[] {
  const { on, before, place } = SETTINGS[p.setting];
  const { liquid, light_from: light, pours_to: to } = p;
  const from = to === "right" ? "left" : "right";
  const [flow, fill] = [`${p.flow_ml_s} ml/s`, `${p.fill_percent}%`];
  const across = `${Number((2 * p.glass_radius_cm).toFixed(2))} cm`;
  return [
    `${capital(liquid)} fills a glass.`,
    `Pouring ${liquid} from a jug`,
    `A jug pours ${liquid} into a glass.`,
    `${capital(liquid)} poured at ${flow}, ${place}.`,
    `A glass on ${on} fills with ${liquid}.`,
    `From the ${from} a jug of ${liquid} is tilted and pours.`,
    `A stream of ${liquid} runs from the jug to the ${to} into a glass.`,
    `Before ${before} a glass, ${across} across, is filled with ${liquid}.`,
    `Somebody pours ${liquid} until the glass is ${fill} full; light from the ${light}.`,
    `The level in the glass rises steadily while ${liquid} flows in at ${flow}.`,
    `A glass jug tips to the ${to}, and ${liquid} falls from its lip in a thin, clear-cut stream.`,
    `Filling a glass ${place}: ${liquid} from a jug, ${flow}, up to ${fill} of what the glass holds.`,
    `What leaves the jug comes into the glass: ${liquid} is poured, and its level sinks in one and ` +
    `rises in the other.`,
    `On ${on} stands an empty glass. A jug at the ${from} tilts over it and fills it with ${liquid}.`,
    `The stream of ${liquid} bends in an arc to the ${to}, grows thinner as it falls, and stirs the ` +
    `surface in the glass.`,
    `A close view of pouring: a tilted jug, a falling stream of ${liquid}, a glass ${across} wide ` +
    `before ${before}.`,
    `${
      capital(liquid)
    } is served ${place}. The jug leans further and further as it empties, and the ` +
    `glass below fills to ${fill}.`,
    `With light from the ${light}, a transparent jug gives ${flow} of ${liquid} to a transparent ` +
    `glass; not a drop is spilt.`,
    `Everyday hydraulics on ${on}: ${liquid} leaves the lip of a jug, falls freely, and collects in a ` +
    `glass whose level climbs from the bottom up.`,
    `The clip shows a jug on the ${from} and a glass on the ${to}. The jug is tilted, ${liquid} runs ` +
    `over its lip at ${flow}, and the pouring ends with the glass ${fill} full.`,
    `First the glass on ${on} is empty. Then the stream sets in, the surface of the ${liquid} ripples ` +
    `where it goes in, the level rises, and at last the pouring ends, in the light from the ` +
    `${light}.`,
    `A still camera films a glass ${across} across on ${on}, before ${before}, with light from the ` +
    `${light}. A jug pours ${liquid} to the ${to}: at ${flow} it runs over the lip, falls in a ` +
    `narrowing stream and lifts the level in the glass until that is ${fill} full, as much as the ` +
    `jug has lost.`,
  ];
}
