import { assertEquals, assertOk } from "../../../testing/assert.ts";
import { roundToBfloat16 } from "./bfloat16.ts";

/** A float from its bits. */
const of = (bits: number) => new Float32Array(Uint32Array.of(bits).buffer)[0];

/** Every bfloat16, by its bits. */
const ALL = Float32Array.from({ length: 0x10000 }, (_, upper) => of(upper * 0x10000));

/** The nearest bfloat16 other than −0, by search; ties go to the one whose last bit is 0. */
function nearest(value: number): number {
  let best = 0;
  for (let upper = 1; upper < ALL.length; upper++) {
    const [far, found] = [Math.abs(ALL[upper] - value), Math.abs(ALL[best] - value)];
    const even = upper % 2 === 0 && upper !== 0x8000;
    if (far < found || (far === found && even)) best = upper;
  }
  return ALL[best];
}

Deno.test("rounding takes the nearest bfloat16, ties to even", () => {
  // Ties, their neighbours one bit away, subnormals, and numbers of many magnitudes.
  const bits = [0x3f808000, 0x3f808001, 0x3f807fff, 0x3f818000, 0x00008000, 0x00018000, 0x00012345];
  const values = [...bits.map(of), 1 / 3, -1e-20, 937.5, -65504.7, 3e38];
  const rounded = roundToBfloat16(Float32Array.from(values));
  assertEquals([...rounded], values.map((value) => nearest(Math.fround(value))));
});

Deno.test("bfloat16 values are unchanged, and the largest floats become infinite", () => {
  assertEquals(roundToBfloat16(ALL), ALL);
  const [over, under, nan] = roundToBfloat16(Float32Array.of(3.4e38, -3.4e38, NaN));
  assertEquals([over, under], [Infinity, -Infinity]);
  assertOk(Number.isNaN(nan));
  assertOk(Number.isNaN(roundToBfloat16(Float32Array.of(of(0x7fffffff)))[0]));
});

Deno.test("the input is not modified, even as a view", () => {
  const values = Float32Array.of(9, 1.001, 2.002, 9);
  assertEquals([...roundToBfloat16(values.subarray(1, 3))], [1, 2]);
  assertEquals(values, Float32Array.of(9, 1.001, 2.002, 9));
});
