/** Names of the decoder's layers in Diffusers and in original checkpoints. */
import { InputError } from "../../../errors.ts";
import type { Checkpoint } from "../checkpoint/weights.ts";

/** Names of layers, without the suffix `weight`, `bias` or `gamma`. */
export interface VaeKeys {
  postQuantConv: string;
  convIn: string;
  /** The two middle residual blocks. */
  middle: readonly [ResidualKeys, ResidualKeys];
  attention: { norm: string; qkv: string; proj: string };
  /** A residual block within an upsampling block, both counted from 0. */
  residual(block: number, index: number): ResidualKeys;
  /** The upsampling layer after a block's residual blocks. */
  upsampler(block: number): { conv: string; timeConv: string };
  normOut: string;
  convOut: string;
}

/** Names within a residual block. */
export interface ResidualKeys {
  norm1: string;
  conv1: string;
  norm2: string;
  conv2: string;
  /** Only where the number of channels changes. */
  shortcut: string;
}

/** The first layer after `post_quant_conv`, whose name distinguishes the layouts. */
const DIFFUSERS_FIRST = "decoder.conv_in.weight";
const ORIGINAL_FIRST = "decoder.conv1.weight";
/** Prefixes of the names in copies of the original checkpoint. */
const PREFIXES = ["", "model."];

/**
 * Detects a checkpoint's layer names.
 *
 * @param numResBlocks Residual blocks per encoder block, as in the configuration.
 * @throws {InputError} for a checkpoint with neither layout.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { vaeKeys } from "./vae_keys.ts";
 * import { checkpointOf } from "../checkpoint/weights.ts";
 *
 * const at = { dtype: "F32", file: "/w/vae.safetensors", offset: 0, length: 0 } as const;
 * const named = (name: string) => checkpointOf("/w", new Map([[name, { name, shape: [0], ...at }]]));
 * const diffusers = vaeKeys(named("decoder.conv_in.weight"), 2);
 * assertEquals(diffusers.residual(1, 2).conv2, "decoder.up_blocks.1.resnets.2.conv2");
 * const original = vaeKeys(named("decoder.conv1.weight"), 2);
 * assertEquals(original.residual(1, 2).conv2, "decoder.upsamples.6.residual.6");
 * ```
 */
export function vaeKeys(checkpoint: Checkpoint, numResBlocks: number): VaeKeys {
  if (checkpoint.has(DIFFUSERS_FIRST)) return DIFFUSERS;
  const prefix = PREFIXES.find((start) => checkpoint.has(`${start}${ORIGINAL_FIRST}`));
  if (prefix !== undefined) return originalKeys(prefix, numResBlocks);
  const [first = "none"] = checkpoint.names();
  throw new InputError(
    `Cannot find Wan's VAE in ${checkpoint.name}: expected a tensor ${DIFFUSERS_FIRST} (Diffusers) ` +
      `or ${ORIGINAL_FIRST} (original), found ${checkpoint.names().length} others, the first ${first}`,
  );
}

const DIFFUSERS: VaeKeys = {
  postQuantConv: "post_quant_conv",
  convIn: "decoder.conv_in",
  middle: [
    diffusersResidual("decoder.mid_block.resnets.0"),
    diffusersResidual("decoder.mid_block.resnets.1"),
  ],
  attention: attentionKeys("decoder.mid_block.attentions.0"),
  residual: (block, index) => diffusersResidual(`decoder.up_blocks.${block}.resnets.${index}`),
  upsampler: (block) => upsamplerKeys(`decoder.up_blocks.${block}.upsamplers.0`),
  normOut: "decoder.norm_out",
  convOut: "decoder.conv_out",
};

function originalKeys(prefix: string, numResBlocks: number): VaeKeys {
  const decoder = `${prefix}decoder`;
  // A flat list: each block's residual blocks, one more than the encoder's, then its upsampler.
  const upsample = (block: number, index: number) =>
    `${decoder}.upsamples.${block * (numResBlocks + 2) + index}`;
  return {
    postQuantConv: `${prefix}conv2`,
    convIn: `${decoder}.conv1`,
    middle: [originalResidual(`${decoder}.middle.0`), originalResidual(`${decoder}.middle.2`)],
    attention: attentionKeys(`${decoder}.middle.1`),
    residual: (block, index) => originalResidual(upsample(block, index)),
    upsampler: (block) => upsamplerKeys(upsample(block, numResBlocks + 1)),
    normOut: `${decoder}.head.0`,
    convOut: `${decoder}.head.2`,
  };
}

function diffusersResidual(at: string): ResidualKeys {
  return {
    norm1: `${at}.norm1`,
    conv1: `${at}.conv1`,
    norm2: `${at}.norm2`,
    conv2: `${at}.conv2`,
    shortcut: `${at}.conv_shortcut`,
  };
}

function originalResidual(at: string): ResidualKeys {
  return {
    norm1: `${at}.residual.0`,
    conv1: `${at}.residual.2`,
    norm2: `${at}.residual.3`,
    conv2: `${at}.residual.6`,
    shortcut: `${at}.shortcut`,
  };
}

function attentionKeys(at: string) {
  return { norm: `${at}.norm`, qkv: `${at}.to_qkv`, proj: `${at}.proj` };
}

function upsamplerKeys(at: string) {
  return { conv: `${at}.resample.1`, timeConv: `${at}.time_conv` };
}
