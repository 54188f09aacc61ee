/** Sampling of the few frames of a clip that a judge sees. */
import { createHash } from "node:crypto";
import { InputError } from "../errors.ts";
import type { DecodedFrame, DecodeOptions } from "./decode.ts";
import type { Timing } from "./timing.ts";
import type { Video } from "./types.ts";
import type { Size } from "./upright.ts";
import { lazy } from "../lazy.ts";

const loadDecode = lazy<typeof import("./decode.ts")>(new URL("./decode.ts", import.meta.url));

/** Some frames of a clip. `fps` is the clip's own. */
export interface SampledVideo extends Video {
  /** Number of frames in the clip. */
  total: number;
  /** Positions of `frames` in the clip, from 0, ascending. */
  positions: number[];
}

/**
 * The most pixels of a frame that is only looked at in a sheet, where it is some hundred pixels wide;
 * for `atMost`. A sheet of many large frames would not fit into memory otherwise.
 */
export const SHEET_FRAME_PIXELS = 1280 * 720;

/** Options for sampling and decoding frames. */
export interface SampleOptions extends Omit<DecodeOptions, "wanted"> {
  /** Number of frames to take, at least 1; the released evaluation takes 8. */
  count?: number;
}

/**
 * The positions sampled by the released evaluation, `int(i·T/n + T/(2n))` for i = 0 … n − 1: the
 * middle of each of n equal parts of T frames. If T < n, some positions repeat.
 *
 * @param total Frames in the clip, at least 1.
 * @param count Positions, at least 1.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { samplePositions } from "./sample.ts";
 *
 * assertEquals(samplePositions(81, 8), [5, 15, 25, 35, 45, 55, 65, 75]);
 * assertEquals(samplePositions(3, 8), [0, 0, 0, 1, 1, 2, 2, 2]);
 * ```
 */
export function samplePositions(total: number, count: number): number[] {
  for (const [name, value] of Object.entries({ total, count })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new InputError(`Cannot sample frames: ${name} is ${value}; expected 1 or more`);
    }
  }
  // (2i + 1)·T / 2n in integers, so that rounding cannot change which frame is taken.
  return Array.from({ length: count }, (_, i) => Math.floor((2 * i + 1) * total / (2 * count)));
}

/** A frame at one of the sampled positions. */
export interface SampledFrame extends DecodedFrame {
  /** All positions that are sampled of the clip, ascending; some repeat in a short clip. */
  positions: readonly number[];
}

/**
 * The frames at {@link samplePositions}, one after another, each once, so that memory holds one at a
 * time. See {@link sampleFrames}, which holds them all.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { eachSampledFrame } from "./sample.ts";
 *
 * await assertInputError(() => Array.fromAsync(eachSampledFrame("no-such.mp4")), "no-such.mp4");
 * ```
 */
export async function* eachSampledFrame(
  path: string,
  { count = 8, ...decoding }: SampleOptions = {},
): AsyncGenerator<SampledFrame> {
  const { decodeFrames } = await loadDecode();
  let positions: number[] | undefined;
  const wanted = (index: number, total: number) =>
    (positions ??= samplePositions(total, count)).includes(index);
  for await (const frame of decodeFrames(path, { ...decoding, wanted })) {
    yield { ...frame, positions: positions! };
  }
}

/**
 * Frames at {@link samplePositions} in one decoding pass, without seeking; memory holds only the
 * frames taken. Unless `whole` is set, the entire clip is decoded, so that its length is certain
 * and a clip that is truncated or damaged anywhere is an InputError, as for `decodeFrames`. A
 * repeated position returns the same array again.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { encodeVideo } from "./encode.ts";
 * import { sampleFrames } from "./sample.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".mp4" });
 * const frames = Array.from({ length: 24 }, (_, t) => new Uint8Array(64 * 48 * 3).fill(10 * t));
 * await encodeVideo({ width: 64, height: 48, fps: 8, frames }, path);
 * const sample = await sampleFrames(path, { count: 4 });
 * assertEquals(sample.positions, [3, 9, 15, 21]);
 * assertEquals([sample.frames.length, sample.total], [4, 24]);
 * await Deno.remove(path);
 * ```
 */
export async function sampleFrames(
  path: string,
  options: SampleOptions = {},
): Promise<SampledVideo> {
  const taken = new Map<number, Uint8Array>();
  let last: SampledFrame | undefined;
  for await (const frame of eachSampledFrame(path, options)) {
    taken.set(frame.index, frame.rgb);
    last = frame;
  }
  // A clip without frames is an error, and each has a frame at a sampled position.
  const { width, height, total, positions, timing } = last!;
  return {
    ...{ width, height, total },
    ...timingAt(timing, positions),
    positions: [...positions],
    frames: positions.map((position) => taken.get(position)!),
  };
}

/**
 * A clip's timing with the times of some frames only.
 *
 * @param positions Positions of these frames, from 0.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { timingAt } from "./sample.ts";
 *
 * assertEquals(timingAt({ fps: 2, times: [0, 0.25, 1] }, [0, 2]), { fps: 2, times: [0, 1] });
 * ```
 */
export function timingAt({ fps, times }: Timing, positions: readonly number[]): Timing {
  return times ? { fps, times: positions.map((position) => times[position]) } : { fps };
}

/**
 * {@link framesHash} of a clip's sampled frames in full size, with one in memory at a time.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { sampledHash } from "./sample.ts";
 *
 * await assertInputError(() => sampledHash("no-such.mp4", { count: 8 }), "no-such.mp4");
 * ```
 */
export async function sampledHash(path: string, options: SampleOptions): Promise<string> {
  let hasher: FramesHasher | undefined;
  for await (
    const { index, width, height, timing, positions, rgb } of eachSampledFrame(path, options)
  ) {
    const { times } = timingAt(timing, positions);
    hasher ??= framesHasher({ width, height, count: positions.length, times });
    for (const position of positions) if (position === index) hasher.update(rgb);
  }
  // A clip without frames is an error.
  return hasher!.digest();
}

/**
 * SHA-256, in hexadecimal, of what a judge is shown: the frames' size, their number, and their
 * bytes in order; with the frames' times if these do not follow from the rate. Two samples with the same hash look the same to any judge.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../testing/assert.ts";
 * import { framesHash } from "./sample.ts";
 *
 * const video = { width: 2, height: 1, fps: 8, frames: [new Uint8Array(6)] };
 * assertEquals(framesHash(video).length, 64);
 * assertOk(framesHash(video) !== framesHash({ ...video, width: 1, height: 2 }));
 * ```
 */
export function framesHash(
  video: Pick<Video, "width" | "height" | "frames"> & Partial<Pick<Video, "times">>,
): string {
  const hasher = framesHasher({ ...video, count: video.frames.length });
  for (const frame of video.frames) hasher.update(frame);
  return hasher.digest();
}

/** See {@link framesHasher}. */
export interface FramesHasher {
  /** Takes the next frame's bytes. */
  update(frame: Uint8Array): void;
  /** The hash of all frames, in hexadecimal. */
  digest(): string;
}

/**
 * {@link framesHash} of frames that are not in memory together.
 *
 * @param shape The frames' size and number, and their times unless these follow from the rate.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { framesHash, framesHasher } from "./sample.ts";
 *
 * const frame = new Uint8Array(6);
 * const hasher = framesHasher({ width: 2, height: 1, count: 1 });
 * hasher.update(frame);
 * assertEquals(hasher.digest(), framesHash({ width: 2, height: 1, frames: [frame] }));
 * ```
 */
export function framesHasher(
  { width, height, count, times }: Size & { count: number; times?: readonly number[] },
): FramesHasher {
  const hash = createHash("sha256");
  const at = times ? ` at ${times.join(", ")} s` : "";
  hash.update(`${width}×${height}×${count}${at}\n`);
  return { update: (frame) => void hash.update(frame), digest: () => hash.digest("hex") };
}
