/** Configuration files of Wan's networks in the Diffusers layout. */
import { z } from "zod";
import type { DitConfig } from "../transformer/dit.ts";

/** The diffusion transformer. */
export interface TransformerConfig extends DitConfig {
  /** Maximum positions along each axis for rotary embedding. */
  ropeMaxSeqLen: number;
}

/** The UMT5 encoder. */
export interface TextEncoderConfig {
  vocabSize: number;
  /** Channels per token. */
  dim: number;
  heads: number;
  /** Channels per head; `heads · headDim` may differ from `dim`. */
  headDim: number;
  /** Inner channels of the feed-forward layers. */
  ffnDim: number;
  /** Blocks. */
  layers: number;
  /** Number of relative position buckets. */
  buckets: number;
  /** Positions from this distance on, in tokens, share the last bucket. */
  maxDistance: number;
  /** Epsilon of the norms. */
  eps: number;
}

/** Diffusers' scheduler. */
export interface SchedulerConfig {
  /** Such as `UniPCMultistepScheduler`. */
  className: string;
  /** Timestep shift; 1 leaves timesteps unshifted. */
  flowShift: number;
  trainTimesteps: number;
  solverOrder: number;
  /** Of UniPC: `bh1` or `bh2`. */
  solverType: string;
  lowerOrderFinal: boolean;
}

const size = z.int().positive();
const eps = z.number().positive();
const absent = z.null().optional();

/** `model_index.json`. Wan 2.2 has a second transformer, or a timestep per token. */
export const modelIndexSchema = z.object({
  _class_name: z.literal("WanPipeline"),
  boundary_ratio: absent,
  expand_timesteps: z.literal(false).optional(),
});

/** `transformer/config.json`. Image-conditioned variants are rejected. */
export const transformerSchema = z.object({
  _class_name: z.literal("WanTransformer3DModel"),
  num_attention_heads: size,
  attention_head_dim: size,
  num_layers: size,
  ffn_dim: size,
  text_dim: size,
  freq_dim: size,
  in_channels: size,
  out_channels: size.nullish(),
  patch_size: z.tuple([size, size, size]),
  eps: eps.default(1e-6),
  cross_attn_norm: z.boolean().default(true),
  qk_norm: z.literal("rms_norm_across_heads").nullable().default("rms_norm_across_heads"),
  rope_max_seq_len: size.default(1024),
  image_dim: absent,
  added_kv_proj_dim: absent,
  pos_embed_seq_len: absent,
}).transform((found): TransformerConfig => ({
  heads: found.num_attention_heads,
  headDim: found.attention_head_dim,
  layers: found.num_layers,
  ffnDim: found.ffn_dim,
  textDim: found.text_dim,
  freqDim: found.freq_dim,
  inChannels: found.in_channels,
  outChannels: found.out_channels ?? found.in_channels,
  patchSize: found.patch_size,
  eps: found.eps,
  crossAttnNorm: found.cross_attn_norm,
  qkNorm: found.qk_norm !== null,
  ropeMaxSeqLen: found.rope_max_seq_len,
}));

/** `text_encoder/config.json`. */
export const textEncoderSchema = z.object({
  model_type: z.literal("umt5"),
  vocab_size: size,
  d_model: size,
  num_heads: size,
  d_kv: size,
  d_ff: size,
  num_layers: size,
  relative_attention_num_buckets: size.default(32),
  relative_attention_max_distance: size.default(128),
  layer_norm_epsilon: eps.default(1e-6),
  feed_forward_proj: z.literal("gated-gelu").default("gated-gelu"),
}).transform((found): TextEncoderConfig => ({
  vocabSize: found.vocab_size,
  dim: found.d_model,
  heads: found.num_heads,
  headDim: found.d_kv,
  ffnDim: found.d_ff,
  layers: found.num_layers,
  buckets: found.relative_attention_num_buckets,
  maxDistance: found.relative_attention_max_distance,
  eps: found.layer_norm_epsilon,
}));

/** `scheduler/scheduler_config.json`; the Euler scheduler calls `flow_shift` `shift`. */
export const schedulerSchema = z.object({
  _class_name: z.string(),
  flow_shift: z.number().positive().nullish(),
  shift: z.number().positive().nullish(),
  num_train_timesteps: size.default(1000),
  solver_order: size.default(2),
  solver_type: z.string().default("bh2"),
  lower_order_final: z.boolean().default(true),
}).transform((found): SchedulerConfig => ({
  className: found._class_name,
  flowShift: found.flow_shift ?? found.shift ?? 1,
  trainTimesteps: found.num_train_timesteps,
  solverOrder: found.solver_order,
  solverType: found.solver_type,
  lowerOrderFinal: found.lower_order_final,
}));
