/**
 * Whole, round numbers from `low` to `high`, about `wanted` of them (5 by default), including zero
 * if the range contains it: ticks for counts.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { wholeTicks } from "./ticks.ts";
 *
 * assertEquals(wholeTicks(0, 4), [0, 1, 2, 3, 4]);
 * assertEquals(wholeTicks(-300, 2100), [0, 500, 1000, 1500, 2000]);
 * ```
 */
export function wholeTicks(low: number, high: number, wanted = 5): number[] {
  const rough = Math.max(1, (high - low) / wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((multiple) => multiple * power >= rough)!;
  const ticks: number[] = [];
  for (let n = Math.ceil(low / step); n * step <= high; n++) ticks.push(n === 0 ? 0 : n * step);
  return ticks;
}
