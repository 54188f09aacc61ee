/** Charges of attempts: token counts on one side, the budget's dollars on the other. */
import { InputError } from "../../../errors.ts";
import type { Charge, ChatBody } from "../client/types.ts";
import type { BatchMoney, Rates } from "../batch/batch_money.ts";
import { type Budget, BudgetReached, type Reservation } from "./budget.ts";
import type { Counts } from "./counts.ts";
import { dollars } from "./dollars.ts";
import type { Price } from "./price.ts";
import type { ImageSize } from "./tokens.ts";
import { type WorstCase, worstCase, worstCost } from "./worst_case.ts";

/** See {@link chargesOf}. */
export interface Charges {
  /**
   * Sets aside the most that an attempt can cost.
   *
   * @param sent The request as sent.
   * @param images Sizes of its pictures in pixels.
   * @throws {InputError} if the budget is reached, or the request sends no limit on its answer,
   * which no budget can cover; the signal's reason if aborted.
   */
  charge(
    sent: ChatBody,
    images: readonly ImageSize[],
    options?: { signal?: AbortSignal },
  ): Promise<Charge>;
  /** @throws {BudgetReached} once an answer was over what its request allowed. */
  checkSpending(): void;
  /** The same for batches, with the Batch API's discount. */
  batches: BatchMoney;
}

/**
 * Charges requests to a budget. The first answer that is over the limit on its tokens, or over the
 * most that its request can cost, stops a limited budget: nothing more is sent, because the server
 * does not keep what the budget rests on.
 *
 * @param unlimited Tokens taken for an answer without a limit where the budget has none either.
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { Budget } from "./budget.ts";
 * import { chargesOf } from "./charge.ts";
 * import { priceOf, readPrices } from "./price.ts";
 *
 * const table = await readPrices(new URL("../../../../data/prices.json", import.meta.url));
 * const budget = new Budget(1);
 * const { charge, checkSpending } = chargesOf(budget, priceOf(table, "gpt-4o"), 4096);
 * const messages = [{ role: "user" as const, content: "A cell divides." }];
 * const first = await charge({ model: "gpt-4o", messages, max_completion_tokens: 500 }, []);
 * first.settle({ prompt_tokens: 100, completion_tokens: 400 });
 * checkSpending();
 * assertEquals(budget.spent, 0.00425);
 * const second = await charge({ model: "gpt-4o", messages, max_completion_tokens: 500 }, []);
 * second.settle({ prompt_tokens: 100, completion_tokens: 5000 });
 * await assertInputError(checkSpending, "5000 tokens", "500");
 * ```
 */
export function chargesOf(budget: Budget, price: Price, unlimited: number): Charges {
  let over: BudgetReached | null = null;
  const limited = Number.isFinite(budget.limit);
  const isPriced = price.output_per_million > 0;
  const discounted: Rates = {
    input_per_million: price.input_per_million * (1 - price.batch_discount),
    output_per_million: price.output_per_million * (1 - price.batch_discount),
  };

  function boundOf(sent: ChatBody, images: readonly ImageSize[]): WorstCase {
    const bound = worstCase(sent, images, price);
    if (bound.completion_tokens !== null || !limited || !isPriced) return bound;
    throw new InputError(
      "Cannot keep --budget: the server takes no limit on the tokens of an answer, so that nobody " +
        "knows what a request may cost. To ask it all the same, leave out --budget",
    );
  }

  /** Settles an answer; the first one over its limits stops a limited budget. */
  function settle(
    reservation: Reservation,
    { prompt_tokens, completion_tokens }: Counts,
    { most, limit, at }: { most: number; limit: number | null; at: Rates },
  ) {
    const actual = (prompt_tokens * at.input_per_million + completion_tokens *
        at.output_per_million) / 1e6;
    reservation.settle(actual);
    const what = limit !== null && completion_tokens > limit && isPriced
      ? `${completion_tokens} tokens for an answer that was limited to ${limit}`
      : actual > most + 1e-9
      ? `${dollars(actual)} for a request that may cost ${dollars(most)}`
      : null;
    if (what !== null) stop(what);
  }

  function stop(what: string) {
    if (!limited || over) return;
    over = new BudgetReached(
      `Stopped: the server took ${what}, so that --budget cannot be kept with it. All answers ` +
        "so far are cached; to continue, leave out --budget or allow longer answers (--max-tokens)",
    );
    budget.stop(over);
  }

  return {
    async charge(sent, images, options = {}) {
      const bound = boundOf(sent, images);
      const most = worstCost(bound, price, { without: unlimited });
      const reservation = await budget.reserve(most, options);
      const terms = { most, limit: bound.completion_tokens, at: price };
      return {
        settle: (counts) => settle(reservation, counts, terms),
        keep(why, least = 0) {
          reservation.keep(why);
          const { completion_tokens: limit } = bound;
          if (limit === null || least <= limit || !isPriced) return;
          stop(`at least ${least} tokens, uncounted, for an answer that was limited to ${limit}`);
        },
        release: () => reservation.release(),
      };
    },
    checkSpending() {
      if (over) throw over;
    },
    batches: {
      limited,
      mostOf: (sent, images) =>
        worstCost(boundOf(sent, images), price, { without: unlimited, batch: true }),
      reserve: (most) => budget.tryReserve(most),
      holdSent: (most) => budget.holdSent(most),
      reached: (most, requests) => over ?? budget.reached(most, `a batch of ${requests} requests`),
      rates: discounted,
      end(reservation, most, end, at = discounted) {
        if (end === "not billed") reservation.release();
        else if (end === "maybe billed") reservation.keep(end);
        else if (end.uncounted) reservation.keep("uncounted");
        else settle(reservation, end, { most, limit: null, at });
      },
    },
  };
}
