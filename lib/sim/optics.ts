/** Effects of a microscope and its camera: texture, uneven illumination, shot and read noise. */
import type { Uniform } from "../random.ts";

/**
 * A standard normal draw by the Box–Muller transform (Box and Muller 1958).
 *
 * @example
 * ```ts
 * import { assertNear } from "../testing/assert.ts";
 * import { random } from "../random.ts";
 * import { gaussian } from "./optics.ts";
 *
 * const uniform = random(1, "steps");
 * const draws = Array.from({ length: 4000 }, () => gaussian(uniform));
 * assertNear(draws.reduce((sum, x) => sum + x * x, 0) / draws.length, 1, 0.1);
 * ```
 */
export function gaussian(uniform: Uniform): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** A smooth field over the plane, with lattice steps of one unit of its coordinates. */
export type Field = (x: number, y: number) => number;

const LATTICE = 64;

/**
 * Smooth value noise in [-1, 1] with a period of 64 units (Perlin 1985, with lattice values).
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../testing/assert.ts";
 * import { random } from "../random.ts";
 * import { smoothNoise } from "./optics.ts";
 *
 * const noise = smoothNoise(random(1, "tissue"));
 * assertOk(Math.abs(noise(0.3, 7.1)) <= 1);
 * assertEquals(noise(1, 2), noise(65, 2));
 * ```
 */
export function smoothNoise(uniform: Uniform): Field {
  const values = Float32Array.from({ length: LATTICE * LATTICE }, () => 2 * uniform() - 1);
  const at = (x: number, y: number) => values[(y & (LATTICE - 1)) * LATTICE + (x & (LATTICE - 1))];
  return (x, y) => {
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [fade(x - x0), fade(y - y0)];
    const top = at(x0, y0) * (1 - u) + at(x0 + 1, y0) * u;
    const bottom = at(x0, y0 + 1) * (1 - u) + at(x0 + 1, y0 + 1) * u;
    return top * (1 - v) + bottom * v;
  };
}

function fade(t: number): number {
  return t * t * (3 - 2 * t);
}

/**
 * 0 below `from`, 1 above `to`, smooth in between: for soft edges and the phases of a process.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { smoothstep } from "./optics.ts";
 *
 * assertEquals([smoothstep(0, 2, -1), smoothstep(0, 2, 1), smoothstep(0, 2, 5)], [0, 0.5, 1]);
 * ```
 */
export function smoothstep(from: number, to: number, x: number): number {
  return fade(Math.min(1, Math.max(0, (x - from) / (to - from))));
}

/** An image under construction: RGB light, 0–1 per channel, `width · height · 3` values. */
export type Light = Float32Array;

/** Turns light into an 8-bit RGB frame; each call draws new noise. */
export type Camera = (light: Light) => Uint8Array;

/**
 * A camera with uneven illumination (a tilted plane and a fall-off towards the corners, up to
 * `unevenness` of the light), read noise, and shot noise that grows with the square root of the
 * light, both in grey levels (Janesick 2007, "Photon Transfer").
 *
 * Noise is read from a table of normal draws, starting at a random position for every row: much
 * faster than fresh draws, and indistinguishable by eye and by the probes.
 *
 * @example
 * ```ts
 * import { assertNear } from "../testing/assert.ts";
 * import { random } from "../random.ts";
 * import { camera } from "./optics.ts";
 *
 * const expose = camera(64, 64, random(1, "camera"), { unevenness: 0, readLevels: 2 });
 * const frame = expose(new Float32Array(64 * 64 * 3).fill(0.5));
 * assertNear(frame.reduce((a, b) => a + b) / frame.length, 127.5, 0.3);
 * ```
 */
export function camera(
  width: number,
  height: number,
  uniform: Uniform,
  { unevenness = 0.08, readLevels = 1.5, shotLevels = 2.5 } = {},
): Camera {
  const angle = 2 * Math.PI * uniform();
  const [tiltX, tiltY] = [Math.cos(angle), Math.sin(angle)];
  const gain = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const v = 2 * (y + 0.5) / height - 1;
    for (let x = 0; x < width; x++, i++) {
      const u = 2 * (x + 0.5) / width - 1;
      gain[i] = 1 + unevenness * (0.5 * (u * tiltX + v * tiltY) - 0.4 * (u * u + v * v) + 0.2);
    }
  }
  const table = Float32Array.from({ length: 1 << 15 }, () => gaussian(uniform));
  const mask = table.length - 1;
  return (light) => {
    const frame = new Uint8Array(width * height * 3);
    for (let y = 0, i = 0; y < height; y++) {
      let place = Math.floor(uniform() * table.length);
      for (let x = 0; x < width; x++) {
        const lit = gain[y * width + x];
        // After colour interpolation, most of a colour camera's noise is common to its channels.
        const common = table[place++ & mask];
        for (let channel = 0; channel < 3; channel++, i++) {
          const level = Math.max(0, light[i]) * lit;
          const noise = 0.8 * common + 0.6 * table[place++ & mask];
          const value = 255 * level + noise * (readLevels + shotLevels * Math.sqrt(level));
          frame[i] = Math.min(255, Math.max(0, Math.round(value)));
        }
      }
    }
    return frame;
  };
}
