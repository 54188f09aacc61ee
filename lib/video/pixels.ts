/** Conversion between pixel formats and 8-bit RGB. */
import {
  AV_FRAME_FLAG_INTERLACED,
  AV_FRAME_FLAG_TOP_FIELD_FIRST,
  AV_PIX_FMT_RGB24,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_RGB,
  type AVColorRange,
  type AVColorSpace,
  type AVPixelFormat,
} from "node-av/constants";
import { avGetPixFmtName, FFmpegError, Frame, SoftwareScaleContext } from "node-av/lib";
import { InputError } from "../errors.ts";
import "./ffmpeg.ts";
import type { Size } from "./upright.ts";

/** How the samples of a frame encode colours. */
export interface Colour {
  format: AVPixelFormat;
  /** Matrix between RGB and YCbCr, by its number in ISO/IEC 23091-2. */
  space: AVColorSpace;
  /** Limited (16–235) or full (0–255). */
  range: AVColorRange;
}

/**
 * A frame with its own, uninitialised sample memory. The caller frees it.
 *
 * node-av's `Frame.fromVideoBuffer` only points into the given buffer and does not keep it alive.
 * Once JavaScript's garbage collector frees it, the picture turns into whatever occupies that
 * memory next; so frames are allocated here, and samples copied into them.
 *
 * @param width Pixels, at least 1.
 * @param height Pixels, at least 1.
 * @internal
 * @example
 * ```ts
 * import { AV_PIX_FMT_YUV420P } from "node-av/constants";
 * import { assertEquals } from "../testing/assert.ts";
 * import { allocateFrame } from "./pixels.ts";
 *
 * using frame = allocateFrame(32, 16, AV_PIX_FMT_YUV420P);
 * for (const [i, plane] of (frame.data ?? []).entries()) plane.fill([90, 128, 130][i]);
 * const samples = frame.toBuffer();
 * assertEquals([samples.length, samples[0], samples.at(-1)], [32 * 16 * 3 / 2, 90, 130]);
 * ```
 */
export function allocateFrame(width: number, height: number, format: AVPixelFormat): Frame {
  const frame = new Frame();
  try {
    frame.alloc();
    frame.width = width;
    frame.height = height;
    frame.format = format;
    FFmpegError.throwIfError(frame.allocBuffer(), "allocating a frame");
    return frame;
  } catch (error) {
    frame[Symbol.dispose]();
    throw error;
  }
}

/** Copies packed RGB rows into a frame, whose own rows may be padded. */
function writeRgb(frame: Frame, rgb: Uint8Array) {
  const plane = frame.data?.[0];
  if (!plane) throw new Error("the allocated frame has no memory");
  const row = frame.width * 3;
  const stride = frame.linesize[0];
  for (let y = 0; y < frame.height; y++) {
    plane.set(rgb.subarray(y * row, (y + 1) * row), y * stride);
  }
}

const RGB: Colour = {
  format: AV_PIX_FMT_RGB24,
  space: AVCOL_SPC_RGB,
  range: AVCOL_RANGE_JPEG,
};

/** A frame for another's samples in other colours. */
function targetFor(
  source: Frame,
  colour: Colour,
  { width, height }: Size = { width: source.width, height: source.height },
): Frame {
  const target = allocateFrame(width, height, colour.format);
  target.colorSpace = colour.space;
  target.colorRange = colour.range;
  // Equal on both sides, so that samples are only re-encoded and colours never remapped.
  target.colorPrimaries = source.colorPrimaries;
  target.colorTrc = source.colorTrc;
  return target;
}

/** Has the scaler treat a frame of two fields as one picture; it converts no field to a picture. */
function woven(frame: Frame) {
  frame.clearFlags(AV_FRAME_FLAG_INTERLACED, AV_FRAME_FLAG_TOP_FIELD_FIRST);
}

function packed(frame: Frame): Uint8Array {
  const bytes = frame.toBuffer();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Says what the colours are, where the scaler cannot convert them: it knows few matrices. */
function checkConverted(status: number, { format, colorSpace }: Frame) {
  if (status >= 0) return;
  throw new Error(
    `its colours (${avGetPixFmtName(format as AVPixelFormat)}, matrix ${colorSpace} of ` +
      `ISO/IEC 23091-2) cannot be converted to RGB: ${FFmpegError.strerror(status)}; ` +
      `re-encode it with colours as BT.709 or BT.601`,
  );
}

/** Converts frames of one size between pixel formats, one at a time. */
export class PixelConverter implements Disposable {
  readonly #scaler = new SoftwareScaleContext();

  constructor() {
    this.#scaler.allocContext();
    // Bit-exact arithmetic, so that frames (and their hashes) do not depend on the CPU's
    // instruction set, and chroma interpolated at full width instead of repeated for pairs of
    // pixels.
    this.#scaler.setOption("sws_flags", "bicubic+accurate_rnd+full_chroma_int+bitexact");
  }

  /**
   * A decoded frame as RGB: `width · height · 3` bytes, rows from the top, no padding. The frame's
   * own matrix and range are used; by default BT.601 and limited range (full for the `yuvj`
   * formats), as in FFmpeg and OpenCV. Alpha is dropped. Both fields of an interlaced frame are
   * kept, line by line, as in `ffmpeg -i`.
   *
   * @param size Pixels to scale to; by default the frame's own.
   */
  async toRgb(frame: Frame, size?: Size): Promise<Uint8Array> {
    woven(frame);
    using rgb = targetFor(frame, RGB, size);
    checkConverted(await this.#scaler.scaleFrame(rgb, frame), frame);
    return packed(rgb);
  }

  /** {@link toRgb} on this thread. */
  toRgbSync(frame: Frame, size?: Size): Uint8Array {
    woven(frame);
    using rgb = targetFor(frame, RGB, size);
    checkConverted(this.#scaler.scaleFrameSync(rgb, frame), frame);
    return packed(rgb);
  }

  /**
   * An RGB image in another pixel format. The image is copied before this returns its promise, so
   * it may be reused at once. The caller frees the frame.
   *
   * @param rgb `width · height · 3` bytes, rows from the top, no padding; otherwise an InputError.
   */
  async fromRgb(rgb: Uint8Array, width: number, height: number, colour: Colour): Promise<Frame> {
    if (rgb.length !== width * height * 3) {
      throw new InputError(
        `Cannot convert an image: it has ${rgb.length} bytes; expected ${width}·${height}·3 = ` +
          `${width * height * 3}`,
      );
    }
    using source = allocateFrame(width, height, AV_PIX_FMT_RGB24);
    writeRgb(source, rgb);
    source.colorSpace = AVCOL_SPC_RGB;
    source.colorRange = AVCOL_RANGE_JPEG;
    const target = targetFor(source, colour);
    try {
      FFmpegError.throwIfError(await this.#scaler.scaleFrame(target, source), "converting pixels");
      return target;
    } catch (error) {
      target[Symbol.dispose]();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#scaler[Symbol.dispose]();
  }
}
