/** The UMT5 encoder as one graph per block, so that only one block's weights are open at a time. */
import { type GraphBuilder, graphBuilder } from "../../../onnx/graph.ts";
import type { Graph, Value } from "../../../onnx/types.ts";
import type { TextEncoderConfig } from "../checkpoint/configs.ts";
import { umt5Naming } from "./umt5_keys.ts";
import { type Checkpoint, weight } from "../checkpoint/weights.ts";

/** An encoder block under construction. */
interface Block {
  g: GraphBuilder;
  config: TextEncoderConfig;
  /** A weight of the block by its original name. */
  tensor(name: string, shape: readonly number[]): Value;
}

/**
 * Relative position buckets of all pairs of tokens (Raffel et al., 2020, "T5"): half of the buckets
 * are for keys after the query; within each half, half are for the nearest distances one by one, and
 * half grow logarithmically up to `maxDistance`. Computed in 32 bits, as in training.
 *
 * @param tokens At least 1.
 * @returns `[tokens, tokens]`, by query and key; each is in [0, buckets).
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { relativeBuckets } from "./umt5.ts";
 *
 * const buckets = relativeBuckets(200, { buckets: 32, maxDistance: 128 });
 * const first = (key: number) => Number(buckets[key]);
 * assertEquals([0, 1, 7, 8, 127, 199].map(first), [0, 17, 23, 24, 31, 31]);
 * // The same distance backwards is in the other half.
 * assertEquals(Number(buckets[7 * 200]), 7);
 * ```
 */
export function relativeBuckets(
  tokens: number,
  { buckets, maxDistance }: Pick<TextEncoderConfig, "buckets" | "maxDistance">,
): BigInt64Array {
  const half = Math.floor(buckets / 2);
  const exact = Math.floor(half / 2);
  const range = Math.fround(Math.log(maxDistance / exact));
  const ofDistance = Array.from({ length: tokens }, (_, distance) => {
    if (distance < exact) return BigInt(distance);
    const log = Math.fround(Math.log(Math.fround(distance / exact)));
    const far = Math.trunc(Math.fround(Math.fround(log / range) * (half - exact)));
    return BigInt(Math.min(exact + far, half - 1));
  });
  const after = BigInt(half);
  return BigInt64Array.from({ length: tokens * tokens }, (_, i) => {
    const distance = i % tokens - Math.floor(i / tokens);
    return distance > 0 ? ofDistance[distance] + after : ofDistance[-distance];
  });
}

/**
 * One encoder block (Chung et al., 2023, "UniMax"): self-attention and a gated feed-forward layer,
 * each with a pre-norm and a residual. The last block's graph ends with the encoder's final norm.
 *
 * - Inputs: `states`, F32 `[tokens, dim]`; `buckets`, I64 `[tokens, tokens]`, see
 *   {@link relativeBuckets}. The number of tokens is dynamic.
 * - Output: `encoded`, the new states, F32 `[tokens, dim]`.
 *
 * @param layer From 0.
 * @throws {InputError} for a checkpoint of another model, or a tensor that is missing or of another
 * shape than the configuration asks for.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../../testing/assert.ts";
 * import { umt5Block } from "./umt5.ts";
 * import { checkpointOf } from "../checkpoint/weights.ts";
 *
 * const config = {
 *   ...{ vocabSize: 100, dim: 32, heads: 4, headDim: 8, ffnDim: 48, layers: 1 },
 *   ...{ buckets: 32, maxDistance: 128, eps: 1e-6 },
 * };
 * const name = "blocks.0.attn.q.weight";
 * const at = { dtype: "BF16", file: "/w/t5.safetensors", offset: 96, length: 2048 } as const;
 * const broken = checkpointOf("/w", new Map([[name, { name, shape: [32, 32], ...at }]]));
 * await assertInputError(() => umt5Block(broken, config, 0), "blocks.0.norm1.weight", "/w", "[32]");
 * ```
 */
export function umt5Block(
  checkpoint: Checkpoint,
  config: TextEncoderConfig,
  layer: number,
): Graph {
  const nameOf = umt5Naming(checkpoint);
  const g = graphBuilder(`block ${layer} of the text encoder`);
  const block: Block = {
    g,
    config,
    tensor: (name, shape) =>
      weight(g, checkpoint.get(nameOf(`blocks.${layer}.${name}.weight`), shape)),
  };
  const states = g.input("states", "F32", ["tokens", config.dim]);
  const buckets = g.input("buckets", "I64", ["tokens", "tokens"]);
  const attended = selfAttention(block, normalized(block, states, "norm1"), buckets);
  const x = g.node("Add", [states, attended]);
  const fed = feedForward(block, normalized(block, x, "norm2"));
  const sum = g.node("Add", [x, fed]);
  const encoded = layer === config.layers - 1
    ? rmsNorm(block, sum, weight(g, checkpoint.get(nameOf("norm.weight"), [config.dim])))
    : sum;
  g.output("encoded", encoded, "F32", ["tokens", config.dim]);
  return g.build();
}

function normalized(block: Block, x: Value, name: string): Value {
  return rmsNorm(block, x, block.tensor(name, [block.config.dim]));
}

/** RMSNorm: without centring or bias. */
function rmsNorm({ g, config }: Block, x: Value, scale: Value): Value {
  return g.node("SimplifiedLayerNormalization", [x, scale], {
    axis: -1,
    epsilon: { float: config.eps },
  });
}

/** A linear layer without bias: `x` `[tokens, from]` by a weight `[to, from]`. */
function linear({ g, tensor }: Block, x: Value, name: string, to: number, from: number): Value {
  return g.node("Gemm", [x, tensor(name, [to, from])], { transB: 1 });
}

/** Scores are not divided by √headDim; each block has its own relative position bias. */
function selfAttention(block: Block, x: Value, buckets: Value): Value {
  const { g, config: { dim, heads, headDim } } = block;
  const split = g.constant("I64", [3], [-1, heads, headDim]);
  const byHead = (name: string, perm: readonly number[]) => {
    const projected = linear(block, x, name, heads * headDim, dim);
    return g.node("Transpose", [g.node("Reshape", [projected, split])], { perm });
  };
  const table = block.tensor("pos_embedding.embedding", [block.config.buckets, heads]);
  const bias = g.node("Gather", [g.node("Transpose", [table], { perm: [1, 0] }), buckets], {
    axis: 1,
  });
  const scores = g.node("MatMul", [byHead("attn.q", [1, 0, 2]), byHead("attn.k", [1, 2, 0])]);
  const weights = g.node("Softmax", [g.node("Add", [scores, bias])], { axis: -1 });
  const attended = g.node("MatMul", [weights, byHead("attn.v", [1, 0, 2])]);
  const joined = g.constant("I64", [2], [-1, heads * headDim]);
  const all = g.node("Reshape", [g.node("Transpose", [attended], { perm: [1, 0, 2] }), joined]);
  return linear(block, all, "attn.o", dim, heads * headDim);
}

/** Gated GELU (Shazeer, 2020), with the tanh approximation. */
function feedForward(block: Block, x: Value): Value {
  const { g, config: { dim, ffnDim } } = block;
  const gate = g.node("Gelu", [linear(block, x, "ffn.gate.0", ffnDim, dim)], {
    approximate: "tanh",
  });
  const gated = g.node("Mul", [gate, linear(block, x, "ffn.fc1", ffnDim, dim)]);
  return linear(block, gated, "ffn.fc2", dim, ffnDim);
}
