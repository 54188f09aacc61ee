/** Work spread over cores: Workers that answer calls. */
import { InputError, messageOf } from "./errors.ts";

/**
 * How long a thread may sleep through a message, milliseconds. Deno 2.9.6 does not always wake for
 * what a native module finishes on another thread (once in about 15,000 clips it slept for half a
 * minute), unless a timer wakes it.
 */
const HEARTBEAT_MS = 100;

type Result<T> = { value: T } | { error: string; isInput: boolean };

/** See {@link openWorkers}. */
export interface Workers<Job, Value> extends Disposable {
  /**
   * Has a job done.
   *
   * @throws what the work throws: InputErrors as such, any other with its message alone.
   */
  do(job: Job): Promise<Value>;
}

/** How many at once. */
export interface WorkersOptions {
  /** Workers at most; each is started when there is work for it. */
  workers: number;
  /** Jobs that a Worker has at once, so that it need not wait for the next. */
  jobsEach?: number;
}

interface Waiting<Job, Value> {
  job: Job;
  resolve(result: Result<Value>): void;
}

interface Hand<Job, Value> {
  worker: Worker;
  /** By the number that each was given. */
  busy: Map<number, Waiting<Job, Value>>;
}

/**
 * Opens Workers that each run a module which calls {@link serve}. Jobs are begun in the order asked
 * for; jobs and values are copied. Disposing ends the Workers, whatever they do.
 *
 * @param module Address of the Workers' module.
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { openWorkers } from "./workers.ts";
 *
 * const serving = `import { serve } from "${new URL("./workers.ts", import.meta.url)}";
 *   serve((n) => n * n);`;
 * const module = new URL("data:text/javascript," + encodeURIComponent(serving));
 * using squares = openWorkers<number, number>(module, { workers: 2 });
 * assertEquals(await Promise.all([1, 2, 3].map((n) => squares.do(n))), [1, 4, 9]);
 * ```
 */
export function openWorkers<Job, Value>(
  module: URL,
  { workers, jobsEach = 1 }: WorkersOptions,
): Workers<Job, Value> {
  const waiting: Waiting<Job, Value>[] = [];
  const hands = new Set<Hand<Job, Value>>();
  const heartbeat = setInterval(() => {}, HEARTBEAT_MS);
  let given = 0;
  const next = () => {
    while (waiting.length > 0) {
      const hand = handFor();
      if (!hand) return;
      const waits = waiting.shift()!;
      const id = given++;
      hand.busy.set(id, waits);
      hand.worker.postMessage({ id, job: waits.job });
    }
  };
  /** The one with the least to do, or a new one; null where none has room. */
  const handFor = () => {
    const [freest] = [...hands].toSorted((a, b) => a.busy.size - b.busy.size);
    if (freest?.busy.size === 0) return freest;
    if (hands.size < workers) return hire();
    return freest && freest.busy.size < jobsEach ? freest : null;
  };
  const hire = () => {
    const worker = new Worker(module, { type: "module" });
    const hand: Hand<Job, Value> = { worker, busy: new Map() };
    hands.add(hand);
    worker.onmessage = ({ data: { id, result } }) => {
      hand.busy.get(id)!.resolve(result);
      hand.busy.delete(id);
      next();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      hands.delete(hand);
      const failed = { error: event.message, isInput: false };
      for (const { resolve } of hand.busy.values()) resolve(failed);
      next();
    };
    return hand;
  };
  return {
    async do(job) {
      const { promise, resolve } = Promise.withResolvers<Result<Value>>();
      waiting.push({ job, resolve });
      next();
      const result = await promise;
      if ("value" in result) return result.value;
      throw result.isInput ? new InputError(result.error) : new Error(result.error);
    },
    [Symbol.dispose]() {
      clearInterval(heartbeat);
      for (const { worker } of hands) worker.terminate();
    },
  };
}

/** The part of a Worker's global scope that {@link serve} needs. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

/**
 * Does the jobs that {@link openWorkers} sends; called once, by the Workers' module, before it awaits
 * anything: jobs that came earlier would be lost.
 */
export function serve<Job, Value>(work: (job: Job) => Value | Promise<Value>): void {
  const scope = globalThis as unknown as WorkerScope;
  setInterval(() => {}, HEARTBEAT_MS);
  scope.onmessage = async ({ data: { id, job } }) => {
    let result: Result<Value>;
    try {
      result = { value: await work(job) };
    } catch (error) {
      result = { error: messageOf(error), isInput: error instanceof InputError };
    }
    scope.postMessage({ id, result });
  };
}
