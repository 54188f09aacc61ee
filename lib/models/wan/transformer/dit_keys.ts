/** The two naming schemes of the published diffusion transformer's tensors. */
import { InputError } from "../../../errors.ts";
import type { Checkpoint } from "../checkpoint/weights.ts";

const OUTSIDE_BLOCKS: Readonly<Record<string, string>> = {
  "patch_embedding": "patch_embedding",
  "text_embedding.0": "condition_embedder.text_embedder.linear_1",
  "text_embedding.2": "condition_embedder.text_embedder.linear_2",
  "time_embedding.0": "condition_embedder.time_embedder.linear_1",
  "time_embedding.2": "condition_embedder.time_embedder.linear_2",
  "time_projection.1": "condition_embedder.time_proj",
  "head.head": "proj_out",
  "head.modulation": "scale_shift_table",
};

// The norm before cross-attention is norm3 in the original and norm2 in Diffusers.
const IN_BLOCK: Readonly<Record<string, string>> = {
  "modulation": "scale_shift_table",
  "norm3": "norm2",
  "ffn.0": "ffn.net.0.proj",
  "ffn.2": "ffn.net.2",
  ...Object.fromEntries(
    [["self_attn", "attn1"], ["cross_attn", "attn2"]].flatMap(([original, diffusers]) =>
      [["q", "to_q"], ["k", "to_k"], ["v", "to_v"], ["o", "to_out.0"]]
        .concat([["norm_q", "norm_q"], ["norm_k", "norm_k"]])
        .map(([from, to]) => [`${original}.${from}`, `${diffusers}.${to}`])
    ),
  ),
};

/**
 * Diffusers' name of a tensor of the original Wan.
 *
 * @param original Such as `blocks.0.self_attn.q.weight`.
 * @throws {RangeError} for a name that is not in Wan's text-to-video transformer.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { diffusersName } from "./dit_keys.ts";
 *
 * assertEquals(diffusersName("blocks.7.norm3.bias"), "blocks.7.norm2.bias");
 * assertEquals(diffusersName("blocks.7.modulation"), "blocks.7.scale_shift_table");
 * assertEquals(diffusersName("head.head.weight"), "proj_out.weight");
 * ```
 */
export function diffusersName(original: string): string {
  const [, block, layer, kind] =
    original.match(/^(blocks\.\d+\.)?(.*?)(\.weight|\.bias|(?<=modulation))$/) ?? [];
  const renamed = (block ? IN_BLOCK : OUTSIDE_BLOCKS)[layer];
  if (renamed === undefined) {
    throw new RangeError(`${original} is not a tensor of Wan's transformer`);
  }
  return `${block ?? ""}${renamed}${kind}`;
}

/** A tensor that exists in both schemes, under different names. */
const MARKER = "blocks.0.self_attn.q.weight";

/**
 * Detects a checkpoint's naming scheme.
 *
 * @returns A function from original names to the checkpoint's names.
 * @throws {InputError} if it follows neither scheme.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { ditNaming } from "./dit_keys.ts";
 * import { checkpointOf } from "../checkpoint/weights.ts";
 *
 * const name = "blocks.0.attn1.to_q.weight";
 * const at = { dtype: "F32", file: "/w/dit.safetensors", offset: 96, length: 16 } as const;
 * const published = checkpointOf("/w", new Map([[name, { name, shape: [2, 2], ...at }]]));
 * assertEquals(ditNaming(published)("blocks.3.norm3.bias"), "blocks.3.norm2.bias");
 * await assertInputError(() => ditNaming(checkpointOf("/w", new Map())), "/w", "to_q", "self_attn.q");
 * ```
 */
export function ditNaming(checkpoint: Checkpoint): (original: string) => string {
  if (checkpoint.has(MARKER)) return (original) => original;
  if (checkpoint.has(diffusersName(MARKER))) return diffusersName;
  const found = checkpoint.names().slice(0, 3).join(", ") || "no tensors";
  throw new InputError(
    `Cannot find Wan's transformer in ${checkpoint.name}: expected a tensor ${MARKER} or ` +
      `${diffusersName(MARKER)}, found ${found}`,
  );
}
