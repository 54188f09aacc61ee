/** Captions of the falling world. */
import { type Setting, SETTINGS } from "./backdrop.ts";
import { capital, counted, plural } from "./words.ts";

/** Values mentioned in the captions, with units in their names. */
interface CaptionValues {
  object: string;
  objects: number;
  drop_height_m: number;
  air_drag: "none" | "some" | "strong";
  slow_motion: number;
  colour: string;
  setting: Setting;
  light_from: string;
}

const TIMES = ["", "", "twice", "three times"];

const DRAG = {
  none: "without noticeable air drag",
  some: "against some air drag",
  strong: "against strong air drag",
};

/**
 * Captions of a scene, from terse to detailed; the last states the value of every parameter.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { fallingCaptions } from "./falling_captions.ts";
 *
 * const values = {
 *   object: "box",
 *   objects: 3,
 *   drop_height_m: 1.5,
 *   air_drag: "some",
 *   slow_motion: 2,
 *   colour: "blue",
 *   setting: "table",
 *   light_from: "right",
 * } as const;
 * assertOk(fallingCaptions(values).at(-1)!.includes("three blue boxes"));
 * ```
 */
export function fallingCaptions(p: CaptionValues): readonly string[] {
  const { on, before, place } = SETTINGS[p.setting];
  const [one, height, slow] = [p.objects === 1, `${p.drop_height_m} m`, TIMES[p.slow_motion]];
  const thing = `${p.colour} ${p.object}`;
  const things = counted(p.objects, thing);
  const [many, it, falls] = [plural(p.objects, thing), one ? "it" : "they", one ? "falls" : "fall"];
  const drag = DRAG[p.air_drag];
  const side = p.light_from;
  return [
    `A ${p.object} falls down.`,
    `${capital(things)} in free fall`,
    `Slow motion: ${many} falling ${place}.`,
    `${capital(things)} dropped from ${height}.`,
    `Gravity pulls ${things} down onto ${on}.`,
    `A fall of ${height}, slowed ${slow}, before ${before}.`,
    `${capital(things)} ${falls} ${drag} and ${one ? "lands" : "land"} on ${on}.`,
    `Filmed ${place}, ${things} let go at a height of ${height}, light from the ${side}.`,
    `Dropped from rest, ${things} ${one ? "gathers" : "gather"} speed until the ground stops ` +
    `${one ? "it" : "them"}.`,
    `A slow-motion video of ${many} falling straight down in front of ${before}, onto ${on}.`,
    `Everyday physics: ${things} ${falls} ${height} ${drag}; the clip plays ${slow} slower than life.`,
    `With ${before} behind and ${on} below, ${things} ${falls} and ${
      one ? "comes" : "come"
    } to rest ` +
    `after a small rebound.`,
    `The camera stands still while ${things} ${falls} from above; the light comes from the ${side} ` +
    `and shadows wait on the ground.`,
    `From ${height} up ${things} ${one ? "is" : "are"} released at once, ${falls} ${drag}, and ` +
    `${one ? "strikes" : "strike"} ${on}.`,
    `Falling ${plural(2, p.object)} filmed with a high-speed camera ${place}: the longer ` +
    `${it} ${falls}, the further ${it} ${one ? "gets" : "get"} from one frame to the next.`,
    `${capital(things)} ${one ? "drops" : "drop"} through the air ${drag}. The shadow under ` +
    `${one ? "it" : "each"} grows darker as the ground, ${on}, comes near.`,
    `Nothing holds ${things}: let go ${height} above the ground, ${it} ${falls} vertically before ` +
    `${before} and ${one ? "stays" : "stay"} where ${it} ${one ? "lands" : "land"}.`,
    `A drop test ${place}, lit from the ${side}. ${
      capital(things)
    } ${falls} ${height} onto ${on}, ` +
    `${drag}, shown ${slow} slower than it happened.`,
    `Seen from the side, ${things} ${falls} down in slow motion. At first the motion is hardly ` +
    `visible, then ever quicker, until ${on} ends it with a faint bounce.`,
    `Gravity at work ${place}: ${things}, released from rest at ${height}, ${falls} ${drag}. Behind ` +
    `is ${before}, light comes in from the ${side}, and every shadow lies on the other side.`,
    `The clip shows one simple thing, ${slow} slower than in life. ${capital(things)} ` +
    `${one ? "is" : "are"} let go ${height} above ${on}, ${falls} ${drag}, ` +
    `${one ? "strikes" : "strike"} the ground, ${one ? "hops" : "hop"} a little and then ` +
    `${one ? "lies" : "lie"} still in front of ${before}.`,
    `A still camera films ${things} ${place}, before ${before}, with light from the ${side}. Let go ` +
    `from rest ${height} above ${on}, ${it} ${falls} ${drag}, faster and faster, and ` +
    `${
      one ? "lands" : "land"
    } with a small rebound; the video plays ${slow} slower than life, so ` +
    `that every part of the fall can be followed by eye.`,
  ];
}
