/** A block of Wan's diffusion transformer, and the layers it shares with input and output. */
import type { GraphBuilder } from "../../../onnx/graph.ts";
import type { Value } from "../../../onnx/types.ts";
import { attention, type AttentionKind, chunkFor } from "./attention.ts";
import type { ComputeDtype } from "../settings.ts";
import type { DitLayers } from "./dit_layers.ts";

/** What a transformer's graph is built from; tokens are `[tokens, heads · headDim]`. */
export interface DitParts {
  g: GraphBuilder;
  weights: DitLayers;
  heads: number;
  headDim: number;
  /** Inner channels of the feed-forward layers. */
  ffnDim: number;
  /** Epsilon of the norms. */
  eps: number;
  crossAttnNorm: boolean;
  qkNorm: boolean;
  tokens: number;
  attention: AttentionKind;
  /** Queries per chunk; by default from {@link chunkFor}. */
  chunk?: number;
  /** Dtype of matrix products; `f32` by default. */
  dtype?: ComputeDtype;
  /** Applies rotary position embedding to queries or keys. */
  rotate: (x: Value) => Value;
}

/** Wan pads or truncates prompts to this many tokens; the graph takes any number. */
export const TEXT_ROWS = 512;

/**
 * Wan's block: self-attention, cross-attention to the text, and a feed-forward layer. The time
 * embedding modulates self-attention and feed-forward layer (shift, scale, gate), not cross-attention.
 *
 * @param block Such as `blocks.0`.
 * @param x `[tokens, heads · headDim]`, as is the result.
 * @param words The embedded text, `[words, heads · headDim]`.
 * @param modulation Shifts, scales and gates shared by all blocks, to which each adds its own:
 * `[6 · heads · headDim]`.
 * @throws {InputError} for weights that do not fit.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { graphBuilder } from "../../../onnx/graph.ts";
 * import { openGraph } from "../../../onnx/session.ts";
 * import type { Value } from "../../../onnx/types.ts";
 * import { transformerBlock } from "./dit_block.ts";
 *
 * // With zero weights, tokens are unchanged.
 * const g = graphBuilder("a block of zeros");
 * const zeros = (shape: readonly number[]) =>
 *   g.constant("F32", shape, new Float32Array(shape.reduce((a, b) => a * b)));
 * const block = transformerBlock({
 *   ...{ g, heads: 1, headDim: 2, ffnDim: 3, eps: 1e-6, crossAttnNorm: true, qkNorm: true },
 *   ...{ tokens: 1, attention: "fused", rotate: (x: Value) => x },
 *   weights: {
 *     tensor: (_name, _shape, as) => zeros(as),
 *     linear: (x, _layer, to, from) => g.node("MatMul", [x, zeros([from, to])]),
 *     finish() {},
 *   },
 * }, "blocks.0", g.input("x", "F32", [1, 2]), zeros([1, 2]), zeros([12]));
 * g.output("y", block, "F32", [1, 2]);
 * const network = await openGraph(g.build(), "cpu");
 * const x = { type: "float32", data: Float32Array.of(3, 4), dims: [1, 2] } as const;
 * assertEquals([...(await network.run({ x })).y], [3, 4]);
 * await network.close();
 * ```
 */
export function transformerBlock(
  parts: DitParts,
  block: string,
  x: Value,
  words: Value,
  modulation: Value,
): Value {
  const { g, weights, ffnDim, eps } = parts;
  const dim = parts.heads * parts.headDim;
  const table = weights.tensor(`${block}.modulation`, [1, 6, dim], [6 * dim]);
  const [shift, scale, gate, shiftFfn, scaleFfn, gateFfn] = g.nodes(
    "Split",
    [g.node("Add", [modulation, table])],
    6,
    { axis: 0, num_outputs: 6 },
  );
  const attended = selfAttention(parts, `${block}.self_attn`, modulated(g, x, scale, shift, eps));
  x = g.node("Add", [x, g.node("Mul", [attended, gate])]);
  x = g.node("Add", [x, crossAttention(parts, block, x, words)]);
  const normed = modulated(g, x, scaleFfn, shiftFfn, eps);
  const fed = mlp(g, weights, normed, [`${block}.ffn.0`, dim], [`${block}.ffn.2`, ffnDim], dim);
  return g.node("Add", [x, g.node("Mul", [fed, gateFfn])]);
}

/**
 * An MLP: a linear layer from `from` to `inner` channels, the tanh approximation of GELU (Hendrycks
 * and Gimpel, 2016), and a linear layer to `to` channels.
 *
 * @throws {InputError} for weights that do not fit.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../../testing/assert.ts";
 * import { graphBuilder } from "../../../onnx/graph.ts";
 * import { openGraph } from "../../../onnx/session.ts";
 * import { mlp } from "./dit_block.ts";
 *
 * const g = graphBuilder("identity layers and GELU");
 * const x = g.input("x", "F32", [1, 1]);
 * const y = mlp(g, { linear: (x) => x }, x, ["ffn.0", 1], ["ffn.2", 1], 1);
 * g.output("y", y, "F32", [1, 1]);
 * const network = await openGraph(g.build(), "cpu");
 * const one = { type: "float32", data: Float32Array.of(1), dims: [1, 1] } as const;
 * const inner = Math.sqrt(2 / Math.PI) * (1 + 0.044715);
 * assertNear((await network.run({ x: one })).y[0], (1 + Math.tanh(inner)) / 2, 1e-6);
 * await network.close();
 * ```
 */
export function mlp(
  g: GraphBuilder,
  weights: Pick<DitLayers, "linear">,
  x: Value,
  [first, from]: [name: string, from: number],
  [second, inner]: [name: string, inner: number],
  to: number,
): Value {
  const hidden = g.node("Gelu", [weights.linear(x, first, inner, from)], { approximate: "tanh" });
  return weights.linear(hidden, second, to, inner);
}

/**
 * Adaptive layer norm: norm(x) · (1 + scale) + shift, with scale and shift from the time embedding.
 *
 * @param x `[tokens, channels]`, as is the result.
 * @param scale `[channels]`, as is `shift`.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../../testing/assert.ts";
 * import { graphBuilder } from "../../../onnx/graph.ts";
 * import { openGraph } from "../../../onnx/session.ts";
 * import { modulated } from "./dit_block.ts";
 *
 * const g = graphBuilder("modulation");
 * const [scale, shift] = [1, 5].map((value) => g.constant("F32", [2], [value, value]));
 * const x = g.input("x", "F32", [1, 2]);
 * g.output("y", modulated(g, x, scale, shift, 1e-6), "F32", [1, 2]);
 * const network = await openGraph(g.build(), "cpu");
 * const token = { type: "float32", data: Float32Array.of(10, 14), dims: [1, 2] } as const;
 * const { y } = await network.run({ x: token });
 * [-1 * 2 + 5, 1 * 2 + 5].forEach((expected, i) => assertNear(y[i], expected, 1e-5));
 * await network.close();
 * ```
 */
export function modulated(
  g: GraphBuilder,
  x: Value,
  scale: Value,
  shift: Value,
  eps: number,
): Value {
  return layerNorm(g, x, g.node("Add", [scale, g.constant("F32", [], [1])]), shift, eps);
}

function layerNorm(g: GraphBuilder, x: Value, gain: Value, bias: Value, eps: number): Value {
  return g.node("LayerNormalization", [x, gain, bias], { axis: -1, epsilon: { float: eps } });
}

function selfAttention(parts: DitParts, layer: string, x: Value): Value {
  const { weights, tokens, rotate } = parts;
  const dim = parts.heads * parts.headDim;
  const q = rotate(projected(parts, layer, "q", x));
  const k = rotate(projected(parts, layer, "k", x));
  const v = weights.linear(x, `${layer}.v`, dim, dim);
  return weights.linear(attend(parts, q, k, v, tokens), `${layer}.o`, dim, dim);
}

function crossAttention(parts: DitParts, block: string, x: Value, words: Value): Value {
  const { g, weights, crossAttnNorm, eps } = parts;
  const dim = parts.heads * parts.headDim;
  const of = (kind: string) => weights.tensor(`${block}.norm3.${kind}`, [dim], [dim]);
  const normed = crossAttnNorm ? layerNorm(g, x, of("weight"), of("bias"), eps) : x;
  const layer = `${block}.cross_attn`;
  const q = projected(parts, layer, "q", normed);
  const k = projected(parts, layer, "k", words);
  const v = weights.linear(words, `${layer}.v`, dim, dim);
  return weights.linear(attend(parts, q, k, v, TEXT_ROWS), `${layer}.o`, dim, dim);
}

/** Queries or keys, normalised over all heads together. */
function projected(parts: DitParts, layer: string, part: "q" | "k", x: Value): Value {
  const { g, weights, qkNorm, eps } = parts;
  const dim = parts.heads * parts.headDim;
  const y = weights.linear(x, `${layer}.${part}`, dim, dim);
  if (!qkNorm) return y;
  const gain = weights.tensor(`${layer}.norm_${part}.weight`, [dim], [dim]);
  const options = { axis: -1, epsilon: { float: eps } };
  return g.node("SimplifiedLayerNormalization", [y, gain], options);
}

/** @param keys Approximate number, used only for the default chunk size. */
function attend(parts: DitParts, q: Value, k: Value, v: Value, keys: number): Value {
  const { g, heads, headDim, tokens, chunk = chunkFor(heads, keys) } = parts;
  const shape = { heads, headDim, queries: tokens };
  return attention(g, q, k, v, shape, parts.attention, chunk, parts.dtype);
}
