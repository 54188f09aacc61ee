/** Captions of the bouncing world. */
import { capital, counted, plural } from "./words.ts";

/** Values mentioned in the captions, with units in their names. */
interface CaptionValues {
  balls: number;
  restitution: number;
  drop_height_m: number;
  speed_m_s: number;
  colour: string;
  floor: string;
  walls: string;
  light_from: string;
}

/**
 * Captions of a scene, from terse to detailed; the last states the value of every parameter.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { bouncingCaptions } from "./bouncing_captions.ts";
 *
 * const values = {
 *   balls: 2,
 *   restitution: 0.8,
 *   drop_height_m: 1.2,
 *   speed_m_s: 0.5,
 *   colour: "green",
 *   floor: "tiled",
 *   walls: "cream",
 *   light_from: "right",
 * };
 * assertOk(bouncingCaptions(values).at(-1)!.includes("two green balls"));
 * ```
 */
export function bouncingCaptions(p: CaptionValues): readonly string[] {
  const one = p.balls === 1;
  const ball = `${p.colour} ball`;
  const [balls, many] = [counted(p.balls, ball), plural(p.balls, ball)];
  const [it, bounces, falls] = [
    one ? "it" : "they",
    one ? "bounces" : "bounce",
    one ? "falls" : "fall",
  ];
  const [height, speed, e] = [`${p.drop_height_m} m`, `${p.speed_m_s} m/s`, `${p.restitution}`];
  const { floor, walls, light_from: side } = p;
  const room = `a room with ${walls} walls`;
  return [
    `A bouncing ball indoors.`,
    `${capital(balls)} bouncing in a room`,
    `${capital(balls)} ${bounces} on a ${floor} floor.`,
    `Bounce after bounce, each lower than the last.`,
    `${capital(many)} dropped from ${height}, restitution ${e}.`,
    `In ${room}, ${balls} ${bounces} up and down.`,
    `${capital(many)} on a ${floor} floor, bouncing ever lower, light from the ${side}.`,
    `${capital(balls)} ${falls} ${height}, ${one ? "strikes" : "strike"} the ${floor} floor and ` +
    `${one ? "jumps" : "jump"} up again.`,
    `A video of ${balls} moving sideways at ${speed} while ${it} ${bounces} on the floor.`,
    `The ${floor} floor throws ${balls} back; every bounce keeps ${e} of the speed before it.`,
    `Bouncing in ${room}: the ${one ? "ball comes" : "balls come"} off the floor and, when ${it} ` +
    `${one ? "reaches" : "reach"} one, off a wall.`,
    `${
      capital(balls)
    }, let go at ${height} with ${speed} to the side, ${bounces} along in arcs that ` +
    `shrink.`,
    `The arcs of ${balls} grow lower and shorter as ${it} ${bounces} across a ${floor} floor, seen ` +
    `from the side.`,
    `A still camera looks into ${room} where ${balls} ${bounces}; the light from the ${side} draws ` +
    `${one ? "a shadow" : "shadows"} on the floor.`,
    `Everyday physics: ${balls} of restitution ${e} ${falls} from ${height} and ` +
    `${one ? "loses" : "lose"} height with each bounce.`,
    `${capital(balls)} ${one ? "is" : "are"} tossed gently at ${speed} into ${room} and ` +
    `${one ? "is" : "are"} left to bounce on the ${floor} floor.`,
    `The shadow on the ${floor} floor closes up with ${
      one ? "its" : "each"
    } ball at every impact and ` +
    `parts from it again as the ${many} ${one ? "rises" : "rise"}.`,
    `With a coefficient of restitution of ${e}, ${balls} dropped from ${height} ${bounces} again and ` +
    `again, between ${walls} walls, and never as high as before.`,
    `Parabolas made visible: in the light from the ${side}, ${balls} ${
      one ? "flies" : "fly"
    } from ` +
    `bounce to bounce over a ${floor} floor, drifting sideways at about ${speed}.`,
    `Inside ${room} and with a ${floor} floor ${balls} ${falls} from ${height}, ${bounces}, ` +
    `${one ? "rises" : "rise"} to a part of that height, and so on, until the walls turn ` +
    `${one ? "it" : "them"} round or the clip ends.`,
    `${
      capital(balls)
    } in an empty room with ${walls} walls. The first fall is from ${height}; each ` +
    `impact on the ${floor} floor gives back ${e} of the speed, so that the bounces follow one ` +
    `another ever more quickly.`,
    `A still camera films ${balls} in ${room}, a ${floor} floor and light from the ${side}. Let go ` +
    `at ${height} with ${speed} sideways, ${it} ${falls}, ${bounces} with a restitution of ${e}, and ` +
    `${one ? "rises" : "rise"} less high each time; side walls send ${
      one ? "it" : "them"
    } back, and ` +
    `${one ? "its shadow meets it" : "shadows meet them"} at every impact.`,
  ];
}
