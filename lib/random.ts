/** The only source of randomness: every draw comes from a seed that some row records. */
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { hash } from "node:crypto";

/** Draws numbers uniformly from [0, 1). */
export type Uniform = () => number;

/**
 * A stream of uniform draws from [0, 1) with 53 bits each. Its parts name the stream: `random(7,
 * "noise")` and `random(7, "positions")` are independent, and adding a stream does not change the
 * others.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { random } from "./random.ts";
 *
 * assertEquals(random(7, "noise")(), random(7, "noise")());
 * ```
 */
export function random(...parts: (string | number)[]): Uniform {
  const seed = Number.parseInt(hash("sha256", parts.join("\u0000")).slice(0, 8), 16) | 0;
  const generator = xoroshiro128plus(seed);
  const bits = (n: number) => generator.next() >>> (32 - n);
  return () => (bits(26) * 2 ** 27 + bits(27)) / 2 ** 53;
}
