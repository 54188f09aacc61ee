/** What matrices are multiplied in. */
import type { GraphBuilder } from "../../../onnx/graph.ts";
import { TOLERANCE } from "../../../onnx/provider.ts";
import { type Dtype, DTYPES, type Value } from "../../../onnx/types.ts";

/** 32-bit floats, or 16-bit ones where the provider can. */
export const COMPUTES = ["f32", "f16", "bf16"] as const;

/** Norms, sums and softmax are 32-bit floats with all of them. */
export type Compute = typeof COMPUTES[number];

/** Element type of the factors. */
export const FACTORS: Readonly<Record<Compute, Dtype>> = { f32: "F32", f16: "F16", bf16: "BF16" };

/**
 * How far what is computed so may be from the CPU's 32-bit floats, relative to the largest value: a
 * few roundings of the type, 2⁻¹¹ and 2⁻⁸, add up.
 */
export const AGREEMENT: Readonly<Record<Compute, number>> = {
  f32: TOLERANCE,
  f16: 1e-2,
  bf16: 5e-2,
};

/**
 * 32-bit floats as factors of a product.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { graphBuilder } from "../../../onnx/graph.ts";
 * import { openGraph } from "../../../onnx/session.ts";
 * import { narrowed, widened } from "./compute.ts";
 *
 * const g = graphBuilder("a product in 16 bits");
 * const [a, b] = [1 + 2 ** -12, 3].map((x) => narrowed(g, g.constant("F32", [1, 1], [x]), "f16"));
 * g.output("y", widened(g, g.node("MatMul", [a, b]), "f16"), "F32", [1, 1]);
 * const network = await openGraph(g.build(), "cpu");
 * assertEquals([...(await network.run({})).y], [3]);
 * await network.close();
 * ```
 */
export function narrowed(g: GraphBuilder, value: Value, compute: Compute): Value {
  const to = FACTORS[compute];
  return to === "F32" ? value : g.node("Cast", [value], { to: DTYPES[to].code });
}

/** A product as 32-bit floats again. */
export function widened(g: GraphBuilder, value: Value, compute: Compute): Value {
  return compute === "f32" ? value : g.node("Cast", [value], { to: DTYPES.F32.code });
}
