/** Videos embedded in notebooks. */
import { InputError, messageOf } from "../errors.ts";
import type { Bundle } from "./bundle.ts";
import { escapeMarkup } from "../markup.ts";
import { sampleFrames, SHEET_FRAME_PIXELS } from "../video/sample.ts";
import { lazy } from "../lazy.ts";

const loadImage = lazy<typeof import("../video/image.ts")>(
  new URL("../video/image.ts", import.meta.url),
);

/** Options of {@link video}. */
export interface VideoOptions {
  /** Display width in pixels; by default the video's own. */
  width?: number;
  /** Text below the video. */
  caption?: string;
  /** Maximum file size in bytes, since the notebook embeds it; 4,000,000 by default. */
  limit?: number;
}

/** The still picture of a video: frames side by side, with a maximum height in pixels. */
const STRIP = { count: 4, height: 160, quality: 80 };

/**
 * An MP4 or WebM file as a player that embeds it, so that the notebook can show it anywhere. Where
 * no player is shown, as on GitHub and in PDFs, a few frames appear instead. Throws InputError if
 * the file cannot be read, is neither format, exceeds the limit, or has no decodable frames.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { video } from "./video.ts";
 *
 * await assertInputError(() => video("no-such.mp4"), "Cannot show video no-such.mp4");
 * ```
 */
export async function video(path: string, options: VideoOptions = {}): Promise<Bundle> {
  const { width, caption, limit = 4_000_000 } = options;
  const refuse = (why: string) => new InputError(`Cannot show video ${path}: ${why}`);
  const bytes = await Deno.readFile(path).catch((error) => {
    throw refuse(error.message);
  });
  if (bytes.length > limit) {
    throw refuse(`it has ${bytes.length} bytes; at most ${limit} fit in a notebook`);
  }
  const type = videoType(bytes);
  if (type === null) throw refuse("its content is neither MP4 nor WebM");
  const strip = await frames(path).catch((error) => {
    throw refuse(messageOf(error));
  });
  const text = `Video: ${caption ?? path}`;
  // The content of a <video> is shown by pages that do not allow the element.
  const instead = `<img alt="${escapeMarkup(text)}" src="data:image/jpeg;base64,${strip}">`;
  const player = `<video controls loop muted playsinline${
    width === undefined ? "" : ` width="${width}"`
  } src="data:${type};base64,${bytes.toBase64()}">${instead}</video>`;
  const figcaption = caption === undefined
    ? ""
    : `<figcaption>${escapeMarkup(caption)}</figcaption>`;
  return {
    "text/html": `<figure>${player}${figcaption}</figure>`,
    "image/jpeg": strip,
    "text/plain": text,
  };
}

/** Some frames as a base64 JPEG. */
async function frames(path: string): Promise<string> {
  const { contactSheet } = await loadImage();
  const { count, quality } = STRIP;
  const sample = await sampleFrames(path, { count, atMost: SHEET_FRAME_PIXELS });
  const height = Math.min(sample.height, STRIP.height);
  return (await contactSheet(sample, { height, quality })).toBase64();
}

/** From the file's first bytes: the brand of ISO base media, the magic number of Matroska. */
function videoType(bytes: Uint8Array): string | null {
  if (new TextDecoder().decode(bytes.subarray(4, 8)) === "ftyp") return "video/mp4";
  return bytes.subarray(0, 4).toHex() === "1a45dfa3" ? "video/webm" : null;
}
