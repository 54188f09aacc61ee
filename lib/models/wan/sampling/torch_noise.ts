/** PyTorch's normal noise: a seed's clip depends on its every bit. */
import { mersenne } from "pure-rand/generator/mersenne";
import { InputError } from "../../../errors.ts";

/** A stream of 32-bit words. */
interface Words {
  next(): number;
}

/** From this length on, PyTorch draws in blocks of 16. */
const BLOCK = 16;

/**
 * `torch.randn(length, generator=torch.Generator("cpu").manual_seed(seed))` in 32-bit floats, bit for
 * bit as PyTorch draws it on processors with AVX2: MT19937 (Matsumoto & Nishimura, 1998), 24-bit
 * uniforms and Box–Muller in blocks of 16, with Cephes' single-precision log, sin and cos; below 16
 * values, 53-bit uniforms and Box–Muller in doubles. Only the number of values matters, not the
 * tensor's shape: noise of another length is entirely different.
 *
 * On processors without AVX2, PyTorch calls the platform's log, sin and cos instead, and some values
 * differ in their last bits.
 *
 * @param seed An integer from 0 to 2^53 − 1; as in PyTorch, its lower 32 bits are used.
 * @throws {InputError} for any other seed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { torchNoise } from "./torch_noise.ts";
 *
 * const [first, second] = torchNoise(42, 16);
 * assertEquals([first.toFixed(4), second.toFixed(4)], ["1.9269", "1.4873"]);
 * ```
 */
export function torchNoise(seed: number, length: number): Float32Array {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new InputError(`Cannot draw noise from seed ${seed}; expected a whole number from 0`);
  }
  const words = mersenne(seed % 2 ** 32);
  return length < BLOCK ? drawFew(words, length) : drawMany(words, length);
}

function drawFew(words: Words, length: number): Float32Array {
  const uniform = () => ((words.next() & 0x1fffff) * 2 ** 32 + (words.next() >>> 0)) / 2 ** 53;
  const noise = new Float32Array(length);
  for (let i = 0; i < length; i += 2) {
    const angle = 2 * Math.PI * uniform();
    const radius = Math.sqrt(-2 * Math.log1p(-uniform()));
    noise[i] = radius * Math.cos(angle);
    if (i + 1 < length) noise[i + 1] = radius * Math.sin(angle);
  }
  return noise;
}

function drawMany(words: Words, length: number): Float32Array {
  const uniform = () => (words.next() & 0xffffff) / 2 ** 24;
  const noise = new Float32Array(length);
  for (let i = 0; i < length; i++) noise[i] = uniform();
  for (let start = 0; start + BLOCK <= length; start += BLOCK) {
    boxMuller(noise.subarray(start, start + BLOCK));
  }
  if (length % BLOCK !== 0) {
    // The last 16 values are drawn again, including those already finished.
    const last = noise.subarray(length - BLOCK);
    for (let i = 0; i < BLOCK; i++) last[i] = uniform();
    boxMuller(last);
  }
  return noise;
}

const { fround } = Math;

/** Turns 16 uniforms into 16 normals in place: radii from the first half, angles from the second. */
function boxMuller(block: Float32Array) {
  const half = BLOCK / 2;
  const turn = fround(2 * Math.PI);
  for (let i = 0; i < half; i++) {
    const radius = fround(Math.sqrt(fround(-2 * log(fround(1 - block[i])))));
    const [sin, cos] = sinCos(fround(turn * block[i + half]));
    // PyTorch adds a mean of 0, which turns −0 into 0.
    block[i] = radius * cos + 0;
    block[i + half] = radius * sin + 0;
  }
}

/**
 * a·b + c of 32-bit floats, rounded once to 32 bits: the product is exact in doubles, and rounding
 * the sum to a double first changes the result about once in 2^29.
 */
function fma(a: number, b: number, c: number): number {
  return fround(a * b + c);
}

/** A polynomial by Horner's scheme in 32 bits, highest power first. */
function polynomial(coefficients: Float32Array, x: number): number {
  let sum = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) sum = fma(sum, x, coefficients[i]);
  return sum;
}

const LOG = Float32Array.of(
  7.0376836292e-2,
  -1.1514610310e-1,
  1.1676998740e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
);
/** ln 2 in two parts, the second with few bits so that its multiples are exact. */
const [LN2_LOW, LN2_HIGH] = Float32Array.of(-2.12194440e-4, 0.693359375);

/** Cephes' `logf` (Moshier, 1992) of a multiple of 2^-24 up to 1, with fused multiply–add. */
function log(x: number): number {
  const units = x * 2 ** 24;
  const bits = 32 - Math.clz32(units);
  let exponent = bits - 24;
  let fraction = units / 2 ** bits;
  // Between √½ and √2.
  if (fraction < fround(Math.SQRT1_2)) {
    exponent -= 1;
    fraction = fraction + fraction;
  }
  const y = fround(fraction - 1);
  const square = fround(y * y);
  const cubic = fround(polynomial(LOG, y) * y);
  let rest = fma(cubic, square, fround(exponent * LN2_LOW));
  rest = fma(square, -0.5, rest);
  return fma(exponent, LN2_HIGH, fround(y + rest));
}

const SIN = Float32Array.of(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1);
const COS = Float32Array.of(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2);
const FOUR_OVER_PI = fround(1.27323954473516);
/** −π/4 in three parts, the first two with few bits so that their multiples are exact. */
const MINUS_PI_4 = Float32Array.of(-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8);

/** Cephes' `sinf` and `cosf` (Moshier, 1992) of 0 ≤ x ≤ 2π, with fused multiply–add. */
function sinCos(x: number): [sin: number, cos: number] {
  // The octant, rounded up to an even one.
  const octant = Math.trunc(fround(x * FOUR_OVER_PI)) + 1 & ~1;
  let angle = x;
  for (const part of MINUS_PI_4) angle = fma(octant, part, angle);
  const square = fround(angle * angle);
  const quartic = fround(polynomial(COS, square) * square);
  const even = fround(fma(quartic, square, -0.5 * square) + 1);
  const odd = fma(fround(polynomial(SIN, square) * square), angle, angle);
  const [sin, cos] = octant & 2 ? [even, odd] : [odd, even];
  return [octant & 4 ? -sin : sin, octant - 2 & 4 ? cos : -cos];
}
