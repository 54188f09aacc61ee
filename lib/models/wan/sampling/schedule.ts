/** The noise levels at which Wan is evaluated, and its timesteps. */
import { InputError } from "../../../errors.ts";
import { MAX_STEPS } from "../../flow_matching.ts";

/** Training timesteps: σ = 1 is timestep 1000. */
const TIMESTEPS = 1000;

/** The noise schedule of one sampling run. */
export interface Schedule {
  /** Noise levels in 32 bits, decreasing to 0: one more than there are steps. */
  sigmas: readonly number[];
  /** The network's timestep at each sigma but the last: 0 (clip) to 1000 (noise). */
  timesteps: readonly number[];
}

/**
 * MicroVerse's schedule: evenly spaced from 1 to 0, then shifted towards noise,
 * σ = s·u / (1 + (s − 1)·u), computed in 32 bits as DiffSynth's flow matching does with PyTorch on
 * processors with fused multiply–add. Apart from rounding it equals nano's `shiftedTimesteps`, and
 * Diffusers' `FlowMatchEulerDiscreteScheduler` when given the evenly spaced sigmas; by default, that
 * one ends at its shift of 1/1000, shifted a second time.
 *
 * @param steps 1 to 1000.
 * @param shift The timestep shift s, above 0 and at most 100: 5 in MicroVerse.
 * @throws {InputError} for steps or a shift out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { eulerSchedule } from "./schedule.ts";
 *
 * const { sigmas, timesteps } = eulerSchedule(2, 3);
 * assertEquals(sigmas, [1, 0.75, 0]);
 * assertEquals(timesteps, [1000, 750]);
 * ```
 */
export function eulerSchedule(steps: number, shift: number): Schedule {
  check(steps, shift);
  const { fround } = Math;
  const step = fround(-1 / steps);
  const sigmas = Array.from({ length: steps }, (_, i) => {
    // Like torch.linspace, which counts from the nearer end.
    const even = i < (steps + 1 >> 1) ? fround(1 + step * i) : fround(-step * (steps - i));
    return fround(fround(shift * even) / fround(1 + fround(fround(shift - 1) * even)));
  });
  return { sigmas: [...sigmas, 0], timesteps: sigmas.map((sigma) => fround(sigma * TIMESTEPS)) };
}

/**
 * The schedule of Diffusers' `UniPCMultistepScheduler` with flow sigmas, as Wan's pipelines use it:
 * evenly spaced from 1 to 1/1000, excluding the end, shifted towards noise, the first a millionth
 * below 1 (where UniPC's logarithms are infinite), then 0. Timesteps are rounded down to integers.
 *
 * @param steps 1 to 1000.
 * @param shift Above 0 and at most 100: `flow_shift` of `scheduler_config.json`, 3 for 480p and 5 for
 *   720p.
 * @throws {InputError} for steps or a shift out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { unipcSchedule } from "./schedule.ts";
 *
 * const { sigmas, timesteps } = unipcSchedule(2, 3);
 * assertEquals(timesteps, [999, 750]);
 * assertEquals(sigmas.map((sigma) => sigma.toFixed(6)), ["0.999999", "0.750375", "0.000000"]);
 * ```
 */
export function unipcSchedule(steps: number, shift: number): Schedule {
  check(steps, shift);
  const step = (1 / TIMESTEPS - 1) / steps;
  const sigmas = Array.from({ length: steps }, (_, i) => {
    const even = i * step + 1;
    return shift * even / (1 + (shift - 1) * even);
  });
  sigmas[0] -= 1e-6;
  return {
    sigmas: [...sigmas, 0].map(Math.fround),
    timesteps: sigmas.map((sigma) => Math.trunc(sigma * TIMESTEPS)),
  };
}

function check(steps: number, shift: number) {
  if (!Number.isInteger(steps) || steps < 1 || steps > MAX_STEPS) {
    throw new InputError(`Cannot sample in ${steps} steps; expected 1 to ${MAX_STEPS}`);
  }
  if (!(shift > 0 && shift <= 100)) {
    throw new InputError(`Cannot sample with shift ${shift}; expected above 0, at most 100`);
  }
}
