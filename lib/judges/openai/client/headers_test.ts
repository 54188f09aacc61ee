import { assertEquals } from "../../../testing/assert.ts";
import { exhaustedMs, MAX_WAIT_MS, resetMs, retryAfterMs } from "./headers.ts";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

Deno.test("Retry-After is read as seconds, as a date, and in milliseconds", () => {
  const wait = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), NOW);
  assertEquals(wait({ "retry-after": "0" }), 0);
  assertEquals(wait({ "retry-after": "12" }), 12_000);
  assertEquals(wait({ "retry-after": new Date(NOW + 4000).toUTCString() }), 4000);
  assertEquals(wait({ "retry-after": new Date(NOW - 4000).toUTCString() }), 0, "a past date");
  assertEquals(wait({ "retry-after-ms": "250", "retry-after": "1" }), 250);
  assertEquals(wait({ "retry-after": "99999999" }), MAX_WAIT_MS);
  for (const nonsense of ["", "later", "-3", "NaN", "1e9x"]) {
    assertEquals(wait({ "retry-after": nonsense }), null, nonsense);
  }
});

Deno.test("a rate limit pauses only if nothing remains, until the longest reset", () => {
  const headers = (requests: string, tokens: string) =>
    new Headers({
      "x-ratelimit-remaining-requests": requests,
      "x-ratelimit-reset-requests": "2s",
      "x-ratelimit-remaining-tokens": tokens,
      "x-ratelimit-reset-tokens": "500ms",
    });
  assertEquals(exhaustedMs(headers("1", "1"), NOW), null);
  assertEquals(exhaustedMs(headers("0", "1"), NOW), 2000);
  assertEquals(exhaustedMs(headers("1", "0"), NOW), 500);
  assertEquals(exhaustedMs(headers("0", "0"), NOW), 2000);
  assertEquals(exhaustedMs(new Headers({ "x-ratelimit-remaining-requests": "0" }), NOW), null);
});

Deno.test("resets are durations, seconds, timestamps or dates", () => {
  assertEquals(resetMs("1h2m3.5s", NOW), MAX_WAIT_MS);
  assertEquals(resetMs("2m3.5s", NOW), 123_500);
  assertEquals(resetMs("7", NOW), 7000);
  assertEquals(resetMs(String(NOW / 1000 + 9), NOW), 9000);
  assertEquals(resetMs(new Date(NOW + 3000).toISOString(), NOW), 3000);
  assertEquals(resetMs("1x", NOW), null);
});
