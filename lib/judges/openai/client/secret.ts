/** Keeps API keys out of everything that is shown or written. */

/** The replacement for a key. */
const REDACTED = "[key]";

/** Shorter keys are placeholders (`none`, `EMPTY`) that grant no access. */
const SHORTEST_KEY = 8;
/** Minimum number of consecutive characters of a key that counts as revealing. */
const TELLING_PIECE = 8;

/**
 * A function that redacts a key in texts: the key itself, any word that contains eight consecutive
 * characters of it (as in servers' partial quotes), its encoded form, and anything else that looks
 * like a key: `sk-…`, a bearer token, a word masked with asterisks.
 *
 * @param key The key; null if there is none.
 * @param others Other secrets, such as values of headers.
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
export function redactor(
  key: string | null,
  others: readonly string[] = [],
): (text: string) => string {
  const secrets = [key ?? "", ...others.flatMap((value) => [value, value.replace(/^\w+ /, "")])]
    .filter((secret) => secret.length >= SHORTEST_KEY);
  return (text) => {
    let clean = text;
    for (const secret of secrets) {
      for (const form of [secret, encodeURIComponent(secret), btoa(toLatin(secret))]) {
        clean = clean.replaceAll(form, REDACTED);
      }
    }
    return clean
      .replace(/\bbearer\s+[^\s"',;]{6,}/gi, `Bearer ${REDACTED}`)
      .replace(/[\w*+/=-]{6,}/g, (word) => isTelling(word, secrets) ? REDACTED : word);
  };
}

function isTelling(word: string, secrets: readonly string[]): boolean {
  if (/^sk[-_*]/.test(word) || /\*{3}/.test(word)) return true;
  for (let i = 0; i + TELLING_PIECE <= word.length; i++) {
    const piece = word.slice(i, i + TELLING_PIECE);
    if (secrets.some((secret) => secret.includes(piece))) return true;
  }
  return false;
}

function toLatin(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/**
 * A URL without parts that may be secret: user, password, query, what looks like a key.
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
  const path = pathname.replace(/\/(sk-|key-)[^/]{8,}/g, `/${REDACTED}`).replace(/\/$/, "");
  return `${protocol}//${host}${path}`;
}
