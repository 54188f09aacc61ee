/**
 * Configurations of Wan's networks in the original layout: the transformer's from its file, the
 * others' from the shapes of their tensors.
 */
import { z } from "zod";
import { InputError } from "../../../errors.ts";
import type { TextEncoderConfig, TransformerConfig } from "./configs.ts";
import { type VaeConfig, WAN_VAE } from "../vae/vae_config.ts";
import type { Checkpoint } from "./weights.ts";

const size = z.int().positive();

/**
 * `config.json` of the original layout, with `WanModel`'s defaults from `wan/modules/model.py` of
 * https://github.com/Wan-Video/Wan2.1.
 */
export const originalTransformerSchema = z.object({
  model_type: z.literal("t2v"),
  dim: size,
  ffn_dim: size,
  num_heads: size,
  num_layers: size,
  text_dim: size.default(4096),
  freq_dim: size.default(256),
  in_dim: size.default(16),
  out_dim: size.default(16),
  patch_size: z.tuple([size, size, size]).default([1, 2, 2]),
  eps: z.number().positive().default(1e-6),
  cross_attn_norm: z.boolean().default(true),
  qk_norm: z.boolean().default(true),
  window_size: z.tuple([z.literal(-1), z.literal(-1)]).optional(),
}).superRefine(({ dim, num_heads }, context) => {
  if (dim % num_heads === 0) return;
  context.addIssue({
    code: "custom",
    path: ["dim"],
    message: `expected a multiple of the ${num_heads} heads`,
  });
}).transform((found): TransformerConfig => ({
  heads: found.num_heads,
  headDim: found.dim / found.num_heads,
  layers: found.num_layers,
  ffnDim: found.ffn_dim,
  textDim: found.text_dim,
  freqDim: found.freq_dim,
  inChannels: found.in_dim,
  outChannels: found.out_dim,
  patchSize: found.patch_size,
  eps: found.eps,
  crossAttnNorm: found.cross_attn_norm,
  qkNorm: found.qk_norm,
  ropeMaxSeqLen: 1024,
}));

/**
 * The text encoder's configuration, from the shapes of the original's tensors.
 *
 * @throws {InputError} if a required tensor is missing or has an invalid shape.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { originalTextEncoder } from "./original_configs.ts";
 * import { checkpointOf } from "./weights.ts";
 *
 * const at = { dtype: "BF16", file: "/w/t5.safetensors", offset: 0, length: 0 } as const;
 * const shapes = {
 *   "token_embedding.weight": [100, 32],
 *   "blocks.0.attn.q.weight": [24, 32],
 *   "blocks.0.ffn.gate.0.weight": [64, 32],
 *   "blocks.0.pos_embedding.embedding.weight": [16, 4],
 * };
 * const tensors = Object.entries(shapes).map(([name, shape]) =>
 *   [name, { name, shape, ...at }] as const
 * );
 * const { dim, heads, headDim, layers } = originalTextEncoder(checkpointOf("/w", new Map(tensors)));
 * assertEquals({ dim, heads, headDim, layers }, { dim: 32, heads: 4, headDim: 6, layers: 1 });
 * ```
 */
export function originalTextEncoder(weights: Checkpoint): TextEncoderConfig {
  const [vocabSize, dim] = sizes(weights, "token_embedding.weight", 2);
  const [attention] = sizes(weights, "blocks.0.attn.q.weight", 2);
  const [ffnDim] = sizes(weights, "blocks.0.ffn.gate.0.weight", 2);
  const [buckets, heads] = sizes(weights, "blocks.0.pos_embedding.embedding.weight", 2);
  if (attention % heads !== 0) {
    throw new InputError(
      `Cannot use tensor blocks.0.attn.q.weight of ${weights.name}: expected a multiple of ` +
        `${heads} heads, found ${attention}`,
    );
  }
  return {
    vocabSize,
    dim,
    heads,
    headDim: attention / heads,
    ffnDim,
    layers: counted((i) => weights.has(`blocks.${i}.attn.q.weight`)),
    buckets,
    // Constants in the original's `wan/modules/t5.py`.
    maxDistance: 128,
    eps: 1e-6,
  };
}

/**
 * The autoencoder's configuration, from the shapes of the original's tensors. `decoder.upsamples` has
 * levels of residual blocks, from the lowest resolution up; each but the last ends with a layer that
 * doubles rows and columns and, if it has a `time_conv`, frames. The rest is as in {@link WAN_VAE}.
 *
 * @throws {InputError} if a required tensor is missing, or for an autoencoder other than Wan 2.1's,
 * whose latent statistics are known.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { originalVae } from "./original_configs.ts";
 * import { checkpointOf } from "./weights.ts";
 *
 * const at = { dtype: "F32", file: "/w/vae.safetensors", offset: 0, length: 0 } as const;
 * const shapes = {
 *   "conv2.weight": [16, 16, 1, 1, 1],
 *   "decoder.upsamples.0.residual.2.weight": [8, 8, 3, 3, 3],
 *   "decoder.upsamples.1.residual.2.weight": [8, 8, 3, 3, 3],
 *   "decoder.upsamples.2.resample.1.weight": [4, 8, 3, 3],
 *   "decoder.upsamples.3.residual.2.weight": [4, 4, 3, 3, 3],
 *   "decoder.upsamples.4.residual.2.weight": [4, 4, 3, 3, 3],
 * };
 * const tensors = Object.entries(shapes).map(([name, shape]) =>
 *   [name, { name, shape, ...at }] as const
 * );
 * const found = originalVae(checkpointOf("/w", new Map(tensors)));
 * assertEquals([found.baseDim, found.dimMult, found.numResBlocks], [4, [1, 2], 1]);
 * assertEquals(found.temporalUpsample, [false]);
 * ```
 */
export function originalVae(weights: Checkpoint): VaeConfig {
  const [zDim] = sizes(weights, "conv2.weight", 5);
  if (zDim !== WAN_VAE.zDim) {
    throw new InputError(
      `Cannot use ${weights.name}: expected the autoencoder of Wan 2.1, with ` +
        `${WAN_VAE.zDim} latent channels, found ${zDim}`,
    );
  }
  const up = (i: number, layer: string) => `decoder.upsamples.${i}.${layer}.weight`;
  const widths: number[] = [];
  const temporal: boolean[] = [];
  let [at, blocks] = [0, 0];
  while (true) {
    const count = counted((i) => weights.has(up(at + i, "residual.2")));
    const [width] = sizes(weights, up(at, "residual.2"), 5);
    if (widths.length > 0 && count !== blocks) {
      throw new InputError(
        `Cannot use ${weights.name}: expected ${blocks} residual blocks from ` +
          `decoder.upsamples.${at}, as in the first level, found ${count}`,
      );
    }
    blocks = count;
    widths.unshift(width);
    at += count;
    if (!weights.has(up(at, "resample.1"))) break;
    temporal.push(weights.has(up(at, "time_conv")));
    at += 1;
  }
  return {
    ...WAN_VAE,
    baseDim: widths[0],
    dimMult: widths.map((width) => width / widths[0]),
    numResBlocks: blocks - 1,
    temporalUpsample: temporal,
  };
}

/** The shape of a tensor that must have `axes` axes. */
function sizes(weights: Checkpoint, name: string, axes: number): readonly number[] {
  const found = weights.find(name);
  if (found?.shape.length === axes && found.shape.every((size) => size > 0)) return found.shape;
  throw new InputError(
    `Cannot find tensor ${name} in ${weights.name}: expected ${axes} axes, found ` +
      (found === undefined ? "no such name" : `shape [${found.shape.join(", ")}]`),
  );
}

/** The number of consecutive indices from 0 that exist. */
function counted(exists: (i: number) => boolean): number {
  let count = 0;
  while (exists(count)) count++;
  return count;
}
