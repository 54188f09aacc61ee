/** Money that must not be passed, however many requests are in flight. */
import { InputError } from "../../../errors.ts";

/** The next request might pass the budget. What was answered before is kept. */
export class BudgetReached extends InputError {
  override name = "BudgetReached";
}

/** Money set aside for a request until it is known what it cost; one of the two must be called. */
export interface Reservation {
  /** What it did cost, in US dollars. */
  settle(actual: number): void;
  /** It cost nothing. */
  release(): void;
}

/**
 * A budget in US dollars. A request reserves the most that it may cost, and settles what it did cost.
 * Money reserved counts as spent: while others may still give some back, a reservation waits; when
 * none can, it is refused.
 *
 * Spending stays within the limit as long as nobody settles more than they reserved. Should that
 * happen, the estimates were too low, and reservations held and to come count for more by the
 * greatest ratio seen.
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
      throw new InputError(`Cannot keep a budget of ${limit}; wanted US dollars from 0`);
    }
    this.#limit = limit;
  }

  /** US dollars spent, by what was settled. */
  get spent(): number {
    return this.#spent;
  }

  /** US dollars that are neither spent nor reserved. */
  get left(): number {
    return this.#limit - this.#spent - this.#reserved * this.#ratio;
  }

  /**
   * Sets money aside, first come, first served.
   *
   * Whoever holds a reservation must not reserve again before settling it: the two could wait for
   * each other.
   *
   * @param most The most that the request may cost, in US dollars: from 0, finite.
   * @throws {BudgetReached} where it would pass the limit although nothing else is reserved.
   * @throws The signal's reason once it is aborted.
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
    // The tolerance is that of adding up floating-point numbers, far below a cent.
    return cost * this.#ratio <= this.left + 1e-9 * Math.min(1, this.#limit);
  }

  /** Lets the first in line through or refuses them, until one has to wait for money to come back. */
  #serve() {
    while (this.#line.length > 0) {
      const { cost, settle } = this.#line[0];
      if (!this.#fits(cost) && this.#reserved > 0) {
        // Waiting helps only if it would fit once all that is reserved came back.
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
        }. All answers so far are kept; run the same command ` +
        "with a greater --budget to go on from there",
    );
  }
}

/** US dollars to the cent, or to two digits where they are less than ten cents. */
function dollars(amount: number): string {
  if (amount === 0 || amount >= 0.1) return `$${amount.toFixed(2)}`;
  return `$${Number(amount.toPrecision(2))}`;
}
