/** bfloat16: the upper half of a 32-bit float, with 8 bits of precision. */

/**
 * Values rounded to the nearest bfloat16, ties to even, as 32-bit floats, like PyTorch's
 * `tensor.to(bfloat16)`. Values beyond the largest bfloat16 become infinite; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { roundToBfloat16 } from "./bfloat16.ts";
 *
 * // Between 1 and 2 the step is 1/128: ties go to the even neighbour.
 * const values = Float32Array.of(1 + 1 / 256, 1 + 3 / 256, 1.001, -3.14159);
 * assertEquals(roundToBfloat16(values), Float32Array.of(1, 1 + 4 / 256, 1, -3.140625));
 * ```
 */
export function roundToBfloat16(values: Float32Array): Float32Array {
  const rounded = values.slice();
  const bits = new Uint32Array(rounded.buffer);
  for (let i = 0; i < bits.length; i++) {
    // Adding to the bits of a NaN could carry over into another number.
    if (rounded[i] === rounded[i]) bits[i] = (bits[i] + 0x7fff + (bits[i] >>> 16 & 1)) & 0xffff0000;
  }
  return rounded;
}
