/** What a server refuses of a request, and how the request is sent instead. */
import { ANSWER_MODES, type AnswerMode, CAPS, type Dialect, OPTIONAL } from "./dialect.ts";
import type { ChatBody } from "./types.ts";

/** An error about a request. */
export interface Refusal {
  status: number;
  /** The server's words. */
  words: string;
  /** Fields that it names as such. */
  places: readonly string[];
}

/** How fields are named in words, also in camel case, which is read as snake case. */
const NAMES = {
  temperature: /\btemperature\b/,
  seed: /\b(random_)?seed\b/,
  reasoning_effort: /\breasoning[_. ]?effort\b|\breasoning\b|\bthinking\b/,
  limit: /\bmax_(completion_|output_|new_)?tokens\b|\bnum_predict\b/,
  format:
    /response_?format|response_(json_)?schema|json_?schema|json_?object|json mode|additional_?properties|structured.?outputs?|guided|grammar|output_(format|config|schema)|\bschema\b|\bstrict\b/,
  detail: /image_url\b.{0,20}\bdetail\b|['"`]detail['"`]/,
} as const;

/**
 * Words of an error about the form of a request; what else is wrong names no field. More than
 * `REFUSED_5XX` in `failure.ts`, which has no field to go by.
 */
const REFUSES =
  /not support|unsupport|n't support|unknown|unrecogni|unexpected|not permitted|not allowed|forbidden|invalid|not available|unavailable|extra|must be|only|cannot|deprecated|require|disallow|not implemented|no endpoints|too (large|high|long|big)/;
/** After these words stand the fields that are accepted. */
const ACCEPTED =
  /(expected one of|supported (parameters|fields|arguments|values)|(allowed|accepted|valid|available) (parameters|fields|arguments|properties)|use ['"`]?max_\w+['"`]? instead).*$/s;
const FORMAT_UNKNOWN = /unknown|unrecogni|unexpected|not permitted|extra/;
const TOO_LARGE =
  /too (large|high|big)|exceed|at most|maximum|less than|greater than|larger than|range|[<>]=?\s*\d/;
/** Tokens that an answer needs at least. */
const LEAST_ROOM = 256;

/**
 * The form in which a refused request may be accepted; null where its form is not the matter.
 *
 * @param sent The dialect of the request.
 * @param body The request as sent.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { PLAIN } from "./dialect.ts";
 * import { otherForm } from "./refusal.ts";
 *
 * const body = { model: "m", messages: [], temperature: 0, max_completion_tokens: 4096 };
 * const words = "Unsupported value: 'temperature' does not support 0 with this model.";
 * const other = otherForm({ status: 400, words, places: ["temperature"] }, PLAIN, body);
 * assertEquals(other, { ...PLAIN, without: ["temperature"] });
 * assertEquals(otherForm({ status: 400, words: "Bad request", places: [] }, PLAIN, body), null);
 * ```
 */
export function otherForm(refusal: Refusal, sent: Dialect, body: ChatBody): Dialect | null {
  const { status } = refusal;
  if ([401, 402, 408, 413, 425, 429].includes(status)) return null;
  const words = snake(refusal.words);
  const places = refusal.places.map(snake);
  // Where the status alone says nothing of the request's form, the words must.
  if (![400, 422].includes(status) && !REFUSES.test(words)) return null;
  const limit = sentLimit(body);
  const lowered = limit === null ? null : smallerLimit(words, limit);
  if (lowered !== null) return { ...sent, most_tokens: lowered };
  const named = (name: keyof typeof NAMES) => {
    const inPlace = places.some((place) => NAMES[name].test(place) || place.endsWith(`.${name}`));
    return inPlace || NAMES[name].test(refusedPart(words));
  };
  const without = OPTIONAL.filter((name) =>
    sent.without.includes(name) || (body[name] !== undefined && named(name))
  );
  const next: Dialect = { ...sent, without };
  if (limit !== null && named("limit") && !/context|got -\d/.test(words)) {
    next.cap = CAPS[CAPS.indexOf(sent.cap) + 1];
  }
  const mode = modeOf(body);
  if (mode !== "text" && named("format")) next.mode = nextMode(mode, words, places);
  next.image = otherImage(sent.image, words, places);
  return JSON.stringify(next) === JSON.stringify(sent) ? null : next;
}

/**
 * Brings what all know of a server up to date with what one request found out: of many in flight at
 * once, each finds the same, and none undoes what another has found.
 *
 * @param known What all know now.
 * @param sent The dialect of the refused request.
 * @param found Where it led.
 */
export function merged(known: Dialect, sent: Dialect, found: Dialect): Dialect {
  const later = <Value>(order: readonly Value[], a: Value, b: Value) =>
    order.indexOf(a) >= order.indexOf(b) ? a : b;
  const least = [known.most_tokens, found.most_tokens].filter((most) => most !== null);
  return {
    mode: later(ANSWER_MODES, known.mode, found.mode),
    without: OPTIONAL.filter((name) =>
      known.without.includes(name) || found.without.includes(name)
    ),
    cap: later(CAPS, known.cap, found.cap),
    most_tokens: least.length > 0 ? Math.min(...least) : null,
    image: found.image === sent.image ? known.image : found.image,
  };
}

/** The answer format that a request asks for. */
function modeOf({ response_format }: ChatBody): AnswerMode {
  const type = response_format?.type;
  return type === "json_schema" || type === "json_object" ? type : "text";
}

function nextMode(mode: AnswerMode, words: string, places: readonly string[]): AnswerMode {
  const whole = places.some((place) => /(^|\.)response_format$/.test(place)) ||
    !/schema|json|properties/.test(words.replaceAll("response_format", ""));
  if (whole && FORMAT_UNKNOWN.test(words)) return "text";
  return ANSWER_MODES[ANSWER_MODES.indexOf(mode) + 1];
}

function otherImage(
  image: Dialect["image"],
  words: string,
  places: readonly string[],
): Dialect["image"] {
  const about = places.some((place) => /image_url(\.detail)?$/.test(place));
  const detail = places.some((place) => /\.detail$/.test(place)) || NAMES.detail.test(words);
  // What was not sent is not refused: it can only be wanted.
  if (detail && image === "detail") return "object";
  if (detail) return image === "object" && /requir|missing|must/.test(words) ? "detail" : image;
  const address = /string/.test(words) &&
    /(valid|expected|must be|be) (a |of type )?string/.test(words);
  if (image === "object" && address && (about || /image_url['"`]? (must|should)/.test(words))) {
    return "address";
  }
  return image;
}

function sentLimit(body: ChatBody): number | null {
  return body.max_completion_tokens ?? body.max_tokens ?? null;
}

/** A limit of tokens that fits, where the words say that this one is too large. */
function smallerLimit(words: string, limit: number): number | null {
  const about = NAMES.limit.test(words) || /completion|output tokens/.test(words);
  if (!about || !TOO_LARGE.test(words)) return null;
  const numbers = (words.match(/\d[\d,]*/g) ?? []).map((n) => Number(n.replaceAll(",", "")));
  if (!numbers.includes(limit) && !/range|less than|at most|maximum/.test(words)) return null;
  let room = Math.max(0, ...numbers.filter((n) => n < limit));
  if (/context/.test(words)) {
    const context = words.match(/context[^\d]{0,40}(\d+)/)?.[1];
    const asked = (words.match(/(\d+)(?: tokens)? in the messages/) ??
      words.match(/(\d+) (?:text |prompt )?input/))?.[1];
    if (context === undefined || asked === undefined) return null;
    // By halves, so that the next question, a little longer, fits as well.
    const left = Number(context) - Number(asked);
    room = limit;
    while (room >= LEAST_ROOM && room > left) room = Math.floor(room / 2);
  }
  return room >= LEAST_ROOM && room < limit ? room : null;
}

/** The words without a list of what is accepted, unless nothing else is said. */
function refusedPart(words: string): string {
  const refused = words.replace(ACCEPTED, "");
  return refused.trim().length > 8 ? refused : words;
}

function snake(text: string): string {
  return text.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
}
