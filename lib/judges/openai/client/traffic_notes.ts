/** What a user is shown of requests that do not go as they should. */
import type { ChatEvent } from "./client_options.ts";

/** Pauses shorter than this, in milliseconds, are not worth a line. */
const SHORTEST_MS = 5000;

/**
 * Turns events into lines: repeated attempts, what to try, a lower limit, and pauses that the server
 * asks for, which may take an hour; each once, however many requests it was told to.
 *
 * @param note Takes a line.
 * @param now Milliseconds of a clock.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { trafficNotes } from "./traffic_notes.ts";
 *
 * const lines: string[] = [];
 * const take = trafficNotes((line) => lines.push(line), () => 0);
 * for (const wait_ms of [1000, 90_000, 90_000, 3_600_000]) {
 *   take({ kind: "pause", reason: "HTTP 429: Slow down", wait_ms });
 * }
 * take({ kind: "retry", attempt: 2, reason: "HTTP 503", wait_ms: 5 });
 * assertEquals(lines, [
 *   "pause     90 s, as the server asks: HTTP 429: Slow down",
 *   "pause     60 min, as the server asks: HTTP 429: Slow down",
 *   "retry     attempt 2: HTTP 503",
 * ]);
 * ```
 */
export function trafficNotes(
  note: (line: string) => void,
  now: () => number = () => performance.now(),
): (event: ChatEvent) => void {
  let until = 0;
  return (event) => {
    if (event.kind === "retry" && event.attempt > 1) {
      note(`retry     attempt ${event.attempt}: ${event.reason}`);
    } else if (event.kind === "advice") {
      note(`refused   ${event.reason}; ${event.advice}`);
    } else if (event.kind === "limit" && event.to < event.from) {
      note(`limit     ${event.from} → ${event.to} requests at once`);
    } else if (event.kind === "pause" && event.wait_ms >= SHORTEST_MS) {
      const end = now() + event.wait_ms;
      if (end < until + SHORTEST_MS) return;
      until = end;
      note(`pause     ${lasting(event.wait_ms)}, as the server asks: ${event.reason}`);
    }
  };
}

function lasting(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
