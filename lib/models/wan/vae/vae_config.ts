/** Configuration of Wan's video autoencoder (VAE). */
import { z } from "zod";
import { InputError } from "../../../errors.ts";

/** The decoder's part of `vae/config.json`, with the same names in camel case. */
export interface VaeConfig {
  /** Channels of the decoder's last block, before `dimMult`. */
  baseDim: number;
  /** Channels of latents. */
  zDim: number;
  /** Channels of the encoder's blocks in units of `baseDim`; the decoder has them in reverse. */
  dimMult: readonly number[];
  /** Residual blocks per encoder block; decoder blocks have one more. */
  numResBlocks: number;
  /** Which of the decoder's blocks, except the last, double the frames; in decoding order. */
  temporalUpsample: readonly boolean[];
  /** Channels of frames. */
  outChannels: number;
  /** Per channel: the transformer's latents are (latent − mean) / std. */
  latentsMean: readonly number[];
  latentsStd: readonly number[];
}

/** The autoencoder of Wan 2.1, for checkpoints without a configuration. */
export const WAN_VAE: VaeConfig = {
  baseDim: 96,
  zDim: 16,
  dimMult: [1, 2, 4, 4],
  numResBlocks: 2,
  temporalUpsample: [true, true, false],
  outChannels: 3,
  latentsMean: [
    ...[-0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508],
    ...[0.4134, -0.0715, 0.5517, -0.3632, -0.1922, -0.9497, 0.2503, -0.2921],
  ],
  latentsStd: [
    ...[2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743],
    ...[3.2687, 2.1526, 2.8652, 1.5579, 1.6382, 1.1253, 2.8251, 1.916],
  ],
};

const size = z.number().int().positive();

const schema = z.object({
  base_dim: size.default(WAN_VAE.baseDim),
  decoder_base_dim: size.nullish(),
  z_dim: size.default(WAN_VAE.zDim),
  dim_mult: z.array(size).min(1).default([...WAN_VAE.dimMult]),
  num_res_blocks: size.default(WAN_VAE.numResBlocks),
  temperal_downsample: z.array(z.boolean()).default([...WAN_VAE.temporalUpsample].reverse()),
  out_channels: size.default(WAN_VAE.outChannels),
  latents_mean: z.array(z.number()).default([...WAN_VAE.latentsMean]),
  latents_std: z.array(z.number()).default([...WAN_VAE.latentsStd]),
  attn_scales: z.array(z.number()).max(0).optional(),
  // Set by Wan 2.2's autoencoder, which is another network.
  is_residual: z.literal(false).nullish(),
  patch_size: z.null().optional(),
}).superRefine((config, context) => {
  const lengths = [
    ["temperal_downsample", config.dim_mult.length - 1, "one less than dim_mult"],
    ["latents_mean", config.z_dim, "z_dim"],
    ["latents_std", config.z_dim, "z_dim"],
  ] as const;
  for (const [name, expected, as] of lengths) {
    const found = config[name].length;
    if (found === expected) continue;
    const message = `expected ${expected} values (${as}), found ${found}`;
    context.addIssue({ code: "custom", path: [name], message });
  }
});

/**
 * Parses the Diffusers layout's `vae/config.json`, with defaults from {@link WAN_VAE}.
 *
 * @param file For messages.
 * @throws {InputError} for an invalid configuration, or one of another autoencoder such as Wan 2.2's.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { parseVaeConfig, WAN_VAE } from "./vae_config.ts";
 *
 * assertEquals(parseVaeConfig({}, "config.json"), WAN_VAE);
 * await assertInputError(
 *   () => parseVaeConfig({ z_dim: 48, is_residual: true }, "vae/config.json"),
 *   "vae/config.json",
 *   "is_residual",
 * );
 * ```
 */
export function parseVaeConfig(json: unknown, file: string): VaeConfig {
  const { success, data, error } = schema.safeParse(json);
  if (!success) {
    const problems = error.issues.map(({ path, message }) =>
      `${path.join(".") || "the whole"}: ${message}`
    );
    throw new InputError(
      `${file} is not a configuration of a Wan 2.1 VAE: ${problems.join("; ")}`,
    );
  }
  return {
    baseDim: data.decoder_base_dim ?? data.base_dim,
    zDim: data.z_dim,
    dimMult: data.dim_mult,
    numResBlocks: data.num_res_blocks,
    temporalUpsample: [...data.temperal_downsample].reverse(),
    outChannels: data.out_channels,
    latentsMean: data.latents_mean,
    latentsStd: data.latents_std,
  };
}

/**
 * Compression factors: pixels per latent along a side, and frames per latent frame. The first latent
 * frame is a single frame.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { compression, WAN_VAE } from "./vae_config.ts";
 *
 * assertEquals(compression(WAN_VAE), { spatial: 8, temporal: 4 });
 * ```
 */
export function compression(config: VaeConfig): { spatial: number; temporal: number } {
  return {
    spatial: 2 ** (config.dimMult.length - 1),
    temporal: 2 ** config.temporalUpsample.filter(Boolean).length,
  };
}
