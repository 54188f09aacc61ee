/** Extracts the JSON objects of a text that may contain prose. */
import { repairStrings } from "./json_repair.ts";

/** The objects of a text, in order, or why there is none, worded to follow "the answer". */
export type FoundObjects = { objects: Record<string, unknown>[] } | { problem: string };

/** Braces of prose that are tried, at most, so that no text takes long. */
const MOST_TRIED = 500;
/** And those of them that nothing closes: each is looked for to the end of the text. */
const MOST_OPEN = 20;

/**
 * Finds the JSON objects of a text: bare, in code fences, or within prose; not those inside another.
 * Objects that do not parse and those with a duplicate field are left out, because choosing a reading
 * would be a guess; if no other is left, the last of them is the problem. An object that breaks off
 * is a problem whatever stands before it: it may be the answer.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { objectsInText } from "./json_in_text.ts";
 *
 * assertEquals(objectsInText('Sure: {"met": true}'), { objects: [{ met: true }] });
 * assertEquals(objectsInText('In {a, b}: {"id": 1}, no: {"id": 2}'), { objects: [{ id: 1 }, { id: 2 }] });
 * assertEquals(objectsInText('{"met": tr'), { problem: "breaks off inside its JSON object" });
 * ```
 */
export function objectsInText(text: string): FoundObjects {
  const objects: Record<string, unknown>[] = [];
  let problem = "holds no JSON object";
  let tried = 0;
  let open = 0;
  for (let at = text.indexOf("{"); at >= 0 && tried < MOST_TRIED; at = text.indexOf("{", at)) {
    const end = objectEnd(text, at);
    if (end < 0 && /^\{\s*"/.test(text.slice(at, at + 100))) {
      return { problem: "breaks off inside its JSON object" };
    }
    if (end < 0 && ++open > MOST_OPEN) break;
    const read = end < 0 ? null : readObject(text.slice(at, end));
    if (read && "object" in read) objects.push(read.object);
    else {
      tried++;
      if (read) problem = read.problem;
    }
    // Braces that are prose may have an object inside.
    at = read && ("object" in read || read.whole) ? end : at + 1;
  }
  return objects.length > 0 ? { objects } : { problem };
}

function readObject(
  json: string,
): { object: Record<string, unknown> } | { problem: string; whole: boolean } {
  let valid = json;
  let object: Record<string, unknown>;
  try {
    object = JSON.parse(json);
  } catch {
    valid = repairStrings(json);
    try {
      object = JSON.parse(valid);
    } catch {
      const whole = /^\{\s*"/.test(json);
      return { problem: "holds an object that is not valid JSON", whole };
    }
  }
  const twice = repeatedField(valid);
  if (twice === null) return { object };
  return { problem: `names the field ${twice} twice in one JSON object`, whole: true };
}

/** Index after the brace that closes the one at `start`, or −1. */
function objectEnd(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{") depth++;
    else if (char === "}" && --depth === 0) return at + 1;
  }
  return -1;
}

/** A duplicate field in an object of valid JSON; `JSON.parse` would silently keep the last. */
function repeatedField(json: string): string | null {
  const open: (Set<string> | null)[] = [];
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g) ?? [];
  for (const [i, token] of tokens.entries()) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (token !== ":" && tokens[i + 1] === ":") {
      const fields = open.at(-1);
      const name: string = JSON.parse(token);
      if (fields?.has(name)) return JSON.stringify(name);
      fields?.add(name);
    }
  }
  return null;
}
