/** FFmpeg's decoder of a clip's video stream: packets in, pictures out. */
import {
  AV_CODEC_ID_TIFF,
  AV_FRAME_FLAG_CORRUPT,
  type AVCodecID,
  AVERROR_EOF,
} from "node-av/constants";
import {
  avGetCodecName,
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  Frame,
  type Packet,
} from "node-av/lib";
import { InputError } from "../errors.ts";
import type { ClipDemuxer } from "./demux.ts";
import { AVERROR_EAGAIN } from "./ffmpeg.ts";
import { MAX_PIXELS } from "./limits.ts";

/** How to decode. */
export interface DecoderOptions {
  /** Decoder threads; by default one per core, fewer for large pictures. */
  threads?: number;
  /** Whether to decode on this thread instead of FFmpeg's own. */
  blocking?: boolean;
  /** Whether pictures that cannot be decoded are passed over, as players do. */
  tolerant?: boolean;
}

/** Pixels that the pictures of all threads may have together: each thread holds its own. */
const PIXELS_OF_THREADS = MAX_PIXELS;

/**
 * Codecs whose decoders take what they need not understand for damage if they are told to report
 * damage: TIFF's refuses every tag that it does not know.
 */
const ALWAYS_TOLERANT: readonly AVCodecID[] = [AV_CODEC_ID_TIFF];

/** An opened decoder. Disposing of it frees its pictures. */
export class ClipDecoder implements Disposable {
  readonly #context = new CodecContext();
  readonly #blocking: boolean;
  readonly #tolerant: boolean;

  private constructor({ blocking = false, tolerant = false }: DecoderOptions) {
    this.#blocking = blocking;
    this.#tolerant = tolerant;
  }

  /**
   * Opens the decoder of a clip's stream.
   *
   * @throws {InputError} if this FFmpeg has none for its codec, or the stream's header is damaged.
   */
  static async open(
    path: string,
    clip: ClipDemuxer,
    options: DecoderOptions = {},
  ): Promise<ClipDecoder> {
    const { codecpar, timeBase } = clip.stream;
    const codec = Codec.findDecoder(codecpar.codecId);
    if (!codec) {
      const name = avGetCodecName(codecpar.codecId) ?? codecpar.codecTagString;
      throw new InputError(
        `Cannot read clip ${path}: no decoder for its codec ${name}; ` +
          `re-encode it first (ffmpeg -i IN -pix_fmt yuv420p OUT.mp4)`,
      );
    }
    const decoder = new ClipDecoder(options);
    try {
      const context = decoder.#context;
      context.allocContext3(codec);
      FFmpegError.throwIfError(context.parametersToContext(codecpar), "preparing a decoder");
      context.pktTimebase = timeBase;
      context.threadCount = options.threads ?? threadsFor(codecpar.width * codecpar.height);
      const strict = !options.tolerant && !ALWAYS_TOLERANT.includes(codecpar.codecId);
      using dictionary = Dictionary.fromObject({
        // A stream may change its size where the container's header does not show it.
        max_pixels: String(MAX_PIXELS),
        // A damaged picture must be an error, not an almost correct picture.
        ...(strict ? { err_detect: "explode" } : {}),
      });
      // Not open2Sync, which frees the options a second time.
      FFmpegError.throwIfError(await context.open2(codec, dictionary), "opening a decoder");
      return decoder;
    } catch (error) {
      decoder[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Pictures in display order. Each is valid until the next is requested.
   *
   * @param needed Whether a packet's own picture is needed; if others depend on it, it is decoded
   * anyway.
   * @throws {Error} what is wrong with a picture, unless the decoder is tolerant.
   */
  async *frames(
    packets: AsyncIterable<Packet>,
    needed?: (packet: Packet) => boolean,
  ): AsyncGenerator<Frame> {
    using frame = new Frame();
    frame.alloc();
    const context = this.#context;
    const tolerant = this.#tolerant;
    const received = function* () {
      for (;; frame.unref()) {
        // Only returns what sendPacket decoded on another thread, so it need not be awaited.
        const status = context.receiveFrameSync(frame);
        if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return;
        if (status < 0) {
          if (tolerant) return;
          throw new Error(FFmpegError.strerror(status));
        }
        if (!tolerant && (frame.decodeErrorFlags || frame.flags & AV_FRAME_FLAG_CORRUPT)) {
          throw new Error("damaged picture");
        }
        yield frame;
      }
    };
    for await (const packet of packets) {
      if (needed) {
        const discard = needed(packet) ? "default" : "noref";
        FFmpegError.throwIfError(context.setOption("skip_frame", discard), "skipping pictures");
      }
      const status = this.#blocking
        ? context.sendPacketSync(packet)
        : await context.sendPacket(packet);
      if (status < 0 && !tolerant) throw new Error(FFmpegError.strerror(status));
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

/** Threads that hold a bounded number of pixels; 0, which is one per core, if that is enough. */
function threadsFor(pixels: number): number {
  const most = Math.max(1, Math.floor(PIXELS_OF_THREADS / Math.max(1, pixels)));
  return navigator.hardwareConcurrency <= most ? 0 : most;
}
