/** Degraded versions of clips, to test a judge's robustness. */
import sharp from "sharp";
import { random } from "../../random.ts";
import { decodeVideo } from "../../video/decode.ts";
import { encodeVideo } from "../../video/encode.ts";
import type { Video } from "../../video/types.ts";

/**
 * A version of a clip: `raw` as simulated, `h264` after encoding as mp4 at the default quality, and
 * `degraded` blurred (σ 0.8 pixels), reduced to half size, with added noise (σ 3 levels), and
 * encoded as mp4.
 */
export const VARIANTS = ["raw", "h264", "degraded"] as const;

export type Variant = typeof VARIANTS[number];

const BLUR_SIGMA = 0.8;
const NOISE_SIGMA = 3;

/**
 * A clip in a variant; equal clips, variants and seeds give equal frames.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { applyVariant } from "./degrade.ts";
 *
 * const frames = [0, 1].map((k) => new Uint8Array(64 * 48 * 3).fill(90 * k));
 * const { width, height } = await applyVariant({ width: 64, height: 48, fps: 8, frames }, "degraded", 1);
 * assertEquals([width, height], [32, 24]);
 * ```
 */
export async function applyVariant(video: Video, variant: Variant, seed: number): Promise<Video> {
  if (variant === "raw") return video;
  return await throughFile(variant === "h264" ? video : await degrade(video, seed));
}

async function throughFile(video: Video): Promise<Video> {
  const path = await Deno.makeTempFile({ suffix: ".mp4" });
  try {
    await encodeVideo(video, path);
    return await decodeVideo(path, { threads: 1 });
  } finally {
    await Deno.remove(path);
  }
}

async function degrade({ width, height, fps, frames }: Video, seed: number): Promise<Video> {
  const half = { width: Math.floor(width / 2), height: Math.floor(height / 2) };
  const uniform = random(seed, "variant", "noise");
  const smaller = await Promise.all(frames.map(async (frame) => {
    const image = sharp(frame, { raw: { width, height, channels: 3 } }).blur(BLUR_SIGMA)
      .resize({ ...half, fit: "fill", kernel: "linear" });
    return new Uint8Array(await image.raw().toBuffer());
  }));
  for (const frame of smaller) {
    for (let i = 0; i < frame.length; i++) {
      // The sum of four draws of variance 1/12 is close enough to normal.
      const draw = (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
      frame[i] = Math.max(0, Math.min(255, Math.round(frame[i] + NOISE_SIGMA * draw)));
    }
  }
  return { ...half, fps, frames: smaller };
}
