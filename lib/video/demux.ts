/** The video stream of a clip: opening it, and counting the frames of its packets. */
import {
  AV_CODEC_ID_VP8,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_PKT_FLAG_CORRUPT,
  AV_PKT_FLAG_DISCARD,
  AVDISCARD_ALL,
  AVERROR_EOF,
  AVMEDIA_TYPE_VIDEO,
} from "node-av/constants";
import {
  Dictionary,
  FFmpegError,
  FormatContext,
  InputFormat,
  Packet,
  type Stream,
} from "node-av/lib";
import { InputError } from "../errors.ts";
import type { Container } from "./container.ts";

/** Options for opening a clip. */
interface OpenOptions {
  /** Whether to read on this thread instead of another. */
  blocking?: boolean;
  /** Options of FFmpeg's demuxer. */
  demuxer?: Record<string, string>;
}

/** An opened clip. Disposing of it closes the file. */
export class ClipDemuxer implements AsyncDisposable {
  readonly #context = new FormatContext();
  readonly #path: string;
  #stream?: Stream;

  readonly #blocking: boolean;

  private constructor(path: string, blocking: boolean) {
    this.#path = path;
    this.#blocking = blocking;
  }

  /** Opens a clip with the given demuxer, so that content cannot select any other input format. */
  static async open(
    path: string,
    container: Container,
    { blocking = false, demuxer = {} }: OpenOptions = {},
  ): Promise<ClipDemuxer> {
    const clip = new ClipDemuxer(path, blocking);
    try {
      await clip.#open(container, demuxer);
      return clip;
    } catch (error) {
      await clip[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #open(container: Container, demuxerOptions: Record<string, string>) {
    const format = InputFormat.findInputFormat(container);
    using options = Dictionary.fromObject(demuxerOptions);
    const url = `file:${this.#path}`;
    this.#check(
      this.#blocking
        ? this.#context.openInputSync(url, format, options)
        : await this.#context.openInput(url, format, options),
    );
    const streams = this.#context.streams;
    this.#stream = streams.find((stream) =>
      stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO &&
      (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) === 0
    );
    if (!this.#stream) {
      throw new InputError(
        `Cannot read clip ${this.#path}: no video stream among its ${streams.length} stream(s)`,
      );
    }
    for (const stream of streams) {
      if (stream.index !== this.#stream.index) stream.discard = AVDISCARD_ALL;
    }
  }

  /** The first stream that is video and not cover art. */
  get stream(): Stream {
    return this.#stream!;
  }

  /** Fills in what the container's header leaves open, by decoding a little of the start. */
  async findStreamInfo(): Promise<void> {
    this.#check(
      this.#blocking ? this.#context.findStreamInfoSync() : await this.#context.findStreamInfo(),
    );
  }

  /** The packets of the video stream in file order. Each is valid until the next is requested. */
  async *packets(): AsyncGenerator<Packet> {
    using packet = new Packet();
    packet.alloc();
    for (let read = 0;; packet.unref()) {
      // Copies a few kilobytes; a round trip to another thread would take longer.
      const status = this.#context.readFrameSync(packet);
      if (status === AVERROR_EOF) return;
      this.#check(status);
      if (packet.streamIndex !== this.stream.index) continue;
      read++;
      if (packet.flags & AV_PKT_FLAG_CORRUPT) {
        throw new InputError(
          `Cannot read clip ${this.#path}: packet ${read} is truncated or damaged ` +
            `(${packet.size} bytes present)`,
        );
      }
      yield packet;
    }
  }

  #check(status: number) {
    if (status >= 0) return;
    throw new InputError(`Cannot read clip ${this.#path}: ${FFmpegError.strerror(status)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context[Symbol.asyncDispose]();
  }
}

/** Whether a packet's frame is shown: edit lists drop some, and VP8 has hidden references. */
function isShown(packet: Packet, stream: Stream): boolean {
  if (packet.flags & AV_PKT_FLAG_DISCARD) return false;
  // RFC 6386 §9.1: show_frame is bit 4 of the first byte.
  if (stream.codecpar.codecId === AV_CODEC_ID_VP8) return ((packet.data?.[0] ?? 0) & 0x10) !== 0;
  return true;
}

/** The number of frames that a clip shows, counted from its packets without decoding. */
export interface FrameCount {
  /** Frames shown after applying edit lists, which decoding must yield. */
  shown: number;
  /** Frames declared in the container's header; null if its format has no such field. */
  declared: number | null;
  /** Presentation time of each shown frame's packet, in the stream's time base, in file order. */
  times: bigint[];
}

/**
 * Counts the frames of a clip by reading its packets, which takes milliseconds where decoding takes
 * a second. Throws an InputError if there are fewer packets than declared frames, or none.
 *
 * Matroska, WebM and GIF declare no count; their structure was checked for completeness before.
 *
 * @internal
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { countFrames } from "./demux.ts";
 * import { encodeVideo } from "./encode.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".mp4" });
 * const frames = Array.from({ length: 5 }, () => new Uint8Array(32 * 32 * 3));
 * await encodeVideo({ width: 32, height: 32, fps: 8, frames }, path);
 * const { shown, declared } = await countFrames(path, "mov");
 * assertEquals([shown, declared], [5, 5]);
 * await Deno.remove(path);
 * ```
 */
export async function countFrames(
  path: string,
  container: Container,
  { blocking }: Pick<OpenOptions, "blocking"> = {},
): Promise<FrameCount> {
  const tally = async (demuxer: Record<string, string>) => {
    await using clip = await ClipDemuxer.open(path, container, { blocking, demuxer });
    let all = 0;
    const times: bigint[] = [];
    for await (const packet of clip.packets()) {
      all++;
      if (isShown(packet, clip.stream)) times.push(packet.pts);
    }
    return { all, times, declared: Number(clip.stream.nbFrames) || null };
  };
  const { all, times, declared } = await tally({});
  const shown = times.length;
  // An edit list may drop packets on purpose; without one, all declared packets must be present.
  const found = declared !== null && all < declared && container === "mov"
    ? (await tally({ ignore_editlist: "1" })).all
    : all;
  if (shown === 0 || (declared !== null && found < declared)) {
    throw new InputError(
      `Cannot read clip ${path}: it declares ${declared ?? "an unknown number of"} frames, ` +
        `${shown === 0 ? 0 : found} were found`,
    );
  }
  return { shown, declared, times };
}
