/** Decodes clips and encodes frames in Workers, so that the main thread is free for requests. */
import { openWorkers } from "../../../workers.ts";
import type { EncodeJob, FrameEncoder, Shown } from "../../judge.ts";

/** A clip's encoded frames. */
export interface EncodedFrames {
  shown: Shown;
  hash: string;
  urls: string[];
}

/**
 * Opens a frame encoder: Workers that decode clips, hash the sampled frames and encode them as JPEG,
 * two clips at a time, roughly in the order of the calls. Only encoded frames are returned: at most two
 * decoded clips per Worker are in memory. Clips must be known to be intact (see
 * `DecodeOptions.whole`).
 *
 * @param workers Maximum number of Workers; each is spawned when there is work for it.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { encodeVideo } from "../../../video/encode.ts";
 * import { PICTURES } from "./pictures.ts";
 * import { openFrameEncoder } from "./frame_encoder.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".mp4" });
 * const grey = new Uint8Array(64 * 48 * 3).fill(128);
 * await encodeVideo({ width: 64, height: 48, fps: 16, frames: [grey, grey, grey] }, path);
 * using encoder = openFrameEncoder(1);
 * const clip = await encoder.encode({ path, count: 8, settings: PICTURES, repeats: false });
 * assertEquals([clip.positions, clip.total], [[0, 1, 2], 3]);
 * await Deno.remove(path);
 * ```
 */
export function openFrameEncoder(workers: number): FrameEncoder {
  const module = new URL("./frame_encoder_worker.ts", import.meta.url);
  const pool = openWorkers<EncodeJob, EncodedFrames>(module, { workers, jobsEach: 2 });
  return {
    async encode(job) {
      const { shown, hash, urls } = await pool.do(job);
      return {
        ...shown,
        hash,
        urls: async (settings) =>
          JSON.stringify(settings) === JSON.stringify(job.settings)
            ? urls
            : (await pool.do({ ...job, settings })).urls,
      };
    },
    [Symbol.dispose]: () => pool[Symbol.dispose](),
  };
}
