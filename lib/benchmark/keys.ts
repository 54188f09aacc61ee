/** Numbers in the released keys, and the positions of criteria in their blocks. */
import { type Criterion, criterionHash } from "../records/criterion.ts";

/** How a criterion's number is read: as released, or as its position in the block. */
export type KeyReading = "as-released" | "repaired";

/**
 * Criteria of a benchmark in the released format, with positions and ids. A block's criteria have
 * the positions 1, 2, … in the order of their numbers. The release has no ids: a criterion is
 * identified by its dimension, its position and the hash of its text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { placed } from "./keys.ts";
 *
 * const at = { benchmark: "release", task: 60, dimension: "visual" as const, description: "Sharp." };
 * const rest = { sign: 1 as const, weight: 1, raw_weight: 1, probe: "" };
 * const rows = placed([11, 22].map((criterion) => ({ ...at, ...rest, criterion })));
 * assertEquals(rows.map(({ place, criterion }) => [place, criterion]), [[1, 11], [2, 22]]);
 * ```
 */
export function placed(criteria: readonly Omit<Criterion, "id" | "place">[]): Criterion[] {
  const numbers = new Map<string, number[]>();
  for (const [block, own] of Map.groupBy(criteria, blockOf)) {
    numbers.set(block, own.map(({ criterion }) => criterion).sort((a, b) => a - b));
  }
  return criteria.map((entry) => {
    const place = numbers.get(blockOf(entry))!.indexOf(entry.criterion) + 1;
    return {
      ...entry,
      place,
      id: `${entry.dimension}-${place}-${criterionHash(entry.description)}`,
    };
  });
}

function blockOf({ task, dimension }: Pick<Criterion, "task" | "dimension">): string {
  return `${task}/${dimension}`;
}

/** Whether a block's keys differ from 1, 2, … in order. */
export function isMisKeyed(numbers: readonly number[]): boolean {
  return numbers.some((number, i) => number !== i + 1);
}
