/** Captions of the rolling world. */
import { type Setting, SETTINGS, type Side } from "./backdrop.ts";
import { capital, counted, plural } from "./words.ts";

/** Values mentioned in the captions, with units in their names. */
interface CaptionValues {
  object: string;
  objects: number;
  path: "slope" | "hill";
  slope_degrees: number;
  start_speed_m_s: number;
  direction: Side;
  colour: string;
  setting: Setting;
  light_from: Side;
}

/** Names of a setting's sloping ground. */
const GROUNDS: Record<Setting, string> = {
  table: "wooden boards",
  lawn: "grass",
  wall: "grey paving",
  sky: "sand",
};

/**
 * Captions of a scene, from terse to detailed; the last states the value of every parameter.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { rollingCaptions } from "./rolling_captions.ts";
 *
 * const values = {
 *   object: "wheel",
 *   objects: 1,
 *   path: "hill",
 *   slope_degrees: 12,
 *   start_speed_m_s: 0.5,
 *   direction: "left",
 *   colour: "red",
 *   setting: "lawn",
 *   light_from: "right",
 * } as const;
 * assertOk(rollingCaptions(values).at(-1)!.includes("a hill of grass"));
 * ```
 */
export function rollingCaptions(p: CaptionValues): readonly string[] {
  const { before, place } = SETTINGS[p.setting];
  const one = p.objects === 1;
  const [thing, speed] = [`${p.colour} ${p.object}`, `${p.start_speed_m_s} m/s`];
  const things = counted(p.objects, thing);
  const [many, rolls] = [plural(p.objects, thing), one ? "rolls" : "roll"];
  const [it, to, side] = [one ? "it" : "they", p.direction, p.light_from];
  const [level, ground] = [p.slope_degrees === 0, GROUNDS[p.setting]];
  const path = level ? "level ground" : p.path === "hill" ? "a hill" : "a straight slope";
  const way = level ? `along level ${ground}` : `down ${path} of ${ground}`;
  const steep = level
    ? "no slope at all"
    : `${p.path === "hill" ? "at most " : ""}${p.slope_degrees}° steep`;
  const gathers = level
    ? `${one ? "keeps its" : "keep their"} speed`
    : `${one ? "gathers" : "gather"} speed`;
  return [
    `A ${p.object} rolls along.`,
    `${capital(things)} rolling to the ${to}`,
    `Rolling without slipping: ${things}, ${steep}.`,
    `${capital(things)} ${rolls} ${way}.`,
    `${capital(place)}, ${many} ${rolls} ${way}.`,
    `${capital(many)} rolling on ${path}, ${steep}, before ${before}.`,
    `Pushed off at ${speed}, ${things} ${rolls} to the ${to}.`,
    `On ${ground} ${place} ${things} ${rolls} from one side to the other.`,
    `${capital(things)} ${rolls} along before ${before}; light falls in from the ${side}.`,
    `The pattern on ${
      one ? "the" : "each"
    } ${thing} turns round and round as ${it} ${rolls} to the ` +
    `${to}.`,
    `A still camera sees ${things} roll ${way}; ${it} ${gathers}, and ${
      one ? "goes" : "go"
    } off to ` +
    `the ${to}.`,
    `With a start of ${speed}, ${things} ${rolls} ${way}, ${steep}, and nothing slips.`,
    `Rolling motion ${place}: ${things} on ${path}, lit from the ${side}, ${before} in the ` +
    `background.`,
    `For every turn ${
      one ? `the ${thing} goes` : `the ${many} go`
    } forward by one circumference: ` +
    `${things} rolling ${way}.`,
    `${capital(things)}, let loose with ${speed}, ${rolls} to the ${to} on ${path}, ${steep}, in ` +
    `front of ${before}.`,
    `Everyday mechanics: gravity and the grip of the ground make ${things} turn while ${it} ` +
    `${one ? "moves" : "move"} to the ${to} ${way}.`,
    `The video begins with ${things} near the ${
      to === "right" ? "left" : "right"
    } edge, moving at ` +
    `${speed}. Then ${it} ${rolls} ${way} and ${gathers}.`,
    `A shadow travels along under ${
      one ? "the" : "every"
    } ${thing}. The light comes from the ${side}, ` +
    `the ground is of ${ground}, and behind it is ${before}.`,
    `Seen from the side, ${things} ${rolls} ${way}. ${
      capital(it)
    } ${gathers} because the ground has ` +
    `${level ? "no slope" : `a slope, ${steep}`}; the surface never slides under ${
      one ? "it" : "them"
    }.`,
    `${capital(place)}, before ${before}, ${things} ${rolls} to the ${to}. Started at ${speed}, ` +
    `${it} ${gathers} on ${path} and ${
      one ? "turns" : "turn"
    } exactly as fast as the ground goes by.`,
    `In one steady shot ${things} ${rolls} ${way} towards the ${to}, ${steep}. The motion is smooth: ` +
    `no bounce, no slip, only turning and moving together, with the light from the ${side}.`,
    `A still camera films ${things} ${place}, before ${before}, with light from the ${side}. From a ` +
    `start of ${speed} ${it} ${rolls} to the ${to}, ${way}, ${steep}, and ${gathers}; the marks on ` +
    `${one ? "it" : "them"} show that ${it} ${one ? "turns" : "turn"} without slipping, and ` +
    `${one ? "its shadow stays" : "their shadows stay"} close beneath.`,
  ];
}
