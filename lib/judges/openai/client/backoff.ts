/** The delay before a request is repeated, if the server does not specify one. */
import type { Uniform } from "../../../random.ts";
import type { Clock } from "./limiter.ts";

/** Backoff before the second attempt in milliseconds; it doubles with each further one. */
const FIRST_BACKOFF_MS = 500;

/**
 * The backoff after a number of attempts, in milliseconds: 0.5 s doubled with each attempt up to
 * `max`, with the second half randomised by `jitter`, so that clients do not all return at once.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { backoffMs } from "./backoff.ts";
 *
 * assertEquals([1, 2, 3, 4].map((made) => backoffMs(made, 3000, () => 1)), [500, 1000, 2000, 3000]);
 * assertEquals(backoffMs(1, 3000, () => 0), 250);
 * ```
 */
export function backoffMs(made: number, max: number, jitter: Uniform): number {
  return Math.min(max, FIRST_BACKOFF_MS * 2 ** (made - 1)) * (0.5 + 0.5 * jitter());
}

/**
 * Resolves after the given time in milliseconds, or rejects with the reason of the first aborted
 * signal.
 */
export function wait(
  ms: number,
  clock: Clock,
  signals: (AbortSignal | undefined)[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const free = () => {
      cancel();
      for (const signal of signals) signal?.removeEventListener("abort", abort);
    };
    const abort = () => {
      free();
      reject(signals.find((signal) => signal?.aborted)!.reason);
    };
    const cancel = clock.after(ms, () => {
      free();
      resolve();
    });
    for (const signal of signals) {
      if (signal?.aborted) return abort();
      signal?.addEventListener("abort", abort, { once: true });
    }
  });
}
