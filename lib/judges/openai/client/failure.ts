/** Responses with an error: whether to retry the request, and the message for the user. */
import { APIError } from "openai";
import { exhaustedMs, retryAfterMs } from "./headers.ts";
import type { Refusal } from "./refusal.ts";
import { DAILY, FLAGGED } from "./what_to_try.ts";

/**
 * - `fatal`: would affect every request: no access, no such model, no money.
 * - `forbidden`: access is denied, to this question or to all.
 * - `too-large`: the server rejects the size.
 * - `refused`: this request is at fault; repeating it would not help.
 * - `retry`: it may succeed next time.
 */
export interface Failure {
  kind: "fatal" | "forbidden" | "too-large" | "refused" | "retry";
  /** One line, without secrets. */
  reason: string;
  /** The delay in milliseconds that the server requests for everyone; null if absent. */
  wait_ms: number | null;
  /** Whether the server signals overload. */
  throttled: boolean;
  /** Whether the server may have billed it, although there is no answer. */
  billable: boolean;
  /** Whether repeating it helps only if something stands between us and the server. */
  hopeless?: boolean;
  /** The server's words in full, without secrets; absent where it sent none. */
  refusal?: Refusal;
}

/** A response with an error status, or with an error sent as a success. */
export interface StatusFailure {
  /** 200 for an error without a code of its own that was sent as a success. */
  status: number;
  message: string;
  code?: string | null;
  type?: string | null;
  param?: string | null;
  /** Fields of the request that the error names as such. */
  places?: readonly string[];
  headers?: Headers;
}

const NO_MONEY = /insufficient_quota|insufficient_credits|billing_hard_limit|billing_not_active/;
/** It ends the run, so it takes fewer words than the one of `what_to_try.ts`, which picks a clause. */
const NO_MODEL =
  /\bmodel\b[^.]{0,80}(not found|not exist|not available|no longer)|(unknown|invalid|no such) model/i;
const TOO_LARGE =
  /(payload|request|entity|body|content|image)[^.]{0,60}(too large|too big|exceed)|exceeds[^.]{0,60}\b(bytes|kb|mb|size)\b|maximum[^.]{0,40}\b(bytes|mb|size)\b/i;
const NO_ACCESS =
  /api.?key[^.]{0,40}(not valid|invalid|expired|incorrect|missing|required|not found|not provided|disabled)|(invalid|incorrect|expired|missing|wrong|no|without)[^.]{0,20}\bapi.?key|api_key_invalid|invalid_api_key|unauthenticated|invalid authentication/i;
/**
 * An error of the server that another attempt meets again. Its words alone end the question, so they
 * are few; `REFUSES` in `refusal.ts` may take more, as it counts only beside the name of a field.
 */
const REFUSED_5XX =
  /not support|unsupport|n't support|(not|n't) have (vision|the capability)|mmproj|unrecogni[sz]ed|unknown (field|parameter|variant|argument|name|part|content)|exceeds? the (available )?context|context (length|size|window)|not implemented|invalid image/i;
/** An error sent as a success that may pass. */
const PASSING =
  /overload|time.?out|timed out|temporar|try again|rate.?limit|too many requests|busy|capacity|unavailable|internal|upstream/i;
/** A wait longer than this, in milliseconds, is left to the user where a day's allowance is used up. */
const LONGEST_DAILY_WAIT_MS = 300_000;
/** So many pictures, whatever their size: smaller ones are refused as well. */
const TOO_MANY =
  /\b(number of|too many|multiple|at most \d+|up to \d+|more than \d+)\b[^.]{0,20}\b(images?|pictures?)\b/i;

/**
 * Classifies an error status according to OpenAI's documentation ("Error codes" of its API
 * reference) and the behaviour of compatible servers: 3xx, 401, 402, 404, a key refused with any status
 * and an exhausted quota are fatal, 403 is forbidden, 413 is too large, 408, 409, 425, 429 and 5xx
 * are retried, all others are refused; so are questions held back by a filter, and 5xx and errors
 * sent as a success whose words say that another attempt is of no use.
 *
 * @param clean Removes secrets from a text.
 * @param now Wall-clock time in milliseconds since 1970.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { failureOfStatus } from "./failure.ts";
 *
 * const clean = (text: string) => text;
 * assertEquals(failureOfStatus({ status: 503, message: "overloaded" }, clean, 0), {
 *   kind: "retry",
 *   reason: "HTTP 503: overloaded",
 *   wait_ms: null,
 *   throttled: true,
 *   billable: true,
 *   refusal: { status: 503, words: "overloaded", places: [] },
 * });
 * const broke = { status: 429, message: "You exceeded your quota", code: "insufficient_quota" };
 * assertEquals(failureOfStatus(broke, clean, 0).kind, "fatal");
 * ```
 */
export function failureOfStatus(
  failure: StatusFailure,
  clean: (text: string) => string,
  now: number,
): Failure {
  const { status, headers } = failure;
  const words = clean(wordsOf(failure.message)).trim();
  const text = shortened(words);
  const codes = [failure.code, failure.type].filter(Boolean).map(String)
    .filter((code) => code !== String(status));
  const code = codes[0] && !text.includes(codes[0]) ? ` (${shortened(clean(codes[0]), 80)})` : "";
  const asked = headers ? retryAfterMs(headers, now) : null;
  const exhausted = headers ? exhaustedMs(headers, now) : null;
  const wait_ms = asked ?? exhausted;
  return {
    kind: kindOf(failure, codes, wait_ms),
    reason: `HTTP ${status}${text && `: ${text}`}${code}`,
    wait_ms,
    throttled: status === 429 || status === 503 || status === 529,
    billable: isBillable(status, [...codes, text]),
    refusal: {
      status,
      words: [words, ...codes].filter(Boolean).join(" "),
      places: [...new Set([failure.param, ...failure.places ?? []])].filter((place) =>
        typeof place === "string"
      ),
    },
  };
}

/** A page's words; those of its head, which often stand in its body again, where it has no others. */
function wordsOf(page: string): string {
  const plain = (text: string) => text.replace(/<(style|script)\b.*?<\/\1>|<[^>]+>/gis, " ").trim();
  return plain(page.replace(/<head\b.*?<\/head>/gis, " ")) || plain(page);
}

/**
 * Whether a response with an error status may have been billed. A refusal (4xx) is not, with two
 * exceptions that Azure OpenAI's documentation names: a content filter that stopped the model, and a
 * timeout. After any other status the model may have worked.
 */
function isBillable(status: number, words: readonly string[]): boolean {
  if (isMoved(status)) return false;
  if (status < 400 || status >= 500) return true;
  if (status === 408 || status === 499) return true;
  return words.some((word) => /content.?filter|responsible.?ai.?policy/i.test(word));
}

/** Whether a server sends a request on to another address. */
function isMoved(status: number): boolean {
  return status >= 300 && status < 400;
}

function kindOf(
  { status, message, param, places = [] }: StatusFailure,
  codes: string[],
  wait_ms: number | null,
): Failure["kind"] {
  const all = [message, ...codes, ...places].join(" ");
  if (codes.some((code) => NO_MONEY.test(code))) return "fatal";
  if ([401, 402, 404, 407].includes(status) || isMoved(status)) return "fatal";
  if (FLAGGED.test(all) && (status === 403 || status === 400)) return "refused";
  if (status < 500 && status !== 429 && NO_ACCESS.test(all)) return "fatal";
  if (status === 403) return "forbidden";
  if (status === 413) return "too-large";
  if (status === 429) {
    const soon = wait_ms !== null && wait_ms <= LONGEST_DAILY_WAIT_MS;
    return DAILY.test(all) && !soon ? "fatal" : "retry";
  }
  if ([408, 409, 425].includes(status)) return "retry";
  if (status >= 500) return REFUSED_5XX.test(message) ? "refused" : "retry";
  if (status < 400) return PASSING.test(all) ? "retry" : "refused";
  if (codes.includes("model_not_found") || param === "model") return "fatal";
  // An error about another part of the request may also mention the model.
  if (!param && !/response_format|json_schema/.test(message) && NO_MODEL.test(message)) {
    return "fatal";
  }
  const aboutTokens = codes.includes("context_length_exceeded") || /\btokens\b/i.test(message);
  if (status === 400 && !aboutTokens && !TOO_MANY.test(message) && TOO_LARGE.test(message)) {
    return "too-large";
  }
  return "refused";
}

/** The parts of an npm:openai error with a status. Null for anything else. */
export function statusFailure(error: unknown): StatusFailure | null {
  if (!(error instanceof APIError) || typeof error.status !== "number") return null;
  const { places } = Object(error.error) as { places?: unknown };
  return {
    status: error.status,
    message: error.message.replace(`${error.status} `, "").replace("status code (no body)", ""),
    code: error.code,
    type: error.type,
    param: error.param,
    places: Array.isArray(places) ? places.map(String) : [],
    headers: error.headers,
  };
}

/** Characters that steer a terminal, or turn the direction of what follows. */
// deno-lint-ignore no-control-regex
const STEERING = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * A text on one line, truncated to a number of characters, without what would steer a terminal.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { shortened } from "./failure.ts";
 *
 * assertEquals(shortened("no\n \u001b[2Jway", 9), "no [2Jway");
 * ```
 */
export function shortened(text: string, length = 300): string {
  const line = text.replace(/\s+/g, " ").replace(STEERING, "").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}
