/**
 * Peristaltic pumping at low Reynolds number and long wavelength (Shapiro, Jaffrin and Weinberg, J.
 * Fluid Mech. 37 (1969) 799–825). Rings close the lumen, so that in the wave's frame no fluid
 * passes and every bolus is trapped fluid (Li and Brasseur, J. Fluid Mech. 248 (1993) 129–151): its
 * centre moves at the wave's speed c, while within it u = c (1 − 2η²) with η = r/a, and the stream
 * function c a² η² (1 − η²)/2 of every granule is conserved.
 */
import { random } from "../../random.ts";

/**
 * Radius of the lumen in the ring, in the resting gut and in the widest part of the bolus, in mm.
 */
const CLOSED_MM = 0.13;
const RESTING_MM = 0.8;
const BOLUS_MM = 1.85;
/** Outer radius squared minus the lumen's: the wall's cross-section over π, in mm². */
export const WALL_MM2 = 0.72;
/** Granules of undigested matter in each bolus. */
const GRANULES = 60;

/** Lengths of one wave, in mm. */
export interface Wave {
  /** From one ring to the next. */
  length: number;
  /** From the ring to the middle of the bolus ahead of it, and the bolus's half length. */
  ahead: number;
  spread: number;
}

/**
 * The wave with a given speed and interval.
 *
 * @param speed In mm/s.
 * @param interval In s.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { waveOf } from "./flow.ts";
 *
 * assertEquals(waveOf(4, 2).length, 8);
 * ```
 */
export function waveOf(speed: number, interval: number): Wave {
  const length = speed * interval;
  return { length, ahead: Math.min(2.3, 0.33 * length), spread: Math.min(1.35, 0.22 * length) };
}

/**
 * Radius of the lumen in mm at a position in the wave: `along` mm ahead of a ring, modulo the
 * wave's length.
 *
 * @example
 * ```ts
 * import { assertNear, assertOk } from "../../testing/assert.ts";
 * import { lumenRadius, waveOf } from "./flow.ts";
 *
 * const wave = waveOf(4, 2);
 * assertNear(lumenRadius(wave, 8), lumenRadius(wave, 0), 1e-9);
 * assertOk(lumenRadius(wave, 2.3) > 10 * lumenRadius(wave, 0));
 * ```
 */
export function lumenRadius({ length, ahead, spread }: Wave, along: number): number {
  const at = ((along % length) + length) % length;
  const ring = 1 - Math.exp(-((Math.min(at, length - at) / 0.8) ** 2));
  const bolus = Math.exp(-(((at - ahead) / spread) ** 2));
  return CLOSED_MM + (RESTING_MM - CLOSED_MM + (BOLUS_MM - RESTING_MM) * bolus) * ring;
}

/**
 * A granule: its distance ahead of its ring (mm), and from the axis relative to the lumen's radius.
 */
export interface Granule {
  along: number;
  eta: number;
  /** Angle around the gut's axis. */
  angle: number;
  /** Visible radius in mm, and how much darker (or paler) it is than the chyme. */
  size: number;
  shade: number;
}

/**
 * Advances granules of trapped fluid in the frame of the wave (fourth-order Runge–Kutta).
 *
 * @param speed Speed of the wave, in mm/s.
 * @param seconds The time.
 * @returns The granules afterwards.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { recirculate, waveOf } from "./flow.ts";
 *
 * // On the axis fluid runs ahead of the wave at the wave's own speed, by twice that speed in all.
 * const [moved] = recirculate([{ along: 2, eta: 0 }], waveOf(4, 2), 4, 0.01);
 * assertNear(moved.along, 2.04, 1e-9);
 * ```
 */
export function recirculate<T extends { along: number; eta: number }>(
  granules: readonly T[],
  wave: Wave,
  speed: number,
  seconds: number,
): T[] {
  const rate = (along: number, eta: number) => {
    const steepness = (lumenRadius(wave, along + 1e-3) - lumenRadius(wave, along - 1e-3)) / 2e-3;
    return [
      speed * (1 - 2 * eta * eta),
      -speed * steepness / lumenRadius(wave, along) * eta * (1 - eta * eta),
    ] as const;
  };
  return granules.map((granule) => {
    const { along, eta } = granule;
    const half = seconds / 2;
    const k1 = rate(along, eta);
    const k2 = rate(along + half * k1[0], eta + half * k1[1]);
    const k3 = rate(along + half * k2[0], eta + half * k2[1]);
    const k4 = rate(along + seconds * k3[0], eta + seconds * k3[1]);
    const mean = (i: 0 | 1) => (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]) / 6 * seconds;
    return { ...granule, along: along + mean(0), eta: Math.min(1, Math.max(0, eta + mean(1))) };
  });
}

/**
 * Cumulative volume of the lumen from a ring in mm³, over one wave in 512 steps: the last is a
 * bolus's volume.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { volumeTable, waveOf } from "./flow.ts";
 *
 * const volumes = volumeTable(waveOf(4, 2));
 * assertOk(volumes.every((volume, i) => i === 0 || volume > volumes[i - 1]));
 * ```
 */
export function volumeTable(wave: Wave): Float64Array {
  const steps = 512;
  const table = new Float64Array(steps + 1);
  for (let i = 0; i < steps; i++) {
    const radius = lumenRadius(wave, (i + 0.5) * wave.length / steps);
    table[i + 1] = table[i] + Math.PI * radius ** 2 * wave.length / steps;
  }
  return table;
}

/**
 * The position of a slab of content that was `along` mm ahead of a ring at the start, when `share`
 * of the lumen's area has its original pattern and the rest a pattern shifted by half a wave: rings
 * that pinch in place squeeze content to and fro.
 *
 * @param table From {@link volumeTable}.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { displaced, volumeTable, waveOf } from "./flow.ts";
 *
 * const wave = waveOf(4, 2);
 * assertNear(displaced(3, volumeTable(wave), wave, 1), 3, 0.01);
 * ```
 */
export function displaced(along: number, table: Float64Array, wave: Wave, share: number): number {
  const steps = table.length - 1;
  const volume = (at: number) => {
    const turns = Math.floor(at / wave.length);
    const place = (at / wave.length - turns) * steps;
    const i = Math.min(steps - 1, Math.floor(place));
    return turns * table[steps] + table[i] + (place - i) * (table[i + 1] - table[i]);
  };
  const half = wave.length / 2;
  const wanted = volume(along);
  const at = (u: number) => share * volume(u) + (1 - share) * (volume(u + half) - volume(half));
  let [low, high] = [along - half, along + half];
  for (let round = 0; round < 44; round++) {
    const middle = (low + high) / 2;
    if (at(middle) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Granules of the wave numbered `k`, uniformly over the lumen's volume.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { scatter, waveOf } from "./flow.ts";
 *
 * const wave = waveOf(4, 2);
 * assertOk(scatter(wave, 1, 2).every(({ along }) => along >= 16 && along <= 24));
 * ```
 */
export function scatter(wave: Wave, seed: number, k: number): Granule[] {
  const uniform = random(seed, "peristalsis", "granules", k);
  const granules: Granule[] = [];
  while (granules.length < GRANULES) {
    const along = wave.length * uniform();
    if ((lumenRadius(wave, along) / BOLUS_MM) ** 2 < uniform()) continue;
    granules.push({
      along: along + k * wave.length,
      eta: Math.sqrt(uniform()),
      angle: 2 * Math.PI * uniform(),
      size: 0.05 + 0.08 * uniform() ** 2,
      shade: uniform() < 0.3 ? -0.35 - 0.35 * uniform() : 0.5 + 0.7 * uniform(),
    });
  }
  return granules;
}
