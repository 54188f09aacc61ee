/** What a user can do about an error that all requests meet. */

/** An error as far as it tells what to try. */
export interface Stopping {
  /** The status, 200 for an error sent as a success. */
  status: number | null;
  /** The server's words. */
  words: string;
  /** The server's base URL, without parts that may be secret. */
  server: string;
}

const PICTURES =
  /\b(image|vision|multi-?modal|mmproj|picture)|content must be a string|cannot unmarshal array|content.{0,20}valid string/i;
const TOO_MANY =
  /at most (\d+)|up to (\d+)|(maximum|max)\b[^.]{0,40}?(\d+)|(\d+) images? (allowed|only)/i;
const CONTEXT =
  /context.{0,12}(length|size|window)|n_ctx|(prompt|input) length|max_tokens must be at least|prompt is too long|(input|prompt)[^.]{0,30}too (long|many)|exceeds? the available context|too many tokens|maximum[^.]{0,30}tokens/i;
const KEY =
  /(api|secret|access).{0,8}key|credential|authenticat|unauthori[sz]ed|access token|\blog.?in\b/i;
const MONEY = /balance|billing|payment|insufficient (funds|credits?)|\barrears\b|余额|充值|欠费/i;
const NO_MODEL =
  /\bmodel\b.{0,60}(not exist|not found|unknown|unsupported)|(unknown|unsupported|invalid|no such) model/i;

/**
 * Words that say of a limit that a whole day's allowance is used up: waiting within a run is no help.
 */
export const DAILY = /per[ _-]?day|perday|\bdaily\b|\(?\b[rt]pd\b|per[ _-]?month|monthly/i;

/** Words of a filter that holds back a question for what it asks or shows. */
export const FLAGGED =
  /flagged|moderat|content.?(policy|filter|management|safety)|safety|inappropriate|violat|data.?inspection|prohibited|harmful|usage polic/i;

/**
 * One clause that says what to try.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../../testing/assert.ts";
 * import { whatToTry } from "./what_to_try.ts";
 *
 * const server = "http://localhost:8000/v1";
 * const words = "At most 1 image(s) may be provided in one request.";
 * assertOk(whatToTry({ status: 400, words, server }).includes("--frames 1"));
 * ```
 */
export function whatToTry({ status: given, words, server }: Stopping): string {
  const status = given ?? statusIn(words);
  if (status !== null && status >= 300 && status < 400) {
    return "requests hold the key, so they are not sent on: if that address is right, name it with " +
      "--base-url";
  }
  const missing = [404, 405, 501].includes(status ?? 0) ||
    /unexpected endpoint|web page|page not found|no such (route|path)/i.test(words) ||
    (status === 200 && /not found|no such|does not exist/i.test(words));
  if (/\bimages?\b/i.test(words) && TOO_MANY.test(words)) {
    const [, ...groups] = words.match(TOO_MANY)!;
    const most = groups.find((group) => /^\d+$/.test(group ?? ""));
    return `show fewer frames with --frames ${most ?? 1}, or let the server take more pictures a ` +
      `request (vLLM: --limit-mm-per-prompt '{"image": 8}')`;
  }
  if (/(multiple|several|one|single) images?|only (one|1) image/i.test(words)) {
    return "show one frame with --frames 1, or ask a model that takes several pictures";
  }
  if (status === 402 || (MONEY.test(words) && !DAILY.test(words))) {
    return "top up the account, or ask another server";
  }
  if (status === 429 || DAILY.test(words)) {
    return "run the same command when the allowance is renewed, or ask another model; answers so " +
      "far are kept and not asked again";
  }
  if (status === 413 || CONTEXT.test(words)) {
    return "show fewer frames with --frames, allow shorter answers with --max-tokens, or give the " +
      "server more context (vLLM: --max-model-len, llama.cpp: -c, Ollama: num_ctx)";
  }
  if (status === 401 || (status !== 407 && KEY.test(words) && !PICTURES.test(words))) {
    return "check OPENAI_API_KEY; a header with another name is set by --header NAME=VARIABLE";
  }
  if (PICTURES.test(words)) {
    return "ask a model that takes pictures (for llama.cpp, start it with --mmproj)";
  }
  if (status === 407) {
    return "check the user and password of the proxy, in HTTPS_PROXY or HTTP_PROXY";
  }
  if ((/\bmodel\b/i.test(words) && missing) || NO_MODEL.test(words)) {
    return `see ${server}/models for the models that it has`;
  }
  if (missing && server.endsWith("/chat/completions")) {
    return `leave /chat/completions out: --base-url ${server.replace(/\/chat\/completions$/, "")}`;
  }
  if (missing && /\.azure\.com\b|\/deployments\b/.test(server)) {
    return "an address at Azure ends in /openai/deployments/NAME?api-version=VERSION";
  }
  if (missing && !/\/v\d+\w*(\/|$)/.test(server)) {
    return `the address may lack its version: --base-url ${server}/v1`;
  }
  if (missing) return `check --base-url: requests go to ${server}/chat/completions`;
  if (FLAGGED.test(words)) return "ask another model: this one's filter holds the questions back";
  if (status === 403) return "check what the key may use, and from where";
  if (status !== null && status < 500) {
    return "ask for less: --temperature default, --seed none, --frames 1, or a smaller --max-tokens";
  }
  return "see whether a server runs there, and its log";
}

/** The status that a reason begins with. */
function statusIn(words: string): number | null {
  const [, status] = words.match(/^HTTP (\d{3})\b/) ?? [];
  return status === undefined ? null : Number(status);
}
