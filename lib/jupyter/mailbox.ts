/** Values handed from those who receive them to the one who waits for them. */
export interface Mailbox<T> {
  push(value: T): void;
  /** From now on every `next` throws `reason`; only the first call counts. */
  fail(reason: unknown): void;
  /** Throws what {@link Mailbox.fail} was given, if anything. */
  check(): void;
  /** The oldest value not yet taken. One caller may wait at a time. */
  next(): Promise<T>;
}

/**
 * An empty mailbox.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { mailbox } from "./mailbox.ts";
 *
 * const box = mailbox<number>();
 * const awaited = box.next();
 * box.push(1);
 * box.push(2);
 * assertEquals([await awaited, await box.next()], [1, 2]);
 * ```
 */
export function mailbox<T>(): Mailbox<T> {
  const held: T[] = [];
  let failure: { reason: unknown } | null = null;
  let waiting: PromiseWithResolvers<T> | null = null;
  return {
    push(value) {
      if (waiting === null) held.push(value);
      else waiting.resolve(value);
      waiting = null;
    },
    fail(reason) {
      failure ??= { reason };
      waiting?.reject(failure.reason);
      waiting = null;
    },
    check() {
      if (failure !== null) throw failure.reason;
    },
    next() {
      if (failure !== null) return Promise.reject(failure.reason);
      if (held.length > 0) return Promise.resolve(held.shift() as T);
      waiting = Promise.withResolvers<T>();
      return waiting.promise;
    },
  };
}
