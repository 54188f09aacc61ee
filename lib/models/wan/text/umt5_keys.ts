/** The two naming schemes of the published UMT5 encoder's tensors. */
import { InputError } from "../../../errors.ts";
import type { Checkpoint } from "../checkpoint/weights.ts";

const EMBEDDING = "token_embedding.weight";
const NORM = "norm.weight";

const IN_BLOCK: Readonly<Record<string, string>> = {
  "norm1": "layer.0.layer_norm",
  "attn.q": "layer.0.SelfAttention.q",
  "attn.k": "layer.0.SelfAttention.k",
  "attn.v": "layer.0.SelfAttention.v",
  "attn.o": "layer.0.SelfAttention.o",
  "pos_embedding.embedding": "layer.0.SelfAttention.relative_attention_bias",
  "norm2": "layer.1.layer_norm",
  "ffn.gate.0": "layer.1.DenseReluDense.wi_0",
  "ffn.fc1": "layer.1.DenseReluDense.wi_1",
  "ffn.fc2": "layer.1.DenseReluDense.wo",
};

/** Transformers has two names for the embedding; files contain one or both. */
const EMBEDDINGS = ["shared.weight", "encoder.embed_tokens.weight"];

/**
 * Transformers' name of a tensor of the original Wan's text encoder.
 *
 * @param original Such as `blocks.0.attn.q.weight`.
 * @throws {RangeError} for a name that is not in the encoder.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { transformersName } from "./umt5_keys.ts";
 *
 * assertEquals(
 *   transformersName("blocks.7.ffn.gate.0.weight"),
 *   "encoder.block.7.layer.1.DenseReluDense.wi_0.weight",
 * );
 * assertEquals(transformersName("norm.weight"), "encoder.final_layer_norm.weight");
 * ```
 */
export function transformersName(original: string): string {
  if (original === EMBEDDING) return EMBEDDINGS[0];
  if (original === NORM) return "encoder.final_layer_norm.weight";
  const [, block, layer] = original.match(/^blocks\.(\d+)\.(.+)\.weight$/) ?? [];
  const renamed = IN_BLOCK[layer];
  if (renamed === undefined) {
    throw new RangeError(`${original} is not a tensor of Wan's text encoder`);
  }
  return `encoder.block.${block}.${renamed}.weight`;
}

/** A tensor that exists in both schemes, under different names. */
const MARKER = "blocks.0.attn.q.weight";

/**
 * Detects a checkpoint's naming scheme.
 *
 * @returns A function from original names to the checkpoint's names.
 * @throws {InputError} if it follows neither scheme.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { umt5Naming } from "./umt5_keys.ts";
 * import { checkpointOf } from "../checkpoint/weights.ts";
 *
 * const name = "encoder.block.0.layer.0.SelfAttention.q.weight";
 * const at = { dtype: "F32", file: "/w/t5.safetensors", offset: 96, length: 16 } as const;
 * const published = checkpointOf("/w", new Map([[name, { name, shape: [2, 2], ...at }]]));
 * assertEquals(umt5Naming(published)("blocks.3.norm2.weight"), "encoder.block.3.layer.1.layer_norm.weight");
 * await assertInputError(() => umt5Naming(checkpointOf("/w", new Map())), "/w", name, "blocks.0.attn.q");
 * ```
 */
export function umt5Naming(checkpoint: Checkpoint): (original: string) => string {
  if (checkpoint.has(MARKER)) return (original) => original;
  if (checkpoint.has(transformersName(MARKER))) {
    const embedding = EMBEDDINGS.find((name) => checkpoint.has(name)) ?? EMBEDDINGS[0];
    return (original) => original === EMBEDDING ? embedding : transformersName(original);
  }
  const found = checkpoint.names().slice(0, 3).join(", ") || "no tensors";
  throw new InputError(
    `Cannot find Wan's text encoder in ${checkpoint.name}: expected a tensor ${MARKER} or ` +
      `${transformersName(MARKER)}, found ${found}`,
  );
}
