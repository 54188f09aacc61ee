/** Keeps a key of access out of everything that is shown or written. */

/** What stands where a key stood. */
const REDACTED = "[key]";

/** Keys shorter than this are placeholders (`none`, `EMPTY`) that open nothing. */
const SHORTEST_KEY = 8;
/** So many characters of a key in a row give too much of it away. */
const TELLING_PIECE = 8;

/**
 * A function that takes a key out of texts: the key itself, any word that holds eight characters of
 * it in a row (as servers do that quote it in part), its encoded form, and whatever else looks like
 * a key: `sk-…`, a bearer token, a word masked with asterisks.
 *
 * @param key The key; null where there is none.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { redactor } from "./secret.ts";
 *
 * const clean = redactor("sk-proj-abcdefghijkl");
 * assertEquals(clean("Incorrect API key provided: sk-proj-abcdefghijkl."), "Incorrect API key provided: [key].");
 * assertEquals(clean("Incorrect API key provided: sk-pr***ijkl."), "Incorrect API key provided: [key].");
 * ```
 */
export function redactor(key: string | null): (text: string) => string {
  const secret = key !== null && key.length >= SHORTEST_KEY ? key : null;
  return (text) => {
    let clean = text;
    if (secret) {
      for (const form of [secret, encodeURIComponent(secret), btoa(toLatin(secret))]) {
        clean = clean.replaceAll(form, REDACTED);
      }
    }
    return clean
      .replace(/\bbearer\s+[^\s"',;]{6,}/gi, `Bearer ${REDACTED}`)
      .replace(/[\w*+/=-]{6,}/g, (word) => isTelling(word, secret) ? REDACTED : word);
  };
}

function isTelling(word: string, secret: string | null): boolean {
  if (/^sk[-_*]/.test(word) || /\*{3}/.test(word)) return true;
  if (!secret) return false;
  for (let i = 0; i + TELLING_PIECE <= word.length; i++) {
    if (secret.includes(word.slice(i, i + TELLING_PIECE))) return true;
  }
  return false;
}

function toLatin(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/**
 * An address without what may be secret in it: user, password, query.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { publicUrl } from "./secret.ts";
 *
 * assertEquals(publicUrl("https://me:word@example.org/v1?code=3"), "https://example.org/v1");
 * ```
 */
export function publicUrl(address: string): string {
  if (!URL.canParse(address)) return address.replace(/^\S*@/, "").replace(/\?.*$/, "");
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname.replace(/\/$/, "")}`;
}
