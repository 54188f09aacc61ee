/** Pixel formats in and out of 8-bit RGB. */
import { Buffer } from "node:buffer";
import {
  AV_PIX_FMT_RGB24,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_RGB,
  type AVColorRange,
  type AVColorSpace,
  type AVPixelFormat,
} from "node-av/constants";
import { FFmpegError, Frame, SoftwareScaleContext } from "node-av/lib";
import "./ffmpeg.ts";

/** How the samples of a frame are to be read as colours. */
export interface Colour {
  format: AVPixelFormat;
  /** Matrix between RGB and YCbCr, by its number in ISO/IEC 23091-2. */
  space: AVColorSpace;
  /** Limited (16–235) or full (0–255). */
  range: AVColorRange;
}

/** Converts frames of one size between pixel formats. */
export class PixelConverter implements Disposable {
  readonly #scaler = new SoftwareScaleContext();

  constructor() {
    this.#scaler.allocContext();
    // Bit-exact arithmetic, so that frames (and hashes of them) do not depend on the CPU's
    // instruction set; and chroma interpolated at full width, not repeated in pairs of pixels.
    this.#scaler.setOption("sws_flags", "bicubic+accurate_rnd+full_chroma_int+bitexact");
  }

  /**
   * A decoded frame as RGB: `width · height · 3` bytes, rows from the top, no padding. The frame's
   * own matrix and range are honoured. Where it names none, BT.601 and limited range (full for the
   * `yuvj` formats) are taken, as FFmpeg and OpenCV do. Alpha is dropped.
   */
  async toRgb(frame: Frame): Promise<Uint8Array> {
    using rgb = await this.#convert(frame, {
      format: AV_PIX_FMT_RGB24,
      space: AVCOL_SPC_RGB,
      range: AVCOL_RANGE_JPEG,
    });
    const packed = rgb.toBuffer();
    return new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength);
  }

  /** An RGB image in another pixel format. The caller frees the frame. */
  async fromRgb(rgb: Uint8Array, width: number, height: number, colour: Colour): Promise<Frame> {
    using source = Frame.fromVideoBuffer(
      Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength),
      { width, height, format: AV_PIX_FMT_RGB24 },
    );
    source.colorSpace = AVCOL_SPC_RGB;
    source.colorRange = AVCOL_RANGE_JPEG;
    return await this.#convert(source, colour);
  }

  async #convert(source: Frame, colour: Colour): Promise<Frame> {
    const target = new Frame();
    try {
      target.alloc();
      target.width = source.width;
      target.height = source.height;
      target.format = colour.format;
      target.colorSpace = colour.space;
      target.colorRange = colour.range;
      // Equal on both sides, so that samples are only re-coded and colours never remapped.
      target.colorPrimaries = source.colorPrimaries;
      target.colorTrc = source.colorTrc;
      FFmpegError.throwIfError(target.allocBuffer(), "allocating a frame");
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
