/** A budget that is never exceeded, however many requests are in flight. */
import { InputError } from "../../../errors.ts";

/** The next request could exceed the budget. Earlier answers are kept. */
export class BudgetReached extends InputError {
  override name = "BudgetReached";
}

/** Money reserved for a request until its cost is known; one of the two methods must be called. */
export interface Reservation {
  /** The actual cost in US dollars. */
  settle(actual: number): void;
  /** The request cost nothing. */
  release(): void;
}

/**
 * A budget in US dollars. A request reserves its maximum cost, and settles its actual cost.
 * Reserved money counts as spent: while others may still return some, a reservation waits; if none
 * can, it is refused.
 *
 * Spending stays within the limit unless someone settles more than they reserved. In that case the
 * estimates were too low, and current and future reservations are scaled up by the largest ratio
 * observed.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { Budget } from "./budget.ts";
 *
 * const budget = new Budget(1);
 * (await budget.reserve(0.75)).settle(0.5);
 * assertEquals(budget.left, 0.5);
 * await assertInputError(() => budget.reserve(0.75), "$0.50 of $1.00");
 * ```
 */
export class Budget {
  #limit: number;
  #spent = 0;
  #reserved = 0;
  #ratio = 1;
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

  /** US dollars spent, according to settled costs. */
  get spent(): number {
    return this.#spent;
  }

  /** US dollars neither spent nor reserved. */
  get left(): number {
    return this.#limit - this.#spent - this.#reserved * this.#ratio;
  }

  /**
   * Reserves money, first come, first served.
   *
   * A holder of a reservation must settle it before reserving again, or the two could deadlock.
   *
   * @param most Maximum cost of the request in US dollars: from 0, finite.
   * @throws {BudgetReached} if it would exceed the limit although nothing else is reserved.
   * @throws The signal's reason if aborted.
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
          if (this.#fits(most)) resolve(this.#hold(most));
          else reject(this.#reached(most));
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#line.push(waiter);
      this.#serve();
    });
  }

  #fits(cost: number): boolean {
    // The tolerance covers floating-point summation, far below a cent.
    return cost * this.#ratio <= this.left + 1e-9 * Math.min(1, this.#limit);
  }

  /** Admits or refuses the requests in the queue, until one has to wait for returned money. */
  #serve() {
    while (this.#line.length > 0) {
      const { cost, settle } = this.#line[0];
      if (!this.#fits(cost) && this.#reserved > 0) {
        // Waiting helps only if it would fit once everything reserved was returned.
        if (this.#spent + cost * this.#ratio <= this.#limit) return;
      }
      this.#line.shift();
      settle();
    }
  }

  #hold(most: number): Reservation {
    this.#reserved += most;
    let open = true;
    const close = (actual: number) => {
      if (!open) throw new Error("a reservation was settled twice");
      open = false;
      this.#reserved = Math.max(0, this.#reserved - most);
      if (this.#reserved < 1e-12) this.#reserved = 0;
      this.#spent += actual;
      if (actual > most && most > 0) this.#ratio = Math.max(this.#ratio, actual / most);
      this.#serve();
    };
    return { settle: close, release: () => close(0) };
  }

  #reached(cost: number): BudgetReached {
    return new BudgetReached(
      `Budget reached: ${dollars(this.#spent)} of ${
        dollars(this.#limit)
      } spent, and the next request ` +
        `may cost ${
          dollars(cost * this.#ratio)
        }. All answers so far are cached; run the same command ` +
        "with a larger --budget to continue",
    );
  }
}

/** US dollars to the cent, or to two significant digits if less than ten cents. */
function dollars(amount: number): string {
  if (amount === 0 || amount >= 0.1) return `$${amount.toFixed(2)}`;
  return `$${Number(amount.toPrecision(2))}`;
}
