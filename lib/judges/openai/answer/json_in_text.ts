/** Extracts the single JSON object from a text that may contain prose. */

/** An object, or the reason why it was not found, worded to follow "the answer". */
export type FoundObject = { object: Record<string, unknown> } | { problem: string };

/**
 * Finds the only JSON object of a text: bare, in a code fence, or within prose. Two objects, an
 * unclosed one, one that does not parse and one with a duplicate field are refused, because
 * choosing a reading would be a guess.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { objectInText } from "./json_in_text.ts";
 *
 * assertEquals(objectInText('Sure: {"met": true}'), { object: { met: true } });
 * assertEquals(objectInText('{"met": tr'), { problem: "breaks off inside its JSON object" });
 * ```
 */
export function objectInText(text: string): FoundObject {
  const found: string[] = [];
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at)) {
    const end = objectEnd(text, at);
    if (end < 0) return { problem: "breaks off inside its JSON object" };
    found.push(text.slice(at, end));
    at = end;
  }
  if (found.length === 0) return { problem: "holds no JSON object" };
  if (found.length > 1) return { problem: `holds ${found.length} JSON objects; expected one` };
  let object: Record<string, unknown>;
  try {
    object = JSON.parse(found[0]);
  } catch {
    return { problem: "holds an object that is not valid JSON" };
  }
  const twice = repeatedField(found[0]);
  if (twice !== null) return { problem: `names the field ${twice} twice in one JSON object` };
  return { object };
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
