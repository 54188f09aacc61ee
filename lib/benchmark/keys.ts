/** Which criterion a score belongs to: by the released keys, or by its place in the block. */
import type { Criterion } from "../records/criterion.ts";

/** How a criterion's number is read. */
export type KeyReading = "as-released" | "repaired";

/**
 * Criteria under a reading of their keys. `as-released` leaves the numbers alone, so a block keyed
 * `d11, d22, d33, d44, d55` has no criterion 1 to 5; `repaired` numbers each block's criteria 1, 2, …
 * in the order of the block.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { readKeys } from "./keys.ts";
 * import type { Criterion } from "../records/criterion.ts";
 *
 * const block = [11, 22].map((criterion) => ({ task: 60, dimension: "visual", criterion }));
 * const repaired = readKeys(block as Criterion[], "repaired");
 * assertEquals(repaired.map((entry) => entry.criterion), [1, 2]);
 * ```
 */
export function readKeys(criteria: readonly Criterion[], reading: KeyReading): Criterion[] {
  if (reading === "as-released") return [...criteria];
  const seen = new Map<string, number>();
  return criteria
    .toSorted((a, b) =>
      a.task - b.task || compare(a.dimension, b.dimension) || a.criterion - b.criterion
    )
    .map((criterion) => {
      const block = `${criterion.task}/${criterion.dimension}`;
      const place = (seen.get(block) ?? 0) + 1;
      seen.set(block, place);
      return { ...criterion, criterion: place };
    });
}

/** Whether a block's keys are not 1, 2, … in order. */
export function isMisKeyed(numbers: readonly number[]): boolean {
  return numbers.some((number, i) => number !== i + 1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
