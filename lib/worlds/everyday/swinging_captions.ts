/** Captions of the swinging world. */
import { type Setting, SETTINGS } from "./backdrop.ts";
import { capital, counted, plural, withArticle } from "./words.ts";

/** Values mentioned in the captions, with units in their names. */
interface CaptionValues {
  pendulums: number;
  length_m: number;
  amplitude_degrees: number;
  side: string;
  colour: string;
  setting: Setting;
  light_from: string;
}

/**
 * Captions of a scene, from terse to detailed; the last states the value of every parameter.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { swingingCaptions } from "./swinging_captions.ts";
 *
 * const values = {
 *   pendulums: 3,
 *   length_m: 0.8,
 *   amplitude_degrees: 45,
 *   side: "right",
 *   colour: "blue",
 *   setting: "sky",
 *   light_from: "left",
 * } as const;
 * assertOk(swingingCaptions(values).at(-1)!.includes("45°"));
 * ```
 */
export function swingingCaptions(p: CaptionValues): readonly string[] {
  const { on, before, place } = SETTINGS[p.setting];
  const one = p.pendulums === 1;
  const pendulums = counted(p.pendulums, "pendulum");
  const bobs = one ? `${withArticle(p.colour)} bob` : `${p.colour} bobs`;
  const balls = counted(p.pendulums, `${p.colour} ball`);
  const [swings, it] = [one ? "swings" : "swing", one ? "it" : "they"];
  const [length, angle, from] = [`${p.length_m} m`, `${p.amplitude_degrees}°`, p.light_from];
  const long = one ? `${length} long` : `up to ${length} long`;
  const other = p.side === "left" ? "right" : "left";
  const many = plural(p.pendulums, "pendulum");
  return [
    `A pendulum swings freely.`,
    `${capital(pendulums)} with ${bobs}`,
    `${capital(balls)} swinging from a beam.`,
    `${capital(pendulums)}, ${long}, swinging ${place}.`,
    `To and fro: ${balls} on ${one ? "a rod" : "rods"}.`,
    `${capital(pendulums)} let go at ${angle} on the ${p.side}.`,
    `Before ${before} ${balls} ${swings} from side to side.`,
    `A wooden stand on ${on} holds ${pendulums} with ${bobs}.`,
    `Swinging through ${angle} to either side, ${pendulums} with ${bobs} ` +
    `${one ? "keeps" : "keep"} time.`,
    `${capital(balls)} ${swings} to the ${other} and back again, with light from the ${from}.`,
    `A video of ${pendulums}, ${long}, in regular motion in front of ${before}; the camera does not ` +
    `move.`,
    `Released at ${angle} from the vertical, ${pendulums} ${swings} under ${
      one ? "its" : "their"
    } ` +
    `beam without coming to rest.`,
    `The ${p.colour} ${plural(p.pendulums, "bob")} ${
      one ? "is" : "are"
    } quickest at the lowest point ` +
    `and ${one ? "stands" : "stand"} still for an instant at either end.`,
    `${capital(place)}, ${balls} hung on ${
      one ? "a stiff rod" : "stiff rods"
    } ${swings} in a wide ` +
    `arc, ${angle} to each side.`,
    `Everyday physics: ${pendulums} ${long}; gravity draws the ${p.colour} ` +
    `${plural(p.pendulums, "bob")} down, and momentum carries ${one ? "it" : "them"} up again.`,
    `A stand of two posts and a beam on ${on}. Under the beam ${balls} ${swings}, let go on the ` +
    `${p.side}.`,
    `The motion of ${one ? "a pendulum" : "pendulums of different lengths"}: ${balls} started ` +
    `${one ? "" : "together "}from the ${p.side} at ${angle}` +
    (one ? `, to and fro in a constant rhythm.` : `, and drifting out of step by and by.`),
    `Filmed from the front ${place}, ${pendulums} with ${bobs} ${swings} in the plane of the picture, ` +
    `lit from the ${from}.`,
    `${capital(pendulums)} without friction: let go on the ${p.side} at ${angle}, ${it} ` +
    `${one ? "rises" : "rise"} as far on the ${other}, and ${
      one ? "comes" : "come"
    } back, over and ` +
    `over.`,
    `In front of ${before} ${one ? "hangs" : "hang"} ${pendulums}, ${long}. ${
      capital(bobs)
    } at the ` +
    `end of ${
      one ? "the rod traces" : "the rods trace"
    } an arc of a circle, slow at its ends and ` +
    `fast at its bottom.`,
    `A soft shadow runs to and fro on the ground, ${on}, below ${balls}. The ${many}, ${long}, ` +
    `${swings} from a wooden beam; the light comes from the ${from}.`,
    `A still camera films ${pendulums} ${place}, before ${before}, with light from the ${from}. ` +
    `${capital(bobs)} on ${one ? "a steel rod" : "steel rods"} ${long} ${
      one ? "is" : "are"
    } let go ` +
    `on the ${p.side} at ${angle} from the vertical, ${
      one ? "rushes" : "rush"
    } through the lowest ` +
    `point, ${one ? "rises" : "rise"} to the same height on the ${other}, and ` +
    `${one ? "returns" : "return"}, again and again.`,
  ];
}
