/** Frames as still images. */
import type { Sharp } from "sharp";
import { InputError } from "../errors.ts";

/** A row of frames of one size as one picture of 8-bit RGB. */
function row(frames: readonly Uint8Array[], width: number, height: number, gap: number) {
  const across = frames.length * width + (frames.length - 1) * gap;
  const sheet = new Uint8Array(across * height * 3).fill(255);
  for (const [i, frame] of frames.entries()) {
    for (let y = 0; y < height; y++) {
      const line = frame.subarray(y * width * 3, (y + 1) * width * 3);
      sheet.set(line, (y * across + i * (width + gap)) * 3);
    }
  }
  return { sheet, across };
}

function checkFrame(frame: Uint8Array, width: number, height: number) {
  const wanted = width * height * 3;
  if (frame.length !== wanted || wanted === 0) {
    throw new InputError(
      `Cannot make an image: the frame has ${frame.length} bytes; expected ${width}·${height}·3 = ` +
        `${wanted}, more than 0`,
    );
  }
}

async function picture(rgb: Uint8Array, width: number, height: number) {
  const { default: sharp } = await import("sharp");
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

async function bytesOf(image: Sharp): Promise<Uint8Array> {
  const buffer = await image.toBuffer();
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

export interface JpegOptions {
  /** 1 (smallest) to 100; by default 90. */
  quality?: number;
}

/**
 * A frame as a JPEG file's bytes: baseline, full colour resolution (4:4:4), no metadata. Equal
 * frames give equal bytes.
 *
 * @param frame `width · height · 3` bytes, 8-bit RGB, rows from the top.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { toJpeg } from "./image.ts";
 *
 * const jpeg = await toJpeg(new Uint8Array(16 * 8 * 3).fill(90), 16, 8, { quality: 95 });
 * assertEquals([...jpeg.subarray(0, 2)], [0xff, 0xd8]);
 * ```
 */
export async function toJpeg(
  frame: Uint8Array,
  width: number,
  height: number,
  options: JpegOptions = {},
): Promise<Uint8Array> {
  const { quality = 90 } = options;
  if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new InputError(`Cannot make a JPEG: quality is ${quality}; expected 1 to 100`);
  }
  checkFrame(frame, width, height);
  const image = await picture(frame, width, height);
  return await bytesOf(image.jpeg({ quality, chromaSubsampling: "4:4:4" }));
}

/**
 * A frame as a PNG file's bytes, without loss.
 *
 * @param frame `width · height · 3` bytes, 8-bit RGB, rows from the top.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { toPng } from "./image.ts";
 *
 * const png = await toPng(new Uint8Array(16 * 8 * 3).fill(90), 16, 8);
 * assertEquals(new TextDecoder().decode(png.subarray(1, 4)), "PNG");
 * ```
 */
export async function toPng(
  frame: Uint8Array,
  width: number,
  height: number,
): Promise<Uint8Array> {
  checkFrame(frame, width, height);
  return await bytesOf((await picture(frame, width, height)).png());
}

export interface ContactSheetOptions extends JpegOptions {
  /** Height of the sheet in pixels; by default the frames' own. Widths follow. */
  height?: number;
  /** White pixels between frames, before scaling; by default 4. */
  gap?: number;
}

/**
 * Frames side by side in one JPEG, for reports and notebooks: what a judge was shown, at a glance.
 *
 * @param video Frames of one size; at least one.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { contactSheet } from "./image.ts";
 *
 * const frames = [0, 80, 160].map((grey) => new Uint8Array(32 * 24 * 3).fill(grey));
 * const sheet = await contactSheet({ width: 32, height: 24, frames }, { height: 12 });
 * assertEquals([...sheet.subarray(0, 2)], [0xff, 0xd8]);
 * ```
 */
export async function contactSheet(
  video: { width: number; height: number; frames: readonly Uint8Array[] },
  options: ContactSheetOptions = {},
): Promise<Uint8Array> {
  const { width, height, frames } = video;
  if (frames.length === 0) throw new InputError("Cannot make a contact sheet: it has no frames");
  for (const frame of frames) checkFrame(frame, width, height);
  const { sheet, across } = row(frames, width, height, options.gap ?? 4);
  const image = await picture(sheet, across, height);
  const scaled = image.resize({ height: options.height ?? height });
  return await bytesOf(
    scaled.jpeg({ quality: options.quality ?? 90, chromaSubsampling: "4:4:4" }),
  );
}
