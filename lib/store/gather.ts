/** Many small additions made into few large ones. */

/** See {@link gatherRows}. */
export interface Gathering<Row> {
  /**
   * Takes rows, to be kept soon.
   *
   * @throws what keeping earlier rows threw.
   */
  add(rows: readonly Row[]): void;
  /** Keeps what is waiting; what it throws, later calls throw too. */
  flush(): Promise<void>;
}

/**
 * Gathers rows that come one after another and keeps them together, at most `waitMs` after the first
 * came: a record batch costs as much for ten rows as for a hundred.
 *
 * @param keep Keeps rows; it is called again only once it has ended.
 * @param waitMs What a kill may lose, in milliseconds.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { gatherRows } from "./gather.ts";
 *
 * const kept: number[][] = [];
 * const rows = gatherRows<number>((some) => Promise.resolve(void kept.push([...some])), 10);
 * rows.add([1]);
 * rows.add([2, 3]);
 * await rows.flush();
 * assertEquals(kept, [[1, 2, 3]]);
 * ```
 */
export function gatherRows<Row>(
  keep: (rows: readonly Row[]) => Promise<void>,
  waitMs: number,
): Gathering<Row> {
  let waiting: Row[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let keeping = Promise.resolve();
  let failure: { error: unknown } | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const rows = waiting;
    waiting = [];
    if (rows.length > 0) keeping = keeping.then(() => keep(rows));
    return keeping;
  };
  return {
    add(rows) {
      if (failure) throw failure.error;
      waiting.push(...rows);
      timer ??= setTimeout(() => flush().catch((error) => failure = { error }), waitMs);
    },
    flush,
  };
}
