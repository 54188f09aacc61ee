/** Money of batches: what a batch can cost is reserved before it is created. */
import type { ChatBody, Reply } from "../client/types.ts";
import type { BudgetReached, Reservation } from "../cost/budget.ts";
import type { ImageSize } from "../cost/tokens.ts";
import type { BatchPart } from "./batch_state.ts";

/** What became of a request of a batch. */
export type LineEnd = Reply | "maybe billed" | "not billed";

/** What a batch costs: US dollars per million tokens. */
export type Rates = NonNullable<BatchPart["rates"]>;

/** What batches ask of a budget. */
export interface BatchMoney {
  /** What batches that are sent now cost. */
  rates: Rates;
  /** Whether there is a limit. */
  limited: boolean;
  /**
   * The most that a request of a batch can cost in US dollars.
   *
   * @throws {InputError} if it has no limit.
   */
  mostOf(sent: ChatBody, images: readonly ImageSize[]): number;
  /** Reserves US dollars; null if they do not fit, now or ever in this call. */
  reserve(most: number): Reservation | null;
  /** Holds US dollars for a batch that an earlier call sent. */
  holdSent(most: number): Reservation;
  /** The error for a batch that does not fit. */
  reached(most: number, requests: number): BudgetReached;
  /**
   * Accounts for one request; its reservation has been made for it alone.
   *
   * @param rates Those of its batch, which may be of another model; the present ones by default.
   */
  end(reservation: Reservation, most: number, end: LineEnd, rates?: Rates): void;
}

/** Reservations of batches in progress. */
export interface BatchPurse {
  mostOf: BatchMoney["mostOf"];
  /** What batches that are sent now cost; undefined without money. */
  rates: Rates | undefined;
  /** Reserves what a batch can cost; false if it does not fit. */
  reserve(part: BatchPart): boolean;
  /** Holds what a batch of an earlier call can cost. */
  holdSent(part: BatchPart): void;
  /** US dollars that the part can cost. */
  most(part: BatchPart): number;
  /** Ends a part's reservation, each request by itself. */
  end(part: BatchPart, endOf: (key: string) => LineEnd): void;
  /** Nothing of a part was sent. */
  release(part: BatchPart): void;
}

/**
 * Reservations of parts; without money, none is made.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { batchPurse } from "./batch_money.ts";
 * import type { BatchPart } from "./batch_state.ts";
 *
 * const part = { keys: ["a", "b"], most_usd: [0.25, 0.5] } as unknown as BatchPart;
 * assertEquals(batchPurse(undefined).most(part), 0.75);
 * assertEquals(batchPurse(undefined).reserve(part), true);
 * ```
 */
export function batchPurse(money: BatchMoney | undefined): BatchPurse {
  const held = new Map<BatchPart, Reservation>();
  const most = ({ most_usd = [] }: BatchPart) => most_usd.reduce((sum, usd) => sum + usd, 0);
  const release = (part: BatchPart) => {
    held.get(part)?.release();
    held.delete(part);
  };
  return {
    rates: money?.rates,
    mostOf: (sent, images) => money?.mostOf(sent, images) ?? 0,
    most,
    release,
    reserve(part) {
      if (!money) return true;
      const reservation = money.reserve(most(part));
      if (reservation) held.set(part, reservation);
      return reservation !== null;
    },
    holdSent(part) {
      if (money) held.set(part, money.holdSent(most(part)));
    },
    end(part, endOf) {
      if (!money) return;
      release(part);
      part.keys.forEach((key, i) => {
        const usd = part.most_usd?.[i] ?? 0;
        money.end(money.holdSent(usd), usd, endOf(key), part.rates);
      });
    },
  };
}
