/** Scaled dot-product attention in two forms, since no one form is right everywhere. */
import type { GraphBuilder } from "../../../onnx/graph.ts";
import type { Value } from "../../../onnx/types.ts";
import { type Compute, narrowed, widened } from "./compute.ts";

/** See {@link attention}. */
export const ATTENTIONS = ["fused", "chunked"] as const;

export type AttentionKind = typeof ATTENTIONS[number];

/** What {@link attention} must know of its inputs. */
export interface AttentionShape {
  heads: number;
  /** Channels of a head. */
  headDim: number;
  queries: number;
}

/**
 * Queries at a time such that the scores of all heads fill at most 256 MiB of 32-bit floats, and at
 * least one. The runtime holds two such arrays at once: before and after the softmax.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { chunkFor } from "./attention.ts";
 *
 * // Wan's 12 heads on a clip of 832 × 480 pixels and 81 frames.
 * assertEquals(chunkFor(12, 32_760), 170);
 * ```
 */
export function chunkFor(heads: number, keys: number): number {
  return Math.max(1, Math.floor(2 ** 26 / (heads * keys)));
}

/**
 * Attention of every query to every key: softmax(q·kᵀ / √headDim)·v, head by head.
 *
 * - `fused` is one node, which computes block by block and stores no scores where the provider has
 *   such a kernel.
 * - `chunked` is made of matrix products, a few queries at a time, so that the scores never fill
 *   more than `heads · chunk · keys` values: right on every provider.
 *
 * @param q `[queries, heads · headDim]`.
 * @param k `[keys, heads · headDim]`; keys need not be known before the graph runs.
 * @param v As `k`.
 * @param chunk Queries at a time, for `chunked`.
 * @returns `[queries, heads · headDim]`.
 *
 * @example
 * ```ts
 * import { graphBuilder } from "../../../onnx/graph.ts";
 * import { openGraph } from "../../../onnx/session.ts";
 * import { assertNear } from "../../../testing/assert.ts";
 * import { attention } from "./attention.ts";
 *
 * // One query that two equal keys answer alike gets the mean of their values.
 * const g = graphBuilder("one query");
 * const [q, k, v] = ["q", "k", "v"].map((name) => g.input(name, "F32", [name === "q" ? 1 : 2, 4]));
 * const shape = { heads: 1, headDim: 4, queries: 1 };
 * g.output("y", attention(g, q, k, v, shape, "chunked", 1), "F32", [1, 4]);
 * const network = await openGraph(g.build(), "cpu");
 * const values = (...data: number[]) => (
 *   { type: "float32", data: Float32Array.from(data), dims: [data.length / 4, 4] } as const
 * );
 * const two = values(1, 2, 3, 4, 1, 2, 3, 4);
 * const { y } = await network.run({
 *   q: values(5, 6, 7, 8), k: two, v: values(0, 0, 0, 0, 2, 4, 6, 8),
 * });
 * [1, 2, 3, 4].forEach((expected, i) => assertNear(y[i], expected, 1e-6));
 * await network.close();
 * ```
 */
export function attention(
  g: GraphBuilder,
  q: Value,
  k: Value,
  v: Value,
  shape: AttentionShape,
  kind: AttentionKind,
  chunk: number,
  compute: Compute = "f32",
): Value {
  return kind === "fused"
    ? fused(g, q, k, v, shape, compute)
    : chunked(g, q, k, v, shape, chunk, compute);
}

function fused(
  g: GraphBuilder,
  q: Value,
  k: Value,
  v: Value,
  { heads }: AttentionShape,
  compute: Compute,
): Value {
  const batch = g.constant("I64", [1], [0]);
  const inputs = [q, k, v].map((value) =>
    g.node("Unsqueeze", [narrowed(g, value, compute), batch])
  );
  const found = g.node("com.microsoft::MultiHeadAttention", inputs, { num_heads: heads });
  return widened(g, g.node("Squeeze", [found, batch]), compute);
}

function chunked(
  g: GraphBuilder,
  q: Value,
  k: Value,
  v: Value,
  { heads, headDim, queries }: AttentionShape,
  chunk: number,
  compute: Compute,
): Value {
  const split = g.constant("I64", [3], [-1, heads, headDim]);
  const byHead = (value: Value, perm: readonly number[]) =>
    narrowed(g, g.node("Transpose", [g.node("Reshape", [value, split])], { perm }), compute);
  const scale = g.constant("F32", [], [1 / Math.sqrt(headDim)]);
  const asked = byHead(g.node("Mul", [q, scale]), [1, 0, 2]);
  const keys = byHead(k, [1, 2, 0]);
  const values = byHead(v, [1, 0, 2]);
  const axis = g.constant("I64", [1], [1]);
  const answers: Value[] = [];
  for (let from = 0; from < queries; from += chunk) {
    const range = [from, Math.min(from + chunk, queries)].map((at) => g.constant("I64", [1], [at]));
    const some = chunk >= queries ? asked : g.node("Slice", [asked, ...range, axis]);
    const likeness = widened(g, g.node("MatMul", [some, keys]), compute);
    const weights = narrowed(g, g.node("Softmax", [likeness], { axis: -1 }), compute);
    answers.push(widened(g, g.node("MatMul", [weights, values]), compute));
  }
  const all = answers.length === 1 ? answers[0] : g.node("Concat", answers, { axis: 1 });
  const joined = g.constant("I64", [2], [queries, heads * headDim]);
  return g.node("Reshape", [g.node("Transpose", [all], { perm: [1, 0, 2] }), joined]);
}
