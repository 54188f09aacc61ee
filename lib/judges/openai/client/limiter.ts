/**
 * A common limit for all requests of a run: how many may be in flight, and when none may start.
 *
 * The limit follows additive increase and multiplicative decrease (Chiu and Jain, "Analysis of the
 * increase and decrease algorithms for congestion avoidance in computer networks", 1989), the rule
 * by which TCP shares a connection: it halves when the server signals overload, and grows by a
 * constant per round of answers, never above its initial value.
 */

/** A clock, replaceable in tests. */
export interface Clock {
  /** Monotonic time in milliseconds. */
  now(): number;
  /** Calls `wake` once after the given milliseconds; the result cancels it. */
  after(ms: number, wake: () => void): () => void;
}

/** The system clock. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after(ms, wake) {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};

/** Permission for one request in flight; {@link Slot.release} returns it. */
export interface Slot {
  /** Position in the order of permissions given, from 1. */
  readonly sequence: number;
  /** Passes the slot to the next in the queue. Further calls have no effect. */
  release(): void;
}

/** A limiter's state. */
export interface LimiterState {
  /** Requests that may be in flight now, from 1 to the initial value. */
  limit: number;
  /** The lowest value of the limit so far. */
  lowest: number;
  in_flight: number;
  waiting: number;
  /** Milliseconds until requests may start again; 0 if they may now. */
  paused_ms: number;
}

/** See {@link limiter}. */
export interface Limiter {
  /** A position in the queue, drawn once per request, so that its retries keep their turn. */
  ticket(): number;
  /**
   * Waits for a turn.
   *
   * @throws The signal's reason once it is aborted; the error of {@link Limiter.stop}.
   */
  acquire(options: { ticket?: number; signal?: AbortSignal }): Promise<Slot>;
  /** Reports an answered request: the limit grows by its share of a round. */
  succeeded(): void;
  /**
   * Reports that this request overloaded the server: the limit halves. Requests that were already
   * in flight when it last halved carry no new information and change nothing.
   */
  throttled(slot: Slot): void;
  /**
   * Starts no request for the given milliseconds. A pause shorter than the current one has no
   * effect.
   */
  pause(ms: number): void;
  /** Rejects all queued and later requests with this error. The first error is kept. */
  stop(error: Error): void;
  readonly state: LimiterState;
}

interface Waiter {
  ticket: number;
  admit(slot: Slot): void;
  refuse(error: unknown): void;
}

/**
 * A limiter that starts at `concurrency`. Turns are given in the order of tickets. Nothing polls: a
 * single timer runs while a pause lasts and a request is waiting.
 *
 * A round of answers (as many as the limit) raises the limit by a sixteenth of `concurrency`, at
 * least by 1, so that a halved limit recovers after eight rounds whatever its size.
 *
 * @param options.concurrency Initial and maximum number of requests in flight: an integer from 1.
 * @param options.onLimit Called when the limit, rounded to whole requests, has changed.
 * @throws {RangeError} if the concurrency is not an integer from 1.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { limiter } from "./limiter.ts";
 *
 * const limit = limiter({ concurrency: 8 });
 * const slot = await limit.acquire({});
 * limit.throttled(slot);
 * slot.release();
 * assertEquals(limit.state.limit, 4);
 * ```
 */
export function limiter(options: {
  concurrency: number;
  clock?: Clock;
  onLimit?: (from: number, to: number) => void;
}): Limiter {
  const { concurrency, clock = SYSTEM_CLOCK, onLimit } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`concurrency is ${concurrency}; expected a whole number from 1`);
  }
  const step = Math.max(1, concurrency / 16);
  const line: Waiter[] = [];
  let limit = concurrency;
  let lowest = concurrency;
  let inFlight = 0;
  let tickets = 0;
  let sequence = 0;
  /** Permissions given when the limit last fell: those requests belong to the time before. */
  let sequenceAtDecrease = 0;
  let pausedUntil = -Infinity;
  let cancelTimer: (() => void) | null = null;
  let stopped: { error: Error } | null = null;

  function setLimit(next: number) {
    const from = Math.floor(limit);
    limit = Math.min(concurrency, Math.max(1, next));
    lowest = Math.min(lowest, Math.floor(limit));
    if (Math.floor(limit) !== from) onLimit?.(from, Math.floor(limit));
  }

  function disarm() {
    cancelTimer?.();
    cancelTimer = null;
  }

  function admitNext() {
    disarm();
    const wait = pausedUntil - clock.now();
    if (wait > 0) {
      // Timers may fire slightly early; the call then finds the remainder and waits again.
      if (line.length > 0) cancelTimer = clock.after(Math.ceil(wait), admitNext);
      return;
    }
    while (inFlight < Math.floor(limit) && line.length > 0) line.shift()!.admit(newSlot());
  }

  function newSlot(): Slot {
    inFlight += 1;
    sequence += 1;
    let held = true;
    return {
      sequence,
      release() {
        if (!held) return;
        held = false;
        inFlight -= 1;
        admitNext();
      },
    };
  }

  function enter(waiter: Waiter) {
    let at = line.length;
    while (at > 0 && line[at - 1].ticket > waiter.ticket) at -= 1;
    line.splice(at, 0, waiter);
  }

  return {
    ticket: () => ++tickets,
    acquire({ ticket = ++tickets, signal }) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (stopped) return Promise.reject(stopped.error);
      return new Promise<Slot>((resolve, reject) => {
        const abort = () => {
          line.splice(line.indexOf(waiter), 1);
          if (line.length === 0) disarm();
          reject(signal!.reason);
        };
        const waiter: Waiter = {
          ticket,
          admit(slot) {
            signal?.removeEventListener("abort", abort);
            resolve(slot);
          },
          refuse(error) {
            signal?.removeEventListener("abort", abort);
            reject(error);
          },
        };
        signal?.addEventListener("abort", abort, { once: true });
        enter(waiter);
        admitNext();
      });
    },
    succeeded() {
      setLimit(limit + step / limit);
      admitNext();
    },
    throttled(slot) {
      if (slot.sequence <= sequenceAtDecrease) return;
      sequenceAtDecrease = sequence;
      setLimit(limit / 2);
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
      admitNext();
    },
    stop(error) {
      if (stopped) return;
      stopped = { error };
      disarm();
      for (const waiter of line.splice(0)) waiter.refuse(error);
    },
    get state() {
      return {
        limit: Math.floor(limit),
        lowest,
        in_flight: inFlight,
        waiting: line.length,
        paused_ms: Math.max(0, pausedUntil - clock.now()),
      };
    },
  };
}
