/** A pool of Workers, to spread work over cores. */
import { ClipError, InputError, messageOf } from "./errors.ts";

/**
 * Interval in milliseconds at which threads wake up. Without a timer, Deno 2.9.6 does not always wake
 * when a native module finishes on another thread: once in about 15,000 clips it slept for half a
 * minute.
 */
const HEARTBEAT_MS = 100;

type Result<T> = { value: T } | { error: string; kind: Kind };

/** Errors that keep their class between threads. */
const KINDS = { clip: ClipError, input: InputError, other: Error };
type Kind = keyof typeof KINDS;

/** The narrowest kind of an error. */
function kindOf(error: unknown): Kind {
  if (error instanceof ClipError) return "clip";
  return error instanceof InputError ? "input" : "other";
}

/** See {@link openWorkers}. */
export interface Workers<Job, Value> extends Disposable {
  /**
   * Runs a job.
   *
   * @throws The job's error: an InputError or ClipError as such, any other error with only its message.
   */
  do(job: Job): Promise<Value>;
}

/** Limits of the pool. */
export interface WorkersOptions {
  /** Maximum number of Workers; each is spawned when there is work for it. */
  workers: number;
  /** Maximum jobs queued per Worker, so that it need not wait for the next. */
  jobsEach?: number;
}

interface PendingJob<Job, Value> {
  job: Job;
  resolve(result: Result<Value>): void;
}

interface WorkerSlot<Job, Value> {
  worker: Worker;
  /** Jobs sent to the Worker, by id. */
  running: Map<number, PendingJob<Job, Value>>;
}

/**
 * Opens a pool of Workers running a module that calls {@link serve}. Jobs start in the order of the
 * calls; jobs and values are copied. Disposing terminates the Workers immediately.
 *
 * @param module URL of the Workers' module.
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
  const queue: PendingJob<Job, Value>[] = [];
  const slots = new Set<WorkerSlot<Job, Value>>();
  const heartbeat = setInterval(() => {}, HEARTBEAT_MS);
  let nextId = 0;
  const dispatch = () => {
    while (queue.length > 0) {
      const slot = availableSlot();
      if (!slot) return;
      const pending = queue.shift()!;
      const id = nextId++;
      slot.running.set(id, pending);
      slot.worker.postMessage({ id, job: pending.job });
    }
  };
  /** The least busy slot, or a new one; null if all are full. */
  const availableSlot = () => {
    const [leastBusy] = [...slots].toSorted((a, b) => a.running.size - b.running.size);
    if (leastBusy?.running.size === 0) return leastBusy;
    if (slots.size < workers) return spawn();
    return leastBusy && leastBusy.running.size < jobsEach ? leastBusy : null;
  };
  const spawn = () => {
    const worker = new Worker(module, { type: "module" });
    const slot: WorkerSlot<Job, Value> = { worker, running: new Map() };
    slots.add(slot);
    worker.onmessage = ({ data: { id, result } }) => {
      slot.running.get(id)!.resolve(result);
      slot.running.delete(id);
      dispatch();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      slots.delete(slot);
      const failed = { error: event.message, kind: "other" } as const;
      for (const { resolve } of slot.running.values()) resolve(failed);
      dispatch();
    };
    return slot;
  };
  return {
    async do(job) {
      const { promise, resolve } = Promise.withResolvers<Result<Value>>();
      queue.push({ job, resolve });
      dispatch();
      const result = await promise;
      if ("value" in result) return result.value;
      throw new KINDS[result.kind](result.error);
    },
    [Symbol.dispose]() {
      clearInterval(heartbeat);
      for (const { worker } of slots) worker.terminate();
    },
  };
}

/** The part of a Worker's global scope that {@link serve} needs. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

/**
 * Runs the jobs sent by {@link openWorkers}. The Workers' module must call it once, before awaiting
 * anything, or jobs that arrive earlier are lost.
 */
export function serve<Job, Value>(work: (job: Job) => Value | Promise<Value>): void {
  const scope = globalThis as unknown as WorkerScope;
  setInterval(() => {}, HEARTBEAT_MS);
  scope.onmessage = async ({ data: { id, job } }) => {
    let result: Result<Value>;
    try {
      result = { value: await work(job) };
    } catch (error) {
      result = { error: messageOf(error), kind: kindOf(error) };
    }
    scope.postMessage({ id, result });
  };
}
