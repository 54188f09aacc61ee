/** Batching of many small appends into few large ones. */

/** See {@link gatherRows}. */
export interface Gathering<Row> {
  /**
   * Queues rows, to be written soon.
   *
   * @throws the error of an earlier write.
   */
  add(rows: readonly Row[]): void;
  /** Writes the queued rows; its errors are also thrown by later calls. */
  flush(): Promise<void>;
}

/**
 * Gathers rows that arrive one after another and writes them together, at most `waitMs` after the
 * first arrived: a record batch costs as much for ten rows as for a hundred.
 *
 * @param write Writes rows; the next call waits until it has finished.
 * @param waitMs How much a killed process may lose, in milliseconds.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { gatherRows } from "./gather.ts";
 *
 * const written: number[][] = [];
 * const rows = gatherRows<number>((batch) => Promise.resolve(void written.push([...batch])), 10);
 * rows.add([1]);
 * rows.add([2, 3]);
 * await rows.flush();
 * assertEquals(written, [[1, 2, 3]]);
 * ```
 */
export function gatherRows<Row>(
  write: (rows: readonly Row[]) => Promise<void>,
  waitMs: number,
): Gathering<Row> {
  let waiting: Row[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing = Promise.resolve();
  let failure: { error: unknown } | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const rows = waiting;
    waiting = [];
    if (rows.length > 0) writing = writing.then(() => write(rows));
    return writing;
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
