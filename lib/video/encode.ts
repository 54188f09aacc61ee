/** Encoding of clips. */
import { named } from "../errors.ts";
import { temporaryPath } from "../temporary.ts";
import {
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_BT709,
  AVERROR_EOF,
  AVFMT_FLAG_BITEXACT,
  AVFMT_GLOBALHEADER,
  type FFEncoderCodec,
} from "node-av/constants";
import {
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FormatContext,
  Packet,
  Rational,
  type Stream,
} from "node-av/lib";
import { InputError } from "../errors.ts";
import { AVERROR_EAGAIN } from "./ffmpeg.ts";
import { type Colour, PixelConverter } from "./pixels.ts";
import type { Video } from "./types.ts";

/** An output format: names of FFmpeg's muxer and encoder, and their options. */
export interface ClipFormat {
  muxer: string;
  muxerOptions?: Record<string, string>;
  encoder: string;
  encoderOptions?: Record<string, string>;
  colour: Colour;
}

/** The largest denominator of a frame rate; 1001 covers 24000/1001 and similar rates. */
const MAX_DENOMINATOR = 1001;

function check(status: number, doing: string) {
  FFmpegError.throwIfError(status, doing);
}

function checkVideo(video: Video, path: string) {
  const { width, height, fps, frames } = video;
  const refuse = (what: string) => {
    throw new InputError(`Cannot write clip ${path}: ${what}`);
  };
  if (frames.length === 0) refuse("it has no frames");
  if (!(fps > 0 && Number.isFinite(fps))) refuse(`${fps} frames per second; expected more than 0`);
  if (![width, height].every((side) => Number.isInteger(side) && side > 0)) {
    refuse(`its size is ${width}×${height}; expected whole pixels`);
  }
  const wrong = frames.findIndex((frame) => frame.length !== width * height * 3);
  if (wrong >= 0) {
    refuse(
      `frame ${wrong} has ${frames[wrong].length} bytes; expected ${width}·${height}·3 = ` +
        `${width * height * 3}`,
    );
  }
}

/** The fraction closest to a frame rate, exact for whole numbers and for n/1001. */
function rational(fps: number): Rational {
  let best = new Rational(Math.round(fps), 1);
  for (let den = 1; den <= MAX_DENOMINATOR; den++) {
    const num = Math.round(fps * den);
    if (Math.abs(num / den - fps) < Math.abs(best.num / best.den - fps)) {
      best = new Rational(num, den);
    }
  }
  return best;
}

async function openEncoder(video: Video, format: ClipFormat, globalHeader: boolean) {
  const codec = Codec.findEncoderByName(format.encoder as FFEncoderCodec);
  if (!codec) throw new Error(`this build of FFmpeg has no encoder ${format.encoder}`);
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  const rate = rational(video.fps);
  encoder.width = video.width;
  encoder.height = video.height;
  encoder.timeBase = rate.inv();
  encoder.framerate = rate;
  encoder.pixelFormat = format.colour.format;
  encoder.colorSpace = format.colour.space;
  encoder.colorRange = format.colour.range;
  encoder.colorPrimaries = AVCOL_PRI_BT709;
  encoder.colorTrc = AVCOL_TRC_BT709;
  // Threads split the picture or look ahead differently; one thread gives the same bytes
  // everywhere.
  encoder.threadCount = 1;
  encoder.setFlags(AV_CODEC_FLAG_BITEXACT);
  if (globalHeader) encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  using options = Dictionary.fromObject(format.encoderOptions ?? {});
  check(await encoder.open2(codec, options), `opening encoder ${format.encoder}`);
  return encoder;
}

async function writePackets(muxer: FormatContext, encoder: CodecContext, stream: Stream) {
  using packet = new Packet();
  packet.alloc();
  for (;;) {
    const status = await encoder.receivePacket(packet);
    if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return;
    check(status, "encoding");
    packet.streamIndex = stream.index;
    packet.rescaleTs(encoder.timeBase, stream.timeBase);
    check(await muxer.interleavedWriteFrame(packet), "writing");
  }
}

/** @param path Where to write now. @param name The clip's path, for errors. */
async function mux(video: Video, path: string, name: string, format: ClipFormat) {
  await using muxer = new FormatContext();
  check(muxer.allocOutputContext2(null, format.muxer, path), `opening muxer ${format.muxer}`);
  muxer.setFlags(AVFMT_FLAG_BITEXACT);
  const globalHeader = muxer.oformat?.hasFlags(AVFMT_GLOBALHEADER) ?? false;
  using encoder = await openEncoder(video, format, globalHeader);
  const stream = muxer.newStream();
  check(encoder.parametersFromContext(stream.codecpar), "describing the stream");
  stream.timeBase = encoder.timeBase;
  stream.avgFrameRate = encoder.framerate;
  const opened = await muxer.openOutput();
  if (opened < 0) {
    throw new InputError(`Cannot write clip ${name}: ${FFmpegError.strerror(opened)}`);
  }
  using options = Dictionary.fromObject(format.muxerOptions ?? {});
  check(await muxer.writeHeader(options), "writing the header");
  using converter = new PixelConverter();
  for (const [index, rgb] of video.frames.entries()) {
    using frame = await converter.fromRgb(rgb, video.width, video.height, format.colour);
    frame.pts = BigInt(index);
    frame.duration = 1n;
    check(await encoder.sendFrame(frame), "encoding");
    await writePackets(muxer, encoder, stream);
  }
  check(await encoder.sendFrame(null), "encoding");
  await writePackets(muxer, encoder, stream);
  check(await muxer.writeTrailer(), "finishing the file");
  await muxer.closeOutput();
}

/**
 * Writes a clip in any format that FFmpeg supports, under a temporary name that is renamed to
 * `path` when the file is complete.
 *
 * @internal
 * @example
 * ```ts
 * import { AV_PIX_FMT_BGR8, AVCOL_RANGE_JPEG, AVCOL_SPC_RGB } from "node-av/constants";
 * import { assertEquals } from "../testing/assert.ts";
 * import { containerOfClip } from "./container.ts";
 * import { writeVideo } from "./encode.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".gif" });
 * const video = { width: 16, height: 16, fps: 10, frames: [new Uint8Array(16 * 16 * 3)] };
 * const colour = { format: AV_PIX_FMT_BGR8, space: AVCOL_SPC_RGB, range: AVCOL_RANGE_JPEG };
 * await writeVideo(video, path, { muxer: "gif", encoder: "gif", colour });
 * assertEquals(containerOfClip(path), "gif");
 * await Deno.remove(path);
 * ```
 */
export async function writeVideo(video: Video, path: string, format: ClipFormat): Promise<void> {
  checkVideo(video, path);
  const partial = temporaryPath(path);
  try {
    await mux(video, partial, path, format);
    await Deno.rename(partial, path);
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw named(error, "write", path);
  }
}

export interface EncodeOptions {
  /** Constant rate factor of x264: 0 (best quality, largest) to 51; by default 18. */
  crf?: number;
}

/**
 * Writes a clip as H.264 in mp4, 4:2:0, limited range, with the index first, so that every browser
 * plays it and starts before the download completes. Equal videos give equal bytes. The file
 * appears under its name only when complete.
 *
 * Colours use the BT.601 matrix and are tagged with it; readers that ignore the tag (OpenCV) assume
 * BT.601, so they too get the right colours.
 *
 * Width and height must be even, as 4:2:0 halves them; an odd size is an InputError rather than
 * padded, because padding would show a judge pixels that the model did not generate. Other
 * InputErrors: no frames, frames of the wrong length, a rate that is not above 0, or a CRF outside
 * 0–51.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { encodeVideo } from "./encode.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".mp4" });
 * const frames = [new Uint8Array(32 * 32 * 3).fill(200)];
 * await encodeVideo({ width: 32, height: 32, fps: 8, frames }, path, { crf: 23 });
 * assertEquals(new TextDecoder().decode((await Deno.readFile(path)).subarray(4, 8)), "ftyp");
 * await assertInputError(
 *   () => encodeVideo({ width: 31, height: 32, fps: 8, frames }, path),
 *   "31×32",
 *   "even",
 * );
 * await Deno.remove(path);
 * ```
 */
export async function encodeVideo(
  video: Video,
  path: string,
  options: EncodeOptions = {},
): Promise<void> {
  const { crf = 18 } = options;
  if (!(crf >= 0 && crf <= 51)) {
    throw new InputError(`Cannot write clip ${path}: crf is ${crf}; expected 0 to 51`);
  }
  if (video.width % 2 || video.height % 2) {
    throw new InputError(
      `Cannot write clip ${path}: its size is ${video.width}×${video.height}; ` +
        `expected an even width and height, crop or pad it first`,
    );
  }
  await writeVideo(video, path, {
    muxer: "mp4",
    muxerOptions: { movflags: "+faststart" },
    encoder: "libx264",
    encoderOptions: {
      crf: String(crf),
      preset: "medium",
      // The same decisions on every CPU, whatever its instruction set.
      "x264-params": "cpu-independent=1",
    },
    colour: {
      format: AV_PIX_FMT_YUV420P,
      space: AVCOL_SPC_SMPTE170M,
      range: AVCOL_RANGE_MPEG,
    },
  });
}
