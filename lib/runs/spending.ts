/** What asking costs, kept in `run.json` while it goes on: a command that is killed leaves its account. */
import type { OpenJudge } from "../judges/judge_entry.ts";
import type { Session } from "./session.ts";

/** Milliseconds between two accounts. */
const EVERY_MS = 2000;
/** At first: as many requests as may be under way are sent at once. */
const FIRST_MS = 100;

/** See {@link watchSpending}. */
export interface SpendingWatch {
  /** Keeps the last account, and returns it as a line; null if nothing was asked. */
  end(): Promise<string | null>;
}

/**
 * Keeps what a judge has spent until it ends, requests in flight included: soon after the first are
 * sent, then twice as long after each time, up to two seconds.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Session } from "./session.ts";
 * import { watchSpending } from "./spending.ts";
 *
 * const kept: unknown[] = [];
 * const spending = () => (soFar: unknown) => Promise.resolve(void kept.push(soFar));
 * const usage = { requests: 3 } as never;
 * const watch = watchSpending(() => ({ usage, text: "3 requests" }), { spending } as Session);
 * assertEquals([await watch.end(), kept], ["3 requests", [{ requests: 3 }]]);
 * ```
 */
export function watchSpending(
  spent: NonNullable<OpenJudge["spent"]>,
  session: Pick<Session, "spending">,
  everyMs = EVERY_MS,
): SpendingWatch {
  const keep = session.spending();
  let saving: Promise<void> = Promise.resolve();
  let shown = "";
  let pause = Math.min(FIRST_MS, everyMs);
  let next = 0;
  const timer = setInterval(() => {
    const now = spent({ peek: true });
    if (!now || now.text === shown || performance.now() < next) return;
    shown = now.text;
    next = performance.now() + pause;
    pause = Math.min(2 * pause, everyMs);
    // What cannot be written now is written at the end, where it is also said.
    saving = saving.then(() => keep(now.usage)).catch(() => {});
  }, pause);
  // It alone keeps no process running.
  Deno.unrefTimer(timer);
  return {
    async end() {
      clearInterval(timer);
      await saving;
      const last = spent();
      if (last) await keep(last.usage);
      return last?.text ?? null;
    },
  };
}
