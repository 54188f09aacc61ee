/** The video stream of a clip: opening it, and reading its packets. */
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_PKT_FLAG_CORRUPT,
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
import { eachImage } from "./gif_packets.ts";
import { checkPictures } from "./limits.ts";
import { type Orientation, orientationOf } from "./upright.ts";

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
  readonly #isGif: boolean;

  private constructor(path: string, container: Container, blocking: boolean) {
    this.#path = path;
    this.#isGif = container === "gif";
    this.#blocking = blocking;
  }

  /** Opens a clip with the given demuxer, so that content cannot select any other input format. */
  static async open(
    path: string,
    container: Container,
    { blocking = false, demuxer = {} }: OpenOptions = {},
  ): Promise<ClipDemuxer> {
    const clip = new ClipDemuxer(path, container, blocking);
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
    checkPictures(this.#path, this.#stream.codecpar);
    for (const stream of streams) {
      if (stream.index !== this.#stream.index) stream.discard = AVDISCARD_ALL;
    }
  }

  /** The first stream that is video and not cover art. */
  get stream(): Stream {
    return this.#stream!;
  }

  /** How the container has the stream's pictures turned or mirrored; null if it does not say. */
  get orientation(): Orientation | null {
    const matrix = this.stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
    return matrix && orientationOf(matrix);
  }

  /** Fills in what the container's header leaves open, by decoding a little of the start. */
  async findStreamInfo(): Promise<void> {
    this.#check(
      this.#blocking ? this.#context.findStreamInfoSync() : await this.#context.findStreamInfo(),
    );
    checkPictures(this.#path, this.stream.codecpar);
  }

  /** The packets of the video stream in file order. Each is valid until the next is requested. */
  packets(): AsyncGenerator<Packet> {
    return this.#isGif ? eachImage(this.#packets()) : this.#packets();
  }

  async *#packets(): AsyncGenerator<Packet> {
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
