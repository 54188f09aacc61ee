/** Sizes of Wan's clips. */
import { InputError } from "../../../errors.ts";
import type { ClipSize } from "../../clip_size.ts";
import type { LatentSize } from "../transformer/dit.ts";
import { compression, type VaeConfig, WAN_VAE } from "../vae/vae_config.ts";

/**
 * The size of a clip's latents.
 *
 * @throws {InputError} for sizes that the model does not support.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { WAN_CLIP } from "../settings.ts";
 * import { latentSize } from "./clip_size.ts";
 *
 * assertEquals(latentSize(WAN_CLIP), { frames: 21, height: 60, width: 104 });
 * await assertInputError(() => latentSize({ ...WAN_CLIP, frames: 80 }), "80 frames");
 * ```
 */
export function latentSize(
  { width, height, frames }: ClipSize,
  config: VaeConfig = WAN_VAE,
): LatentSize {
  const { spatial, temporal } = compression(config);
  // The transformer's patches are 2 × 2 latents.
  const side = 2 * spatial;
  const whole = (value: number, step: number) => Number.isInteger(value / step) && value > 0;
  if (!whole(width, side) || !whole(height, side) || !whole(frames - 1 + temporal, temporal)) {
    throw new InputError(
      `Wan cannot generate clips of ${width}×${height}, ${frames} frames; expected sides that are ` +
        `multiples of ${side}, and a multiple of ${temporal} frames plus one`,
    );
  }
  return { frames: (frames - 1) / temporal + 1, height: height / spatial, width: width / spatial };
}
