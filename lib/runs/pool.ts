/** Many things under way at once, and a clean end when one goes wrong. */

/**
 * Works on items with at most `limit` under way. When one throws, no further item is begun, those
 * under way are waited for, and the first error is thrown.
 *
 * @param limit At least 1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { forEachAtOnce } from "./pool.ts";
 *
 * const done: number[] = [];
 * await forEachAtOnce([1, 2, 3], 2, (item) => Promise.resolve(void done.push(item)));
 * assertEquals(done.toSorted(), [1, 2, 3]);
 * ```
 */
export async function forEachAtOnce<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  const next = items[Symbol.iterator]();
  const worker = async () => {
    while (errors.length === 0) {
      const { value, done } = next.next();
      if (done) return;
      try {
        await work(value);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (errors.length > 0) throw errors[0];
}

/**
 * Lets at most `limit` callers in at once, in the order in which they came.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { gate } from "./pool.ts";
 *
 * const one = gate(1);
 * assertEquals(await one(() => Promise.resolve("in")), "in");
 * ```
 */
export function gate(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (inside < limit) inside++;
    else await new Promise<void>((enter) => waiting.push(enter));
    try {
      return await work();
    } finally {
      const enter = waiting.shift();
      if (enter) enter();
      else inside--;
    }
  };
}

/**
 * Lets callers in, in the order in which they came, while what they carry stays within a capacity.
 * Who carries more than that is let in alone.
 *
 * @param capacity More than 0, in any unit.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { weightGate } from "./pool.ts";
 *
 * const bytes = weightGate(100);
 * assertEquals(await bytes(1000, () => Promise.resolve("alone")), "alone");
 * ```
 */
export function weightGate(
  capacity: number,
): <T>(weight: number, work: () => Promise<T>) => Promise<T> {
  let inside = 0;
  const waiting: { carried: number; enter: () => void }[] = [];
  const admit = () => {
    while (waiting.length > 0 && inside + waiting[0].carried <= capacity) {
      const { carried, enter } = waiting.shift()!;
      inside += carried;
      enter();
    }
  };
  return async (weight, work) => {
    const carried = Math.min(weight, capacity);
    await new Promise<void>((enter) => {
      waiting.push({ carried, enter });
      admit();
    });
    try {
      return await work();
    } finally {
      inside -= carried;
      admit();
    }
  };
}
