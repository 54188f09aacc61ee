/** The frames shown to a judge, as pictures in a request. */
import sharp from "sharp";
import { Buffer } from "node:buffer";
import { InputError } from "../../../errors.ts";
import { framesHash, type SampledVideo, samplePositions, timingAt } from "../../../video/sample.ts";
import type { Video } from "../../../video/types.ts";
import type { PicturedClip, PictureSettings, Shown } from "../../judge.ts";

/** Longest sides to fall back to, in pixels. */
const SIDES = [768, 512, 384, 256, 192, 128];
/** JPEG qualities that the released evaluator falls back to. */
const RELEASED_QUALITIES = [30, 20, 10];

/** Suitable for most servers: legible at every server's working size, about 60 kB per frame. */
export const PICTURES: PictureSettings = { longest_side: 768, quality: 90, chroma: "4:4:4" };
/** The released evaluator's first choice. */
export const RELEASED_PICTURES: PictureSettings = {
  longest_side: null,
  quality: 100,
  chroma: "4:2:0",
};

/**
 * The picture settings to try in turn if a server rejects a request for its size: as requested,
 * then smaller. `as-released` keeps the size and lowers the quality, like the released evaluator.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { PICTURES, pictureSteps } from "./pictures.ts";
 *
 * const steps = pictureSteps(PICTURES, { width: 480, height: 270 }, "sizes");
 * assertEquals(steps.map((step) => step.longest_side), [768, 384, 256, 192, 128]);
 * ```
 */
export function pictureSteps(
  settings: PictureSettings,
  { width, height }: { width: number; height: number },
  lower: "sizes" | "as-released",
): PictureSettings[] {
  if (lower === "as-released") {
    const qualities = RELEASED_QUALITIES.filter((quality) => quality < settings.quality);
    return [settings, ...qualities.map((quality) => ({ ...settings, quality }))];
  }
  const side = Math.min(settings.longest_side ?? Infinity, Math.max(width, height));
  const sides = SIDES.filter((candidate) => candidate < side);
  return [settings, ...sides.map((longest_side) => ({ ...settings, longest_side }))];
}

/**
 * Description of reduced pictures.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { loweredTo, PICTURES } from "./pictures.ts";
 *
 * assertEquals(loweredTo(PICTURES, { ...PICTURES, longest_side: 384 }), "pictures lowered to 384 px");
 * ```
 */
export function loweredTo(asked: PictureSettings, used: PictureSettings): string {
  return asked.longest_side === used.longest_side
    ? `pictures lowered to JPEG quality ${used.quality}`
    : `pictures lowered to ${used.longest_side} px`;
}

/**
 * The frames of a clip shown to a judge: those already sampled, or, for a whole clip, those at the
 * released positions.
 *
 * @param video At least one frame.
 * @param count Number of frames to show of a whole clip.
 * @param repeats Whether frames that a short clip repeats are shown again.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { framesShown } from "./pictures.ts";
 *
 * const frames = [0, 1, 2].map((level) => new Uint8Array(3).fill(level));
 * const video = { width: 1, height: 1, fps: 10, frames };
 * assertEquals(framesShown(video, 4, false).positions, [0, 1, 2]);
 * assertEquals(framesShown(video, 4, true).positions, [0, 1, 1, 2]);
 * ```
 */
export function framesShown(
  video: Video | SampledVideo,
  count: number,
  repeats: boolean,
): Shown & { frames: Uint8Array[] } {
  const { width, height, frames } = video;
  const sampled: SampledVideo = "positions" in video
    ? video
    : sampleOf(video, samplePositions(frames.length, count));
  const selected = selectedOf(sampled.positions, repeats);
  return {
    width,
    height,
    ...timingAt(sampled, selected),
    total: sampled.total,
    positions: selected.map((i) => sampled.positions[i]),
    frames: selected.map((i) => sampled.frames[i]),
  };
}

/**
 * Which of the sampled positions are shown: all, or each once.
 *
 * @param positions Ascending.
 * @param repeats Whether frames that a short clip repeats are shown again.
 * @returns Indices into `positions`.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { selectedOf } from "./pictures.ts";
 *
 * assertEquals(selectedOf([0, 1, 1, 2], false), [0, 1, 3]);
 * ```
 */
export function selectedOf(positions: readonly number[], repeats: boolean): number[] {
  return positions.flatMap((position, i) => repeats || position !== positions[i - 1] ? [i] : []);
}

/**
 * The size in pixels of a frame's picture.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { PICTURES, pictureSize } from "./pictures.ts";
 *
 * assertEquals(pictureSize({ width: 832, height: 480 }, PICTURES), { width: 768, height: 443 });
 * ```
 */
export function pictureSize(
  { width, height }: { width: number; height: number },
  { longest_side }: PictureSettings,
): { width: number; height: number } {
  const scale = Math.min(1, (longest_side ?? Infinity) / Math.max(width, height));
  const scaled = (side: number) => Math.max(1, Math.round(side * scale));
  return { width: scaled(width), height: scaled(height) };
}

/**
 * A clip in memory as pictures. They are made once per settings, on demand: the requests of a
 * clip's three dimensions share them.
 *
 * @param video At least one frame.
 * @param count Number of frames to show of a whole clip.
 * @param repeats Whether frames that a short clip repeats are shown again.
 * @throws {InputError} from `urls`, for settings out of range.
 * @example
 * ```ts
 * import { assertOk } from "../../../testing/assert.ts";
 * import { pictured, PICTURES } from "./pictures.ts";
 *
 * const frames = [new Uint8Array(64 * 48 * 3).fill(90)];
 * const clip = pictured({ width: 64, height: 48, fps: 8, frames }, 8, false);
 * const [url] = await clip.urls(PICTURES);
 * assertOk(url.startsWith("data:image/jpeg;base64,/9j/"));
 * ```
 */
export function pictured(
  video: Video | SampledVideo,
  count: number,
  repeats: boolean,
): PicturedClip {
  const { frames, ...shown } = framesShown(video, count, repeats);
  const made = new Map<string, Promise<string[]>>();
  let hash: string | undefined;
  return {
    ...shown,
    get hash() {
      return hash ??= framesHash({ ...shown, frames });
    },
    urls(settings) {
      checkSettings(settings);
      const name = JSON.stringify(settings);
      const urls = made.get(name) ?? jpegUrls({ ...shown, frames }, settings);
      made.set(name, urls);
      return urls;
    },
  };
}

function sampleOf(video: Video, positions: number[]): SampledVideo {
  const frames = positions.map((position) => video.frames[position]);
  return { ...video, ...timingAt(video, positions), total: video.frames.length, positions, frames };
}

/** One after another: in parallel they would take more memory and hardly less time. */
async function jpegUrls(
  { frames, width, height }: Pick<Video, "frames" | "width" | "height">,
  settings: PictureSettings,
): Promise<string[]> {
  const urls: string[] = [];
  for (const frame of frames) urls.push(await jpegUrl(frame, width, height, settings));
  return urls;
}

/**
 * A frame as a JPEG's `data:` address.
 *
 * @param frame `width · height · 3` bytes, 8-bit RGB, rows from the top.
 * @throws {InputError} for settings out of range.
 * @example
 * ```ts
 * import { assertOk } from "../../../testing/assert.ts";
 * import { jpegUrl, PICTURES } from "./pictures.ts";
 *
 * const url = await jpegUrl(new Uint8Array(16 * 8 * 3), 16, 8, PICTURES);
 * assertOk(url.startsWith("data:image/jpeg;base64,/9j/"));
 * ```
 */
export async function jpegUrl(
  frame: Uint8Array,
  width: number,
  height: number,
  settings: PictureSettings,
): Promise<string> {
  checkSettings(settings);
  const { quality, chroma } = settings;
  const size = pictureSize({ width, height }, settings);
  const image = sharp(frame, { raw: { width, height, channels: 3 } });
  const fitted = size.width === width ? image : image.resize({ ...size, fit: "fill" });
  const jpeg = await fitted.jpeg({ quality, chromaSubsampling: chroma, optimiseCoding: false })
    .toBuffer();
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString("base64")}`;
}

function checkSettings({ longest_side, quality }: PictureSettings) {
  if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new InputError(`Cannot make pictures: quality is ${quality}; expected 1 to 100`);
  }
  if (longest_side !== null && !(Number.isInteger(longest_side) && longest_side >= 16)) {
    throw new InputError(
      `Cannot make pictures: the longest side is ${longest_side} px; expected 16 or more`,
    );
  }
}
