/** Whether a request that got 403 is one flagged question, or one of many without access. */

/** See {@link forbiddenGate}. */
export interface ForbiddenGate {
  /**
   * Waits until another request is answered (true: it is this question alone), or until all in
   * flight have got 403 (false: nobody has access).
   *
   * @throws The reason of a signal that is aborted.
   */
  isOne(signals: (AbortSignal | undefined)[]): Promise<boolean>;
  /** Looks again: a request has ended. */
  look(): void;
}

/**
 * Decides about 403. Before any answer it may mean either; those that got it keep their places in
 * flight meanwhile, so that no more requests are sent than were allowed at once.
 *
 * @param traffic What is known of all requests.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { forbiddenGate } from "./forbidden.ts";
 *
 * let answered = false;
 * const gate = forbiddenGate({ anyAnswered: () => answered, inFlight: () => 2 });
 * const first = gate.isOne([]);
 * answered = true;
 * gate.look();
 * assertEquals(await first, true);
 * ```
 */
export function forbiddenGate(
  traffic: { anyAnswered(): boolean; inFlight(): number },
): ForbiddenGate {
  const held = new Set<(one: boolean) => void>();

  function look() {
    const one = traffic.anyAnswered();
    if (!one && held.size < traffic.inFlight()) return;
    for (const decide of held) decide(one);
    held.clear();
  }

  return {
    look,
    isOne(signals) {
      return new Promise((resolve, reject) => {
        const end = () => {
          for (const signal of signals) signal?.removeEventListener("abort", abort);
        };
        const abort = () => {
          held.delete(decide);
          end();
          reject(signals.find((signal) => signal?.aborted)!.reason);
        };
        const decide = (one: boolean) => {
          end();
          resolve(one);
        };
        if (signals.some((signal) => signal?.aborted)) return abort();
        for (const signal of signals) signal?.addEventListener("abort", abort, { once: true });
        held.add(decide);
        look();
      });
    },
  };
}
