/** Frames as still images. */
import sharp, { type Sharp } from "sharp";
import { InputError } from "../errors.ts";

/** The longest side of a sheet in pixels: JPEG ends at 65,535, and viewers and memory before. */
const MAX_SIDE = 16_384;

/** A row of equally sized frames as one 8-bit RGB picture. */
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

function picture(rgb: Uint8Array, width: number, height: number) {
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

async function bytesOf(image: Sharp): Promise<Uint8Array> {
  const buffer = await image.toBuffer();
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/**
 * A frame as a PNG file.
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
  return await bytesOf(picture(frame, width, height).png());
}

/** Options of {@link contactSheet}. */
export interface ContactSheetOptions {
  /** Quality of the JPEG, from 1 (smallest) to 100; by default 90. */
  quality?: number;
  /**
   * Height of the sheet in pixels; by default the frames' own. Widths scale with it; a sheet that would
   * be wider than 16,384 pixels is made lower.
   */
  height?: number;
  /** White pixels between frames, before scaling; by default 4. */
  gap?: number;
}

/**
 * Frames side by side in one JPEG, for reports and notebooks: the frames shown to a judge at a
 * glance.
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
  const wanted = options.height ?? height;
  const scale = Math.min(wanted / height, MAX_SIDE / across, MAX_SIDE / height);
  const scaled = picture(sheet, across, height).resize({
    width: Math.max(1, Math.round(across * scale)),
    height: Math.max(1, scale === wanted / height ? wanted : Math.round(height * scale)),
    fit: "fill",
  });
  return await bytesOf(
    scaled.jpeg({ quality: options.quality ?? 90, chromaSubsampling: "4:4:4" }),
  );
}

/**
 * A frame resized to fit another size, with black borders if the aspect ratios differ.
 *
 * @param frame `width · height · 3` bytes, 8-bit RGB, rows from the top.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { fitFrame } from "./image.ts";
 *
 * const fitted = await fitFrame(new Uint8Array(8 * 4 * 3), { width: 8, height: 4 }, { width: 4, height: 4 });
 * assertEquals(fitted.length, 4 * 4 * 3);
 * ```
 */
export async function fitFrame(
  frame: Uint8Array,
  { width, height }: Size,
  to: Size,
): Promise<Uint8Array> {
  checkFrame(frame, width, height);
  const image = picture(frame, width, height).resize(to.width, to.height, { fit: "contain" });
  return await bytesOf(image.removeAlpha().raw());
}

/** Pixels. */
interface Size {
  width: number;
  height: number;
}

/** The size of a picture file, in pixels. */
export async function pictureSize(file: Uint8Array): Promise<Size> {
  const { width, height } = await sharp(file).metadata();
  return { width, height };
}

/** Converts a picture to a PNG with a palette of 256 colours: a third of the size, for drawings. */
export async function toPalette(
  file: Uint8Array,
): Promise<{ png: Uint8Array; width: number; height: number }> {
  const { data, info: { width, height } } = await sharp(file)
    .png({ palette: true, dither: 0, compressionLevel: 9, effort: 1 })
    .toBuffer({ resolveWithObject: true });
  return { png: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), width, height };
}
