/** Scaled dot-product attention in two forms, since neither works on every provider. */
import type { GraphBuilder } from "../../../onnx/graph.ts";
import type { Value } from "../../../onnx/types.ts";
import { toComputeDtype, toFloat32 } from "./compute_dtype.ts";
import type { ComputeDtype } from "../settings.ts";

/** See {@link attention}. */
export const ATTENTIONS = ["fused", "chunked"] as const;

export type AttentionKind = typeof ATTENTIONS[number];

/** The shape of {@link attention}'s inputs. */
export interface AttentionShape {
  heads: number;
  /** Channels per head. */
  headDim: number;
  queries: number;
}

/**
 * Queries per chunk: as many as keep the 32-bit scores of all heads within 256 MiB, at least one. The
 * runtime holds two such arrays at once: before and after the softmax.
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
 * - `fused` is a single node, which computes blockwise without storing the scores if the provider has
 *   such a kernel.
 * - `chunked` consists of matrix products over a few queries at a time, so that the scores never exceed
 *   `heads · chunk · keys` values: correct on every provider.
 *
 * @param q `[queries, heads · headDim]`.
 * @param k `[keys, heads · headDim]`; the number of keys may be dynamic.
 * @param v As `k`.
 * @param chunk Queries per chunk, for `chunked`.
 * @returns `[queries, heads · headDim]`.
 *
 * @example
 * ```ts
 * import { graphBuilder } from "../../../onnx/graph.ts";
 * import { openGraph } from "../../../onnx/session.ts";
 * import { assertNear } from "../../../testing/assert.ts";
 * import { attention } from "./attention.ts";
 *
 * // With two equal keys, a query gets the mean of their values.
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
  dtype: ComputeDtype = "f32",
): Value {
  return kind === "fused"
    ? fused(g, q, k, v, shape, dtype)
    : chunked(g, q, k, v, shape, chunk, dtype);
}

function fused(
  g: GraphBuilder,
  q: Value,
  k: Value,
  v: Value,
  { heads }: AttentionShape,
  dtype: ComputeDtype,
): Value {
  const batch = g.constant("I64", [1], [0]);
  const inputs = [q, k, v].map((value) =>
    g.node("Unsqueeze", [toComputeDtype(g, value, dtype), batch])
  );
  const found = g.node("com.microsoft::MultiHeadAttention", inputs, { num_heads: heads });
  return toFloat32(g, g.node("Squeeze", [found, batch]), dtype);
}

function chunked(
  g: GraphBuilder,
  q: Value,
  k: Value,
  v: Value,
  { heads, headDim, queries }: AttentionShape,
  chunk: number,
  dtype: ComputeDtype,
): Value {
  const split = g.constant("I64", [3], [-1, heads, headDim]);
  const byHead = (value: Value, perm: readonly number[]) =>
    toComputeDtype(g, g.node("Transpose", [g.node("Reshape", [value, split])], { perm }), dtype);
  const scale = g.constant("F32", [], [1 / Math.sqrt(headDim)]);
  const queriesByHead = byHead(g.node("Mul", [q, scale]), [1, 0, 2]);
  const keys = byHead(k, [1, 2, 0]);
  const values = byHead(v, [1, 0, 2]);
  const axis = g.constant("I64", [1], [1]);
  const chunks: Value[] = [];
  for (let from = 0; from < queries; from += chunk) {
    const range = [from, Math.min(from + chunk, queries)].map((at) => g.constant("I64", [1], [at]));
    const part = chunk >= queries
      ? queriesByHead
      : g.node("Slice", [queriesByHead, ...range, axis]);
    const scores = toFloat32(g, g.node("MatMul", [part, keys]), dtype);
    const weights = toComputeDtype(g, g.node("Softmax", [scores], { axis: -1 }), dtype);
    chunks.push(toFloat32(g, g.node("MatMul", [weights, values]), dtype));
  }
  const all = chunks.length === 1 ? chunks[0] : g.node("Concat", chunks, { axis: 1 });
  const joined = g.constant("I64", [2], [queries, heads * headDim]);
  return g.node("Reshape", [g.node("Transpose", [all], { perm: [1, 0, 2] }), joined]);
}
