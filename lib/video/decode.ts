/** Decoding of clips: every frame, or selected ones, in a single pass. */
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

/** A decoded frame. */
export interface DecodedFrame {
  /** Position in the clip, from 0. */
  index: number;
  /** Number of frames in the clip. */
  total: number;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Average frames per second of the clip; 0 if the file does not specify it. */
  fps: number;
  /** `width · height · 3` bytes, 8-bit RGB, rows from the top. */
  rgb: Uint8Array;
}

/** Options for decoding frames. */
export interface DecodeOptions {
  /** Whether a frame is wanted, given its position and the clip's length. By default all are. */
  wanted?: (index: number, total: number) => boolean;
  /** Decoder threads; by default one per core. The frames do not depend on it. */
  threads?: number;
  /**
   * Whether the clip is known to be intact. If so, unwanted pictures that no other depends on, and
   * everything after the last wanted one, may be skipped. The frames are the same; damage in
   * skipped parts goes unnoticed.
   */
  whole?: boolean;
  /**
   * Whether to decode on this thread instead of FFmpeg's own. In an otherwise idle Worker, this is
   * faster than a round trip to another thread for each picture.
   */
  blocking?: boolean;
}

/** Codecs whose decoders can skip pictures that no other depends on. */
const SKIPPABLE_CODECS: readonly AVCodecID[] = [AV_CODEC_ID_H264, AV_CODEC_ID_HEVC];

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
      // A damaged picture must be an error, not an almost correct picture.
      using options = Dictionary.fromObject({ err_detect: "explode" });
      // Not open2Sync, which frees the options a second time.
      FFmpegError.throwIfError(await context.open2(codec, options), "opening a decoder");
      return decoder;
    } catch (error) {
      decoder[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Frames in display order. Each is valid until the next is requested.
   *
   * @param needed Whether a packet's own frame is needed; if others depend on it, it is decoded
   * anyway.
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
        // Only returns what sendPacket decoded on another thread, so it need not be awaited.
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
        FFmpegError.throwIfError(context.setOption("skip_frame", discard), "skipping pictures");
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

/** The position of each frame in the clip by its time; null if times are not distinct. */
function displayPositions(times: readonly bigint[]): Map<bigint, number> | null {
  const places = new Map(
    times.toSorted((a, b) => a < b ? -1 : a > b ? 1 : 0).map((time, index) => [time, index]),
  );
  return places.size === times.length ? places : null;
}

/** Frames per second: the average if the container has it, otherwise the stream's nominal rate. */
function frameRate(clip: ClipDemuxer): number {
  const { avgFrameRate, rFrameRate } = clip.stream;
  return [avgFrameRate, rFrameRate].filter((rate) => rate.num > 0 && rate.den > 0)
    .map((rate) => rate.num / rate.den)[0] ?? 0;
}

/**
 * The frames of a clip one after another, so that memory holds one at a time (in addition to the
 * decoder's own few). Reads mp4, mov, webm, mkv, avi and gif, detected by content. Unwanted frames
 * are decoded (later ones depend on them) but not converted to RGB. Rotation metadata is not
 * applied; edit lists are.
 *
 * A clip is either complete or an error: an InputError names the file, what it declares and what
 * was found if it is missing, empty, of another kind, without a video stream or frames, truncated,
 * damaged, changes its size midway, or yields a different number of frames than its packets.
 * Everything except damage inside pictures is detected before the first frame is returned; a loop
 * that is left early does not check the rest.
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
  const places = whole && SKIPPABLE_CODECS.includes(clip.stream.codecpar.codecId)
    ? displayPositions(times)
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
  if (places !== null) fail(`${missing} wanted frames were not decoded`);
  if (index !== total) {
    throw new InputError(
      `Cannot read clip ${path}: it declares ${declared ?? total} frames and holds packets for ` +
        `${total}, ${index} were decoded`,
    );
  }
}

/**
 * A complete clip in memory: `frames · width · height · 3` bytes, so 97 MB for 81 frames of
 * 832×480. For some frames only, see `sampleFrames`; for all in sequence, {@link decodeFrames},
 * which also documents formats and errors.
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
