/** Common parts of picture sheets with frames and text. */
import sharp from "sharp";
import { toPng } from "../video/image.ts";
import { compose } from "./compose.ts";
import { renderPng } from "./png.ts";

/** Text needs no more pixels than this, and frames are rarely shown larger. */
const MAX_SCALE = 2;

/**
 * A frame as a data URL for an SVG's `<image>`.
 *
 * @param frame `width · height · 3` bytes, 8-bit RGB, rows from the top.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { frameDataUrl } from "./sheet.ts";
 *
 * const address = await frameDataUrl(new Uint8Array(8 * 4 * 3), 8, 4);
 * assertOk(address.startsWith("data:image/png;base64,"));
 * ```
 */
export async function frameDataUrl(
  frame: Uint8Array,
  width: number,
  height: number,
): Promise<string> {
  return `data:image/png;base64,${(await toPng(frame, width, height)).toBase64()}`;
}

/** The content of {@link sheetJpeg}. */
export interface DrawnSheet {
  title: string;
  subtitle: string;
  /** SVG elements below the title. */
  parts: readonly string[];
  /** Height of the parts, in pixels. */
  height: number;
  /** Frame pixels per SVG pixel of its drawn size. */
  density: number;
}

/**
 * A sheet as a JPEG file, large enough to show frames at full resolution, up to twice the SVG's
 * size. Equal inputs give equal bytes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { sheetJpeg } from "./sheet.ts";
 *
 * const parts = ['<rect x="20" width="9" height="9"/>'];
 * const sheet = { title: "A square", subtitle: "black", parts, height: 9, density: 1 };
 * assertEquals([...(await sheetJpeg(sheet)).subarray(0, 2)], [0xff, 0xd8]);
 * ```
 */
export async function sheetJpeg(
  { title, subtitle, parts, height, density }: DrawnSheet,
): Promise<Uint8Array> {
  const panels = [{ x: 0, y: 0, markup: parts.join("") }];
  const svg = compose({ title, subtitle, panels, height });
  const scale = Math.min(MAX_SCALE, Math.max(1, density));
  const buffer = await sharp(renderPng(svg, { scale }))
    .jpeg({ quality: 72, chromaSubsampling: "4:4:4", mozjpeg: true })
    .toBuffer();
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
