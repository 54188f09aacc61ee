/** Videos as a notebook can hold them. */
import { InputError, messageOf } from "../errors.ts";
import type { Bundle } from "./bundle.ts";
import { escapeMarkup } from "../markup.ts";
import { sampleFrames } from "../video/sample.ts";
import { lazy } from "../lazy.ts";

const loadImage = lazy<typeof import("../video/image.ts")>(
  new URL("../video/image.ts", import.meta.url),
);

/** How a video is shown. */
export interface VideoOptions {
  /** Pixels on the page; the video's own by default. */
  width?: number;
  /** What is in it, said beside it. */
  caption?: string;
  /** Bytes that the file may have, because the notebook will hold them; 4,000,000 by default. */
  limit?: number;
}

/** The still picture of a video: frames side by side, and the most pixels they are high. */
const STRIP = { count: 4, height: 160, quality: 80 };

/**
 * An MP4 or WebM file as a player that holds the file: the notebook shows it wherever it is opened.
 * Where no player is shown, as on GitHub and in PDFs, a few frames are. Throws InputError where the
 * file cannot be read, is neither, is over the limit, or has no frames that can be decoded.
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
  // What a <video> holds is shown by pages that do not allow the element itself.
  const instead = `<img alt="${escapeMarkup(text)}" src="data:image/jpeg;base64,${strip}">`;
  const player = `<video controls loop muted playsinline${
    width === undefined ? "" : ` width="${width}"`
  } src="data:${type};base64,${bytes.toBase64()}">${instead}</video>`;
  const said = caption === undefined ? "" : `<figcaption>${escapeMarkup(caption)}</figcaption>`;
  return {
    "text/html": `<figure>${player}${said}</figure>`,
    "image/jpeg": strip,
    "text/plain": text,
  };
}

/** A JPEG, as base64, of some frames. */
async function frames(path: string): Promise<string> {
  const { contactSheet } = await loadImage();
  const { count, quality } = STRIP;
  const sample = await sampleFrames(path, { count });
  const height = Math.min(sample.height, STRIP.height);
  return (await contactSheet(sample, { height, quality })).toBase64();
}

/** Of the file's first bytes: ISO base media has its brand there, Matroska its magic number. */
function videoType(bytes: Uint8Array): string | null {
  if (new TextDecoder().decode(bytes.subarray(4, 8)) === "ftyp") return "video/mp4";
  return bytes.subarray(0, 4).toHex() === "1a45dfa3" ? "video/webm" : null;
}
