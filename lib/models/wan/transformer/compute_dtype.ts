/** The dtype of matrix products. */
import type { GraphBuilder } from "../../../onnx/graph.ts";
import { TOLERANCE } from "../../../onnx/provider.ts";
import { type Dtype, DTYPES, type Value } from "../../../onnx/types.ts";
import type { ComputeDtype } from "../settings.ts";

/** The tensor dtype of the factors. */
export const TENSOR_DTYPE: Readonly<Record<ComputeDtype, Dtype>> = {
  f32: "F32",
  f16: "F16",
  bf16: "BF16",
};

/**
 * Largest accepted difference from the CPU's 32-bit result, relative to the largest value: a few of
 * the dtype's roundings, 2⁻¹¹ and 2⁻⁸, add up.
 */
export const DTYPE_TOLERANCE: Readonly<Record<ComputeDtype, number>> = {
  f32: TOLERANCE,
  f16: 1e-2,
  bf16: 5e-2,
};

/**
 * Casts 32-bit floats to the factors of a product.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { graphBuilder } from "../../../onnx/graph.ts";
 * import { openGraph } from "../../../onnx/session.ts";
 * import { toComputeDtype, toFloat32 } from "./compute_dtype.ts";
 *
 * const g = graphBuilder("a product in 16 bits");
 * const [a, b] = [1 + 2 ** -12, 3].map((x) => toComputeDtype(g, g.constant("F32", [1, 1], [x]), "f16"));
 * g.output("y", toFloat32(g, g.node("MatMul", [a, b]), "f16"), "F32", [1, 1]);
 * const network = await openGraph(g.build(), "cpu");
 * assertEquals([...(await network.run({})).y], [3]);
 * await network.close();
 * ```
 */
export function toComputeDtype(g: GraphBuilder, value: Value, dtype: ComputeDtype): Value {
  const to = TENSOR_DTYPE[dtype];
  return to === "F32" ? value : g.node("Cast", [value], { to: DTYPES[to].code });
}

/** Casts a product back to 32-bit floats. */
export function toFloat32(g: GraphBuilder, value: Value, dtype: ComputeDtype): Value {
  return dtype === "f32" ? value : g.node("Cast", [value], { to: DTYPES.F32.code });
}
