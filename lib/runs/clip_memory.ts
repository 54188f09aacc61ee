/** How much memory clips take while they are judged, so that few large ones are open at once. */
import type { Judge } from "../judges/judge.ts";
import type { Clip } from "../records/clip.ts";
import { workingSize } from "../vision/working_size.ts";

/** Bytes that all clips being decoded or measured may take together; one may always be open. */
export const DECODING_BYTES = 2 ** 30;

/** Bytes that the pictures of all clips being asked about may take together. */
export const ASKING_BYTES = 2 ** 29;

/** Bytes per pixel of a picture: all that a decoder keeps at worst, and one as RGB, as measured. */
const PER_PIXEL = 64;

/** Bytes per pixel and frame at working size that measuring takes, as measured. */
const PER_WORKING_PIXEL = 48;

/** Bytes per pixel of a JPEG as text, at most: of noise at quality 90, and at 100. */
const PER_JPEG_PIXEL = [2, 3.5] as const;

/**
 * Bytes that decoding a clip takes, and measuring it, from its row.
 *
 * @param measures Whether all of its frames are measured.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { decodingBytes } from "./clip_memory.ts";
 *
 * const clip = { width: 4096, height: 4096, frames: 2000 };
 * assertEquals(decodingBytes(clip, false), 64 * 4096 * 4096);
 * ```
 */
export function decodingBytes(
  { width, height, frames }: Pick<Clip, "width" | "height" | "frames">,
  measures: boolean,
): number {
  const small = workingSize({ width, height });
  const measuring = measures ? frames * small.width * small.height * PER_WORKING_PIXEL : 0;
  return width * height * PER_PIXEL + measuring;
}

/**
 * Bytes that the pictures of a clip take while a judge is asked about it: those that are kept, and
 * those in the bodies of as many requests as are sent of a clip at once.
 *
 * @param requests Requests at once.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { askingBytes } from "./clip_memory.ts";
 *
 * const settings = { longest_side: 768, quality: 90, chroma: "4:4:4" } as const;
 * const judge = { frames: 8, pictures: { settings, repeats: false } };
 * assertEquals(askingBytes({ width: 1536, height: 1000 }, judge, 3), 768 * 500 * 8 * 2 * 4);
 * ```
 */
export function askingBytes(
  { width, height }: Pick<Clip, "width" | "height">,
  { pictures, frames }: Pick<Judge, "pictures" | "frames">,
  requests: number,
): number {
  if (frames === "all") return 0;
  if (!pictures) return 3 * width * height * frames;
  const { longest_side, quality } = pictures.settings;
  const scale = Math.min(1, (longest_side ?? Infinity) / Math.max(width, height));
  const perPixel = PER_JPEG_PIXEL[quality > 90 ? 1 : 0];
  return width * height * scale ** 2 * frames * perPixel * (1 + requests);
}
