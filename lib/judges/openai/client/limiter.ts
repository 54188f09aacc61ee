/**
 * One limit for all requests of a run: how many may be in flight, and when none may start.
 *
 * The limit follows additive increase and multiplicative decrease (Chiu and Jain, "Analysis of the
 * increase and decrease algorithms for congestion avoidance in computer networks", 1989), the rule
 * by which TCP shares a line: it halves when the server says that it is too much, and grows by a
 * constant per round of answers, never above its start.
 */

/** Time, so that tests need not wait for it. */
export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls `wake` once after so many milliseconds; the result cancels it. */
  after(ms: number, wake: () => void): () => void;
}

/** The machine's own time. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after(ms, wake) {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};

/** Leave to have one request in flight; {@link Slot.release} gives it back. */
export interface Slot {
  /** Places in the order of leaves given, from 1. */
  readonly sequence: number;
  /** Gives the place to the next in line. Calling it again does nothing. */
  release(): void;
}

/** A limiter as it stands. */
export interface LimiterState {
  /** Requests that may be in flight now: from 1 to the start value. */
  limit: number;
  /** The lowest that the limit has been. */
  lowest: number;
  in_flight: number;
  waiting: number;
  /** Milliseconds until requests may start again; 0 when they may. */
  paused_ms: number;
}

/** See {@link limiter}. */
export interface Limiter {
  /** A place in line, drawn once per request, so that its retries keep their turn. */
  ticket(): number;
  /**
   * Waits for a turn.
   *
   * @throws The signal's reason once it is aborted; the error of {@link Limiter.stop}.
   */
  acquire(options: { ticket?: number; signal?: AbortSignal }): Promise<Slot>;
  /** A request was answered: the limit grows by its share of a round. */
  succeeded(): void;
  /**
   * The server said that this request was too much: the limit halves. Requests that were already in
   * flight when it last halved tell nothing new and change nothing.
   */
  throttled(slot: Slot): void;
  /** No request starts for so many milliseconds from now. A shorter pause than the present changes nothing. */
  pause(ms: number): void;
  /** Everyone in line, and everyone who comes later, gets this error. The first error stays. */
  stop(error: Error): void;
  readonly state: LimiterState;
}

interface Waiter {
  ticket: number;
  admit(slot: Slot): void;
  refuse(error: unknown): void;
}

/**
 * A limiter that starts at `concurrency`. Turns are given in the order of tickets; nothing polls: a
 * single timer runs while a pause lasts and somebody waits for its end.
 *
 * A round of answers (as many as the limit) raises the limit by a sixteenth of `concurrency`, by 1 at
 * least, so that a halved limit is back after eight rounds whatever its size.
 *
 * @param options.concurrency Requests in flight at the start and at most: a whole number from 1.
 * @param options.onLimit Called when the limit in whole requests has changed.
 * @throws {RangeError} for a concurrency that is no whole number from 1.
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
    throw new RangeError(`concurrency is ${concurrency}; wanted a whole number from 1`);
  }
  const step = Math.max(1, concurrency / 16);
  const line: Waiter[] = [];
  let limit = concurrency;
  let lowest = concurrency;
  let inFlight = 0;
  let tickets = 0;
  let sequence = 0;
  /** Leaves given when the limit last fell: those requests belong to the time before. */
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
      // Timers may fire a little early; the call then finds the rest and waits again.
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
