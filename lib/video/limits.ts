/** What a clip may ask for, so that reading it takes a bounded amount of memory. */
import { avGetPixFmtName, avImageGetBufferSize, type CodecParameters } from "node-av/lib";
import { AV_CODEC_PROP_INTRA_ONLY, type AVPixelFormat } from "node-av/constants";
import { InputError } from "../errors.ts";

/** The most pixels of a picture: 4096×4096, twice as many as 4K has. */
export const MAX_PIXELS = 4096 * 4096;

/**
 * The most bytes of a decoded picture. A decoder keeps up to 17 for reference and as many that wait
 * for their turn, with what it notes of each; codecs without references keep one or two.
 */
export const MAX_PICTURE_BYTES = { referring: 32 * 2 ** 20, alone: 128 * 2 ** 20 };

/** The most frames of a clip: ten hours at 29 a second. */
export const MAX_FRAMES = 2 ** 20;

const millions = (n: number) => (n / 1e6).toFixed(1);

/**
 * Refuses pictures that are too large, by what the clip declares and before memory is allocated.
 *
 * @param what What has this size: `its pictures are`, `with square pixels, its pictures are`.
 * @throws {InputError} with the size found and the size allowed.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { checkPixels } from "./limits.ts";
 *
 * checkPixels("a.mp4", 3840, 2160);
 * await assertInputError(() => checkPixels("bomb.gif", 9000, 9000), "9000×9000", "4096×4096");
 * ```
 */
export function checkPixels(
  path: string,
  width: number,
  height: number,
  what = "its pictures are",
): void {
  if (width * height <= MAX_PIXELS) return;
  throw new InputError(
    `Cannot read clip ${path}: ${what} ${width}×${height}, ${millions(width * height)} million ` +
      `pixels; expected at most ${
        millions(MAX_PIXELS)
      } million, as 4096×4096 has; scale it first ` +
      `(ffmpeg -i IN -vf scale=1920:-2 OUT.mp4)`,
  );
}

/**
 * {@link checkPixels}, and the same for the bytes of a picture as it is decoded.
 *
 * @throws {InputError} with what was found and what is allowed.
 */
export function checkPictures(
  path: string,
  { width, height, format, codecProperties }: CodecParameters,
): void {
  checkPixels(path, width, height);
  const most = codecProperties & AV_CODEC_PROP_INTRA_ONLY
    ? MAX_PICTURE_BYTES.alone
    : MAX_PICTURE_BYTES.referring;
  const pixels = format as AVPixelFormat;
  const bytes = format < 0 || width === 0 ? 0 : avImageGetBufferSize(pixels, width, height, 1);
  if (bytes <= most) return;
  throw new InputError(
    `Cannot read clip ${path}: a picture of ${width}×${height} as ${
      avGetPixFmtName(pixels)
    } takes ` +
      `${millions(bytes)} MB; expected at most ${millions(most)} MB; ` +
      `re-encode it first (ffmpeg -i IN -pix_fmt yuv420p OUT.mp4)`,
  );
}

/**
 * Refuses clips that declare too many frames.
 *
 * @throws {InputError} with the number found and the number allowed.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { checkFrames } from "./limits.ts";
 *
 * checkFrames("film.mp4", 14_400);
 * await assertInputError(() => checkFrames("bomb.mp4", 2 ** 31), "2147483648 frames", "1048576");
 * ```
 */
export function checkFrames(path: string, frames: number): void {
  if (frames <= MAX_FRAMES) return;
  throw new InputError(
    `Cannot read clip ${path}: it has ${frames} frames; expected at most ${MAX_FRAMES}`,
  );
}
