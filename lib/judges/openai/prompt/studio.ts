/** Pictures made by Workers, so that the thread that asks does nothing else. */
import { openWorkers } from "../../../workers.ts";
import type { PicturedClip, PictureWish, Shown } from "../../judge.ts";

/** A clip to make pictures of. */
export interface PictureJob extends PictureWish {
  path: string;
  /** Frames to show. */
  count: number;
}

/** What came of it. */
export interface Pictures {
  shown: Shown;
  hash: string;
  urls: string[];
}

/** See {@link openStudio}. */
export interface Studio extends Disposable {
  /**
   * The pictures of a clip, as asked for; others than those are made when they are asked for, from
   * the file again.
   *
   * @throws {InputError} if the clip cannot be read, or for settings out of range.
   */
  see(job: PictureJob): Promise<PicturedClip>;
}

/**
 * Opens a studio: Workers that decode clips, hash the frames shown and encode them, two clips at a
 * time, in about the order asked for. Only pictures come out: memory holds the frames of twice as many
 * clips as there are Workers. Clips must be known to be whole (see `DecodeOptions.whole`).
 *
 * @param workers At most so many; each is started when there is work for it.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { encodeVideo } from "../../../video/encode.ts";
 * import { PICTURES } from "./pictures.ts";
 * import { openStudio } from "./studio.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".mp4" });
 * const grey = new Uint8Array(64 * 48 * 3).fill(128);
 * await encodeVideo({ width: 64, height: 48, fps: 16, frames: [grey, grey, grey] }, path);
 * using studio = openStudio(1);
 * const clip = await studio.see({ path, count: 8, settings: PICTURES, repeats: false });
 * assertEquals([clip.positions, clip.total], [[0, 1, 2], 3]);
 * await Deno.remove(path);
 * ```
 */
export function openStudio(workers: number): Studio {
  const module = new URL("./studio_worker.ts", import.meta.url);
  const hands = openWorkers<PictureJob, Pictures>(module, { workers, jobsEach: 2 });
  return {
    async see(job) {
      const { shown, hash, urls } = await hands.do(job);
      return {
        ...shown,
        hash,
        urls: async (settings) =>
          JSON.stringify(settings) === JSON.stringify(job.settings)
            ? urls
            : (await hands.do({ ...job, settings })).urls,
      };
    },
    [Symbol.dispose]: () => hands[Symbol.dispose](),
  };
}
