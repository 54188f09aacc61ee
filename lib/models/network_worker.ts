/** A Worker in which a model's networks compute; nobody who stops waits for it. */
import { openWorkers } from "../workers.ts";

/** See {@link openNetworkWorker}. */
export interface NetworkWorker<Job, Value> extends Disposable {
  /**
   * Does a job, after those before it.
   *
   * @throws The job's error; or, at once, the reason of the signal when it is aborted.
   */
  do(job: Job, signal?: AbortSignal): Promise<Value>;
}

/**
 * Opens a Worker for networks. One evaluation may take minutes, and nothing ends it: an aborted job is
 * abandoned, so that the caller can save what it has and end the process. Disposing waits likewise for
 * nothing: a Worker that still computes ends after its job, since to terminate a thread inside native
 * code can crash the process.
 *
 * @param module URL of its module, which calls `serve`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { openNetworkWorker } from "./network_worker.ts";
 *
 * const serving = `import { serve } from "${new URL("../workers.ts", import.meta.url)}";
 *   serve((ms) => new Promise((done) => setTimeout(() => done(ms), ms)));`;
 * const module = new URL("data:text/javascript," + encodeURIComponent(serving));
 * using worker = openNetworkWorker<number, number>(module);
 * const stop = new AbortController();
 * const job = worker.do(1000, stop.signal);
 * const began = performance.now();
 * stop.abort("stopped");
 * assertEquals(await job.catch((reason) => [reason, performance.now() - began < 900]), ["stopped", true]);
 * ```
 */
export function openNetworkWorker<Job, Value>(module: URL): NetworkWorker<Job, Value> {
  const worker = openWorkers<Job, Value>(module, { workers: 1 });
  const running = new Set<Promise<Value>>();
  return {
    async do(job, signal) {
      signal?.throwIfAborted();
      const work = worker.do(job);
      running.add(work);
      work.then(() => running.delete(work), () => running.delete(work));
      const aborted = Promise.withResolvers<never>();
      const abort = () => aborted.reject(signal!.reason);
      signal?.addEventListener("abort", abort);
      try {
        return await Promise.race([work, aborted.promise]);
      } finally {
        signal?.removeEventListener("abort", abort);
      }
    },
    [Symbol.dispose]() {
      Promise.allSettled(running).then(() => worker[Symbol.dispose]());
    },
  };
}
