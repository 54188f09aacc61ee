/** Sums of money in words. */
import type { Ledger } from "./budget.ts";

/**
 * What became of a budget's money, in words.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { spentText } from "./dollars.ts";
 *
 * const ledger = { spent: 0.5, uncounted: 0, maybe_billed: 0.041, overrun: 0 };
 * assertEquals(spentText(ledger, 2), "$0.50 of $2.00 spent, another $0.041 may have been billed");
 * ```
 */
export function spentText(
  { spent, uncounted, maybe_billed }: Ledger,
  limit: number,
): string {
  const of = Number.isFinite(limit) ? ` of ${dollars(limit)}` : "";
  return [
    `${dollars(spent)}${of} spent`,
    ...(maybe_billed > 0 ? [`another ${dollars(maybe_billed)} may have been billed`] : []),
    ...(uncounted > 0
      ? [`another ${dollars(uncounted)} at most stays set aside, not counted by the server`]
      : []),
  ].join(", ");
}

/**
 * US dollars to the cent, or to two significant digits if less than ten cents.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { dollars } from "./dollars.ts";
 *
 * assertEquals([dollars(1.234), dollars(0.01234)], ["$1.23", "$0.012"]);
 * ```
 */
export function dollars(amount: number): string {
  if (amount === 0 || amount >= 0.1) return `$${amount.toFixed(2)}`;
  return `$${Number(amount.toPrecision(2))}`;
}
