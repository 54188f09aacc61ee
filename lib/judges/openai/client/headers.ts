/** Waiting times in a server's response headers. */

/** The longest wait that a server can impose at a time: one hour, in milliseconds. */
export const MAX_WAIT_MS = 3_600_000;

/** Reads one header; the `get` of a `Headers` object. */
export type HeaderSource = Pick<Headers, "get">;

/**
 * The delay that a server requests before the next request, in milliseconds, or null if absent.
 * Reads `retry-after-ms` first, then `Retry-After` as seconds or as an HTTP date (RFC 9110, section
 * 10.2.3). At least 0, at most {@link MAX_WAIT_MS}.
 *
 * @param now Wall-clock time in milliseconds since 1970, the reference for dates.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { retryAfterMs } from "./headers.ts";
 *
 * assertEquals(retryAfterMs(new Headers({ "retry-after": "1.5" }), 0), 1500);
 * assertEquals(retryAfterMs(new Headers({ "retry-after": "Thu, 01 Jan 1970 00:00:07 GMT" }), 5000), 2000);
 * assertEquals(retryAfterMs(new Headers(), 0), null);
 * ```
 */
export function retryAfterMs(headers: HeaderSource, now: number): number | null {
  const milliseconds = headers.get("retry-after-ms");
  if (milliseconds !== null && isNumber(milliseconds)) return bounded(Number(milliseconds));
  const value = headers.get("retry-after");
  if (value === null) return null;
  if (isNumber(value)) return bounded(Number(value) * 1000);
  return untilDate(value, now);
}

/**
 * The time in milliseconds until the server's rate limits admit a request: the longest
 * `x-ratelimit-reset-…` of those of `requests` and `tokens` whose `x-ratelimit-remaining-…` is 0.
 * Null if something remains or the headers are absent.
 *
 * @param now Wall-clock time in milliseconds since 1970.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { exhaustedMs } from "./headers.ts";
 *
 * const headers = new Headers({
 *   "x-ratelimit-remaining-requests": "0",
 *   "x-ratelimit-reset-requests": "1m2.5s",
 *   "x-ratelimit-remaining-tokens": "149984",
 *   "x-ratelimit-reset-tokens": "6m0s",
 * });
 * assertEquals(exhaustedMs(headers, 0), 62_500);
 * ```
 */
export function exhaustedMs(headers: HeaderSource, now: number): number | null {
  let longest: number | null = null;
  for (const what of ["requests", "tokens"]) {
    const remaining = headers.get(`x-ratelimit-remaining-${what}`);
    const reset = headers.get(`x-ratelimit-reset-${what}`);
    if (remaining === null || reset === null || !isNumber(remaining)) continue;
    if (Number(remaining) > 0) continue;
    const wait = resetMs(reset, now);
    if (wait !== null) longest = Math.max(longest ?? 0, wait);
  }
  return longest;
}

/**
 * Milliseconds until a rate limit resets: a duration in OpenAI's format (`1s`, `6m0s`, `20ms`,
 * `1h2m`), a plain number of seconds, or an ISO or HTTP date as sent by other servers. Null for
 * anything else.
 *
 * @param now Wall-clock time in milliseconds since 1970.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { resetMs } from "./headers.ts";
 *
 * assertEquals(resetMs("6m0s", 0), 360_000);
 * assertEquals(resetMs("20ms", 0), 20);
 * assertEquals(resetMs("soon", 0), null);
 * ```
 */
export function resetMs(value: string, now: number): number | null {
  const text = value.trim();
  if (isNumber(text)) {
    const seconds = Number(text);
    // A number too large to be a delay is a timestamp in seconds since 1970, as some gateways send.
    return bounded(seconds > 1e9 ? seconds * 1000 - now : seconds * 1000);
  }
  const units: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  if (/^(\d+(\.\d+)?(ms|[dhms]))+$/.test(text)) {
    let total = 0;
    for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)) {
      total += Number(count) * units[unit];
    }
    return bounded(total);
  }
  return untilDate(text, now);
}

function untilDate(text: string, now: number): number | null {
  // Date.parse alone would read "-3" as a year.
  const date = /^\s*([A-Za-z]{3,9},|\d{4}-\d\d-\d\dT)/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? null : bounded(date - now);
}

function isNumber(text: string): boolean {
  return /^\s*\d+(\.\d+)?\s*$/.test(text);
}

function bounded(ms: number): number {
  return Math.min(MAX_WAIT_MS, Math.max(0, ms));
}
