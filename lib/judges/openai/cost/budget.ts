/** A budget that is never exceeded, however many requests are in flight. */
import { InputError } from "../../../errors.ts";
import { dollars, spentText } from "./dollars.ts";

/** The next request could exceed the budget. Earlier answers are kept. */
export class BudgetReached extends InputError {
  override name = "BudgetReached";
}

/**
 * Why money stays reserved for good:
 * - `uncounted`: answered, but the server's token counts are missing or not credible;
 * - `maybe billed`: sent without a whole answer, so that nobody here knows whether it was billed.
 */
export type Kept = "uncounted" | "maybe billed";

/** Money reserved for a request before it is sent; exactly one of the methods must be called. */
export interface Reservation {
  /** The actual cost in US dollars: from 0, finite. */
  settle(actual: number): void;
  /** The actual cost will never be known: all that was reserved stays taken. */
  keep(why: Kept): void;
  /** The request cannot have cost anything. */
  release(): void;
}

/** Sums of US dollars since the budget was created. */
export interface Ledger {
  /** Settled: counted by the server. */
  spent: number;
  /** Kept as `uncounted`. */
  uncounted: number;
  /** Kept as `maybe billed`. */
  maybe_billed: number;
  /** What requests cost beyond their reservation; part of `spent`. */
  overrun: number;
}

/**
 * A budget in US dollars. A request reserves the most that it can cost before it is sent, and then
 * settles its actual cost, keeps the reservation, or releases it. Money that is reserved or kept
 * counts as spent: while others may still return some, a reservation waits; if none can, it is
 * refused.
 *
 * The sum of all that was settled and kept stays within the limit unless someone settles more than
 * they reserved, which `overrun` records.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { Budget } from "./budget.ts";
 *
 * const budget = new Budget(1);
 * (await budget.reserve(0.75)).settle(0.5);
 * (await budget.reserve(0.25)).keep("maybe billed");
 * assertEquals(budget.left, 0.25);
 * await assertInputError(() => budget.reserve(0.75), "$0.50 of $1.00", "$0.25 may have been billed");
 * ```
 */
export class Budget {
  #limit: number;
  #ledger: Ledger = { spent: 0, uncounted: 0, maybe_billed: 0, overrun: 0 };
  #reserved = 0;
  #stopped: Error | null = null;
  #line: { cost: number; settle: () => void }[] = [];

  /**
   * @param limit US dollars from 0; `Infinity` for no limit.
   * @throws {InputError} for anything else.
   */
  constructor(limit: number) {
    if (!(limit >= 0)) {
      throw new InputError(`Cannot use a budget of ${limit}; expected US dollars from 0`);
    }
    this.#limit = limit;
  }

  /** US dollars that may be spent; `Infinity` for no limit. */
  get limit(): number {
    return this.#limit;
  }

  /** US dollars spent, according to settled costs. */
  get spent(): number {
    return this.#ledger.spent;
  }

  /** What became of the money so far. */
  get ledger(): Readonly<Ledger> {
    return { ...this.#ledger };
  }

  /** US dollars reserved now. */
  get reserved(): number {
    return this.#reserved;
  }

  /** US dollars neither spent, kept nor reserved. */
  get left(): number {
    return this.#limit - this.#gone - this.#reserved;
  }

  /** Spent or kept: nothing of it comes back. */
  get #gone(): number {
    const { spent, uncounted, maybe_billed } = this.#ledger;
    return spent + uncounted + maybe_billed;
  }

  /**
   * Reserves money, first come, first served.
   *
   * A holder of a reservation must end it before reserving again, or the two could deadlock.
   *
   * @param most Maximum cost of the request in US dollars: from 0, finite.
   * @throws {BudgetReached} if it would exceed the limit although nothing else is reserved.
   * @throws The error of {@link Budget.stop}; the signal's reason if aborted.
   */
  reserve(most: number, options: { signal?: AbortSignal } = {}): Promise<Reservation> {
    const { signal } = options;
    if (!(most >= 0 && Number.isFinite(most))) {
      return Promise.reject(new RangeError(`a request cannot cost ${most}`));
    }
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#line.splice(this.#line.indexOf(waiter), 1);
        reject(signal!.reason);
        this.#serve();
      };
      const waiter = {
        cost: most,
        settle: () => {
          signal?.removeEventListener("abort", abort);
          if (this.#stopped) reject(this.#stopped);
          else if (this.#fits(most)) resolve(this.#hold(most));
          else reject(this.reached(most));
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#line.push(waiter);
      this.#serve();
    });
  }

  /**
   * Reserves money at once, or not at all.
   *
   * @returns Null if it does not fit now.
   * @throws {RangeError} for a cost below 0 or without an end.
   */
  tryReserve(most: number): Reservation | null {
    if (!(most >= 0 && Number.isFinite(most))) throw new RangeError(`nothing can cost ${most}`);
    return !this.#stopped && this.#line.length === 0 && this.#fits(most) ? this.#hold(most) : null;
  }

  /**
   * Holds money for what was sent before this budget existed, such as a batch of an earlier call,
   * whether it fits or not.
   */
  holdSent(most: number): Reservation {
    return this.#hold(most);
  }

  /** Refuses all waiting and later reservations with this error; the first one is kept. */
  stop(error: Error): void {
    this.#stopped ??= error;
    this.#serve();
  }

  /** The error for money that does not fit. */
  reached(most: number, what = "the next request"): BudgetReached {
    return new BudgetReached(
      `Budget reached: ${spentText(this.#ledger, this.#limit)}, and ${what} may cost ${
        dollars(most)
      }. All answers so far are kept; ${
        most > this.#limit
          ? `to go on, give --budget ${dollars(most)} or a little more`
          : "the same command continues, with a budget of its own"
      }`,
    );
  }

  #fits(cost: number): boolean {
    // The tolerance covers floating-point summation, far below a cent.
    return cost <= this.left + 1e-9 * Math.min(1, this.#limit);
  }

  /** Admits or refuses the requests in the queue, until one has to wait for returned money. */
  #serve() {
    while (this.#line.length > 0) {
      const { cost, settle } = this.#line[0];
      if (!this.#stopped && !this.#fits(cost) && this.#reserved > 0) {
        // Waiting helps only if it would fit once everything reserved was returned.
        if (this.#gone + cost <= this.#limit) return;
      }
      this.#line.shift();
      settle();
    }
  }

  #hold(most: number): Reservation {
    this.#reserved += most;
    let open = true;
    const close = (take: (ledger: Ledger) => void) => {
      if (!open) throw new Error("a reservation was settled twice");
      open = false;
      this.#reserved = Math.max(0, this.#reserved - most);
      if (this.#reserved < 1e-12) this.#reserved = 0;
      take(this.#ledger);
      this.#serve();
    };
    return {
      settle: (actual) => {
        if (!(actual >= 0 && Number.isFinite(actual))) {
          throw new RangeError(`a request cannot have cost ${actual}`);
        }
        close((ledger) => {
          ledger.spent += actual;
          ledger.overrun += Math.max(0, actual - most);
        });
      },
      keep: (why) =>
        close((ledger) => ledger[why === "uncounted" ? "uncounted" : "maybe_billed"] += most),
      release: () => close(() => {}),
    };
  }
}
