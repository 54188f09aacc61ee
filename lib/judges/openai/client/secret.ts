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
  const secrets = secretsOf(key, others);
  const masked = masker(key, others);
  return (text) =>
    masked(text)
      .replace(/\bbearer\s+[^\s"',;]{6,}/gi, `Bearer ${REDACTED}`)
      .replace(/[\w*+/=-]{6,}/g, (word) => isTelling(word, secrets) ? REDACTED : word);
}

/**
 * A function that redacts a key where it stands as a whole, as it is or encoded (URL, JSON, base64
 * with whatever stands before it), and leaves all other words as they are: for answers, which a server
 * may fill with what it was sent.
 *
 * @param key The key; null if there is none.
 * @param others Other secrets, such as values of headers.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { masker } from "./secret.ts";
 *
 * const masked = masker("sk-proj-abc/efgh=jkl");
 * assertEquals(masked("You sent sk-proj-abc/efgh=jkl."), "You sent [key].");
 * assertEquals(masked(`Basic ${btoa("user:sk-proj-abc/efgh=jkl")}.`), "Basic [key].");
 * assertEquals(masked("*** sk-other"), "*** sk-other");
 * ```
 */
export function masker(
  key: string | null,
  others: readonly string[] = [],
): (text: string) => string {
  const secrets = secretsOf(key, others);
  const forms = secrets.flatMap((secret) => {
    const quoted = JSON.stringify(secret).slice(1, -1);
    return [secret, encodeURIComponent(secret), encodeURI(secret), quoted];
  });
  const encoded = secrets.flatMap(base64Cores);
  return (text) => {
    let clean = text;
    for (const form of forms) clean = clean.replaceAll(form, REDACTED);
    for (const core of encoded) {
      for (let at = clean.indexOf(core); at >= 0; at = clean.indexOf(core)) {
        const before = clean.slice(0, at).replace(/[\w+/-]*$/, "");
        clean = before + REDACTED + clean.slice(at + core.length).replace(/^[\w+/=-]*/, "");
      }
    }
    return clean;
  };
}

/** What of base64 is the same whatever stands before and after a secret, for its three positions. */
function base64Cores(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = btoa("\0".repeat(before) + toLatin(secret));
    const core = text.replace(/=+$/, "").slice(before === 0 ? 0 : before + 1, -1);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function secretsOf(key: string | null, others: readonly string[]): string[] {
  return [key ?? "", ...others.flatMap((value) => [value, value.replace(/^\w+ /, "")])]
    // Headers are sent without white space around them.
    .map((secret) => secret.trim())
    .filter((secret) => secret.length >= SHORTEST_KEY);
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
 * assertEquals(publicUrl("me:word@example.org/v1?code=3"), "example.org/v1");
 * ```
 */
export function publicUrl(address: string): string {
  if (!/^[\w+.-]+:\/\/[^\\]*$/.test(address) || !URL.canParse(address)) {
    return address.replace(/^.*@/s, "").replace(/[?#].*$/s, "");
  }
  const { protocol, host, pathname } = new URL(address);
  const path = pathname.replace(/\/(sk-|key-)[^/]{8,}/g, `/${REDACTED}`)
    .replace(/([;=]|%3[bd]).*$/i, "$1…").replace(/\/$/, "");
  return `${protocol}//${host}${path}`;
}
