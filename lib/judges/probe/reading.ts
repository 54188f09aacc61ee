/** Clips as the probe measures them: read frame by frame, each reduced at once. */
import { decodeFrames } from "../../video/decode.ts";
import { type FramesHasher, framesHasher } from "../../video/sample.ts";
import type { Video } from "../../video/types.ts";
import { reduce } from "../../vision/plane.ts";
import { workingSize } from "../../vision/working_size.ts";

/** The most pixels of a clip's frames together at working size: a minute of 240×135 at 8 a second. */
export const MAX_WORKING_PIXELS = 2 ** 24;

/** A clip at working size, or why it is not measured. */
export interface ClipRead {
  /** At working size (see `reduce`); null for a clip that is too long. */
  video: Video | null;
  /** What was found and what is allowed, if it is too long. */
  reason: string;
  /** `framesHash` of its frames in full size; empty if it was not read. */
  frames: string;
}

/**
 * Reads a clip for measuring. In memory are its frames at working size and one in full size; a clip
 * whose frames would take too much is not read.
 *
 * @throws {InputError} if it cannot be read, as `decodeFrames` says.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { encodeVideo } from "../../video/encode.ts";
 * import { readForMeasuring } from "./reading.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".mp4" });
 * const frames = [0, 1].map(() => new Uint8Array(512 * 256 * 3));
 * await encodeVideo({ width: 512, height: 256, fps: 8, frames }, path);
 * const { video } = await readForMeasuring(path);
 * assertEquals([video?.width, video?.height, video?.frames.length], [256, 128, 2]);
 * await Deno.remove(path);
 * ```
 */
export async function readForMeasuring(path: string): Promise<ClipRead> {
  let video: Video | undefined;
  let hasher: FramesHasher | undefined;
  for await (const { width, height, total, timing, rgb } of decodeFrames(path, { threads: 1 })) {
    const small = workingSize({ width, height });
    if (total * small.width * small.height > MAX_WORKING_PIXELS) {
      return { video: null, reason: tooLong(total, small), frames: "" };
    }
    hasher ??= framesHasher({ width, height, count: total, times: timing.times });
    hasher.update(rgb);
    const { frames: [frame] } = reduce({ width, height, fps: timing.fps, frames: [rgb] });
    video ??= { ...small, ...timing, frames: [] };
    video.frames.push(frame);
    // Freed at once: the garbage collector would let frames in full size accumulate.
    if (frame !== rgb) (rgb.buffer as ArrayBuffer).transfer(0);
  }
  // A clip without frames is an error.
  return { video: video!, reason: "", frames: hasher!.digest() };
}

function tooLong(total: number, { width, height }: { width: number; height: number }): string {
  const millions = (pixels: number) => (pixels / 1e6).toFixed(1);
  return `the clip's ${total} frames have ${millions(total * width * height)} million pixels at ` +
    `working size, ${width}×${height}; the probe measures at most ` +
    `${millions(MAX_WORKING_PIXELS)} million, ${Math.floor(MAX_WORKING_PIXELS / width / height)} ` +
    `such frames`;
}
