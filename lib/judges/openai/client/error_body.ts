/** What a server's error says, in whatever form it says it. */

/** An error's parts. */
export interface ErrorBody {
  /** Its words, those of the innermost error included. */
  message: string;
  code: string | number | null;
  type: string | null;
  /** Fields of the request that it names as such: `temperature`, `body.seed`. */
  places: string[];
}

/** Keys that hold words, the best first. */
const WORDS = ["message", "msg", "detail", "error", "errors", "description", "title", "raw"];
/** Others that end like them: `error_msg`, `status_msg`, `errorMessage`, `error_description`. */
const WORDS_LIKE = /(_|err|[a-z](?=[MD]))(msg|message|description)$/i;
/** And those whose values may hold more. */
const INNER = ["details", "fieldViolations", "violations", "metadata", "innererror"];
const PLACES = ["param", "parameter", "loc", "field", "quotaId", "path"];
/** Keys under which validators quote the request. */
const ECHOES = ["input", "ctx", "body", "request", "choices"];
/** Deeper than any server nests its errors. */
const MOST_DEEP = 8;

/**
 * Reads the body of an error: OpenAI's form, the message at the top level (vLLM), under `detail`
 * (FastAPI, with the place of each fault), in a list (Gemini), as JSON inside a string (gateways), or
 * beside the raw words of the provider behind (OpenRouter). Null for what holds no error.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { readErrorBody } from "./error_body.ts";
 *
 * const detail = [{ type: "extra_forbidden", loc: ["body", "seed"], msg: "Extra inputs are not permitted" }];
 * assertEquals(readErrorBody({ detail }), {
 *   message: "body.seed: Extra inputs are not permitted", code: null, type: null, places: ["body.seed"],
 * });
 * assertEquals(readErrorBody([{ error: { code: 400, message: "API key not valid" } }])?.code, 400);
 * assertEquals(readErrorBody({ choices: [] }), null);
 * ```
 */
export function readErrorBody(found: unknown): ErrorBody | null {
  const first = Array.isArray(found) ? found[0] : found;
  if (first === null || !["object", "string"].includes(typeof first)) return null;
  const words: string[] = [];
  const places: string[] = [];
  collect(found, words, places, 0);
  if (words.length === 0) return null;
  const outer = Object(first) as Record<string, unknown>;
  const error = Object(outer.error ?? {}) as Record<string, unknown>;
  const text = (value: unknown) => typeof value === "string" && value !== "" ? value : null;
  const code = error.code ?? outer.code ?? error.status ?? outer.error_code ?? null;
  return {
    message: joined(words),
    code: typeof code === "number" ? code : text(code),
    type: text(error.type) ?? text(error.status) ?? text(outer.type),
    places: [...new Set(places)],
  };
}

function collect(found: unknown, words: string[], places: string[], depth: number): void {
  if (depth > MOST_DEEP || found === null || found === undefined) return;
  if (typeof found === "string") {
    const inner = parsed(found);
    if (inner !== null) return collect(inner, words, places, depth + 1);
    if (found.trim() !== "") words.push(withoutEcho(found.trim()));
    return;
  }
  if (Array.isArray(found)) {
    for (const one of found.slice(0, 20)) collect(one, words, places, depth + 1);
    return;
  }
  if (typeof found !== "object") return;
  const row = found as Record<string, unknown>;
  const here = PLACES.flatMap((key) => placeOf(row[key]));
  places.push(...here);
  const before = words.length;
  const like = Object.keys(row).filter((key) => WORDS_LIKE.test(key));
  for (const key of [...WORDS, ...like]) collect(row[key], words, places, depth + 1);
  // A list of faults says in each where it is, and what.
  if (Array.isArray(row.loc) && words.length > before) {
    words[before] = `${here[0]}: ${words[before]}`;
  }
  for (const key of INNER) collect(row[key], words, places, depth + 1);
  // Gateways wrap the error of the provider behind under names of their own.
  if (words.length > before) return;
  for (const [key, value] of Object.entries(row)) {
    if (value === null || typeof value !== "object" || ECHOES.includes(key)) continue;
    const first = words.length;
    collect(value, words, places, depth + 1);
    // A map of faults has the fields as its keys: { errors: { seed: ["is not permitted"] } }.
    if (Array.isArray(value) && typeof value[0] === "string" && words.length > first) {
      places.push(key);
      words[first] = `${key}: ${words[first]}`;
    }
  }
}

function placeOf(value: unknown): string[] {
  if (typeof value === "string" && value !== "") return [value];
  if (!Array.isArray(value) || value.length === 0) return [];
  return [value.filter((part) => ["string", "number"].includes(typeof part)).join(".")];
}

/** JSON inside a string; null for a string that is words. */
function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const found = JSON.parse(text);
    return found !== null && typeof found === "object" ? found : null;
  } catch {
    return null;
  }
}

/** What validators quote of the request is not what they say of it. */
function withoutEcho(text: string): string {
  const said = text.replace(/[;,]?\s*\bmessages\s*[=:]\s*\[.*$/s, "")
    .replace(/\{\s*\\?["'](model|messages)\\?["']\s*:.*\b(messages|response_format)\b.*$/s, "");
  return said.replace(/,?\s*['"]input['"]:\s*(['"{[]).*?(?=,\s*['"](?:url|ctx)['"]|\}\]|$)/gs, "");
}

/** Words in order, without those that others repeat. */
function joined(words: readonly string[]): string {
  const kept: string[] = [];
  for (const word of words) {
    if (!kept.some((other) => other.includes(word))) kept.push(word.replace(/[.:]$/, ""));
  }
  return kept.join(": ");
}
