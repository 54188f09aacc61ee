/** Clips from files: every frame, or those that are wanted, in one decoding pass. */
import {
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_FRAME_FLAG_CORRUPT,
  type AVCodecID,
  AVERROR_EOF,
} from "node-av/constants";
import { Codec, CodecContext, Dictionary, FFmpegError, Frame, type Packet } from "node-av/lib";
import { InputError } from "../errors.ts";
import { containerOfClip } from "./container.ts";
import { ClipDemuxer, countFrames } from "./demux.ts";
import { AVERROR_EAGAIN } from "./ffmpeg.ts";
import { PixelConverter } from "./pixels.ts";
import type { Video } from "./types.ts";

/** One frame as decoding reaches it. */
export interface DecodedFrame {
  /** Position in the clip, from 0. */
  index: number;
  /** Frames in the whole clip. */
  total: number;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** Frames per second, on average over the clip; 0 where the file does not say. */
  fps: number;
  /** `width · height · 3` bytes, 8-bit RGB, rows from the top. */
  rgb: Uint8Array;
}

/** Which frames to decode, and how. */
export interface DecodeOptions {
  /** Whether a frame is wanted, by its position and the clip's length. By default all are. */
  wanted?: (index: number, total: number) => boolean;
  /** Decoder threads; by default as many as FFmpeg finds cores. The frames do not depend on it. */
  threads?: number;
  /**
   * Whether the clip is known to be whole: then pictures that are not wanted and that no other builds
   * on may be left undecoded, and what follows the last that is wanted. The frames are the same;
   * damage in what is left out is not seen.
   */
  whole?: boolean;
  /**
   * Whether this thread decodes, where others would. In a Worker that has nothing else to do it takes
   * less time than a trip to another thread for each picture.
   */
  blocking?: boolean;
}

/** Codecs whose decoders can leave out pictures that no other builds on. */
const CAN_LEAVE_OUT: readonly AVCodecID[] = [AV_CODEC_ID_H264, AV_CODEC_ID_HEVC];

class ClipDecoder implements Disposable {
  readonly #context = new CodecContext();

  readonly #blocking: boolean;

  private constructor(blocking: boolean) {
    this.#blocking = blocking;
  }

  static async open(
    path: string,
    clip: ClipDemuxer,
    { threads = 0, blocking = false }: DecodeOptions,
  ): Promise<ClipDecoder> {
    const { stream } = clip;
    const codec = Codec.findDecoder(stream.codecpar.codecId);
    if (!codec) throw new InputError(`Cannot read clip ${path}: no decoder for its codec`);
    const decoder = new ClipDecoder(blocking);
    try {
      const context = decoder.#context;
      context.allocContext3(codec);
      FFmpegError.throwIfError(context.parametersToContext(stream.codecpar), "preparing a decoder");
      context.pktTimebase = stream.timeBase;
      context.threadCount = threads;
      // A damaged picture must be an error, not something that looks nearly right.
      using options = Dictionary.fromObject({ err_detect: "explode" });
      // Never open2Sync: it frees the options, which are then freed once more.
      FFmpegError.throwIfError(await context.open2(codec, options), "opening a decoder");
      return decoder;
    } catch (error) {
      decoder[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Frames in the order shown. Each is valid until the next is asked for.
   *
   * @param needed Whether a packet's own frame is; where others build on it, it is decoded anyway.
   */
  async *frames(
    clip: ClipDemuxer,
    fail: (what: string) => never,
    needed?: (packet: Packet) => boolean,
  ): AsyncGenerator<Frame> {
    using frame = new Frame();
    frame.alloc();
    const context = this.#context;
    const received = async function* () {
      for (;; frame.unref()) {
        // Only hands over what sendPacket decoded on another thread, so it need not be awaited.
        const status = context.receiveFrameSync(frame);
        if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return;
        if (status < 0) fail(FFmpegError.strerror(status));
        if (frame.decodeErrorFlags || frame.flags & AV_FRAME_FLAG_CORRUPT) fail("damaged picture");
        yield frame;
      }
    };
    for await (const packet of clip.packets()) {
      if (needed) {
        const discard = needed(packet) ? "default" : "noref";
        FFmpegError.throwIfError(context.setOption("skip_frame", discard), "leaving out pictures");
      }
      const status = this.#blocking
        ? context.sendPacketSync(packet)
        : await context.sendPacket(packet);
      if (status < 0) fail(FFmpegError.strerror(status));
      yield* received();
    }
    if (this.#blocking) context.sendPacketSync(null);
    else await context.sendPacket(null);
    yield* received();
  }

  [Symbol.dispose](): void {
    this.#context[Symbol.dispose]();
  }
}

/** Place of each frame in the clip by its time; null where times do not tell frames apart. */
function placesOf(times: readonly bigint[]): Map<bigint, number> | null {
  const places = new Map(
    times.toSorted((a, b) => a < b ? -1 : a > b ? 1 : 0).map((time, index) => [time, index]),
  );
  return places.size === times.length ? places : null;
}

/** Frames per second: the average where the container tells, else the stream's nominal rate. */
function frameRate(clip: ClipDemuxer): number {
  const { avgFrameRate, rFrameRate } = clip.stream;
  return [avgFrameRate, rFrameRate].filter((rate) => rate.num > 0 && rate.den > 0)
    .map((rate) => rate.num / rate.den)[0] ?? 0;
}

/**
 * The frames of a clip one after another, so that memory holds one at a time (plus the decoder's
 * own few). Reads mp4, mov, webm, mkv, avi and gif, told by content. Frames that are not wanted are
 * decoded (later ones build on them) but not converted to RGB. Rotation metadata is not applied;
 * edit lists are.
 *
 * A clip is whole or an error: an InputError names the file, what it declares and what was found,
 * where it is missing, empty, of another kind, without a video stream or frames, cut short, damaged,
 * changing its size midway, or yielding another number of frames than its packets carry. All but
 * damage inside pictures is found before the first frame is given; so a loop that is left early has
 * not seen whether the rest is sound.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { decodeFrames } from "./decode.ts";
 *
 * await assertInputError(async () => {
 *   for await (const { index, rgb } of decodeFrames("19.mp4")) console.log(index, rgb.length);
 * }, "19.mp4");
 * ```
 */
export async function* decodeFrames(
  path: string,
  options: DecodeOptions = {},
): AsyncGenerator<DecodedFrame> {
  const { wanted = () => true, whole = false, blocking = false } = options;
  const container = containerOfClip(path);
  const { shown: total, declared, times } = await countFrames(path, container, { blocking });
  await using clip = await ClipDemuxer.open(path, container, { blocking });
  await clip.findStreamInfo();
  const fps = frameRate(clip);
  using decoder = await ClipDecoder.open(path, clip, options);
  using converter = new PixelConverter();
  const places = whole && CAN_LEAVE_OUT.includes(clip.stream.codecpar.codecId)
    ? placesOf(times)
    : null;
  const isWanted = (place: number | undefined) =>
    place !== undefined && place < total && wanted(place, total);
  const needed = places === null ? undefined : (packet: Packet) => isWanted(places.get(packet.pts));
  let missing = places === null ? Infinity : [...places.values()].filter(isWanted).length;
  let index = 0;
  let size: { width: number; height: number } | undefined;
  const fail = (what: string): never => {
    throw new InputError(
      `Cannot read clip ${path}: ${what} after ${index} of ${declared ?? total} frames`,
    );
  };
  for await (const frame of decoder.frames(clip, fail, needed)) {
    const { width, height } = size ??= { width: frame.width, height: frame.height };
    if (frame.width !== width || frame.height !== height) {
      fail(`the picture changes from ${width}×${height} to ${frame.width}×${frame.height}`);
    }
    const place = places === null ? index : places.get(frame.pts);
    if (place !== undefined && isWanted(place)) {
      const rgb = blocking ? converter.toRgbSync(frame) : await converter.toRgb(frame);
      yield { index: place, total, width, height, fps, rgb };
      if (--missing === 0) return;
    }
    index++;
  }
  if (places !== null) fail(`${missing} frames that are wanted did not come`);
  if (index !== total) {
    throw new InputError(
      `Cannot read clip ${path}: it declares ${declared ?? total} frames and holds packets for ` +
        `${total}, ${index} were decoded`,
    );
  }
}

/**
 * A whole clip in memory: `frames · width · height · 3` bytes, so 97 MB for 81 frames of 832×480.
 * To look at some frames only, see `sampleFrames`; to go through all, {@link decodeFrames}, which
 * also says what is read and what is an error.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { decodeVideo } from "./decode.ts";
 * import { encodeVideo } from "./encode.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".mp4" });
 * const grey = new Uint8Array(64 * 48 * 3).fill(128);
 * await encodeVideo({ width: 64, height: 48, fps: 16, frames: [grey, grey, grey] }, path);
 * const video = await decodeVideo(path);
 * assertEquals([video.frames.length, video.width, video.height, video.fps], [3, 64, 48, 16]);
 * await Deno.remove(path);
 * ```
 */
export async function decodeVideo(
  path: string,
  options: Pick<DecodeOptions, "threads"> = {},
): Promise<Video> {
  const video: Video = { width: 0, height: 0, fps: 0, frames: [] };
  for await (const { width, height, fps, rgb } of decodeFrames(path, options)) {
    Object.assign(video, { width, height, fps });
    video.frames.push(rgb);
  }
  return video;
}
