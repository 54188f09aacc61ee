/** A queue between producers and a single consumer. */
export interface Mailbox<T> {
  push(value: T): void;
  /** Makes every later `next` throw `reason`; only the first call has an effect. */
  fail(reason: unknown): void;
  /** Throws the reason given to {@link Mailbox.fail}, if any. */
  check(): void;
  /** The oldest value not yet taken. Only one caller may wait at a time. */
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
