/** From noise to a clip's latents: flow matching, in four small functions and a loop. */
import { InputError } from "../errors.ts";
import { gaussian } from "../sim/optics.ts";
import { random } from "../random.ts";

/** How an ordinary differential equation is stepped through. */
export const SOLVERS = ["euler", "adams"] as const;

export type Solver = typeof SOLVERS[number];

/** Steps that are accepted. */
export const MOST_STEPS = 1000;

/**
 * Times from 1 (noise) to 0 (clip), one more than steps: evenly spaced and then moved towards noise,
 * t = s·u / (1 + (s − 1)·u), as Wan and Stable Diffusion 3 have it (Esser et al., 2024).
 *
 * @param steps 1 to {@link MOST_STEPS}.
 * @param shift s above; 1 leaves times evenly spaced.
 * @throws {InputError} for steps out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { timesOf } from "./flow_matching.ts";
 *
 * assertEquals(timesOf(2, 1), [1, 0.5, 0]);
 * assertEquals(timesOf(2, 3), [1, 0.75, 0]);
 * ```
 */
export function timesOf(steps: number, shift: number): number[] {
  if (!Number.isInteger(steps) || steps < 1 || steps > MOST_STEPS) {
    throw new InputError(`Cannot sample in ${steps} steps; expected 1 to ${MOST_STEPS}`);
  }
  return Array.from({ length: steps + 1 }, (_, i) => {
    const u = 1 - i / steps;
    return shift * u / (1 + (shift - 1) * u);
  });
}

/**
 * Independent normal noise, drawn from the seed alone.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { noiseOf } from "./flow_matching.ts";
 *
 * assertEquals(noiseOf(3, 8), noiseOf(3, 8));
 * ```
 */
export function noiseOf(seed: number, length: number): Float32Array {
  const uniform = random(seed, "noise");
  return Float32Array.from({ length }, () => gaussian(uniform));
}

/** A velocity and the time that it was found at. */
export interface Slope {
  time: number;
  velocity: Float32Array;
}

/**
 * Latents at the time `to`: along the velocity (Euler), or along that which it and the one before it
 * foretell halfway (Adams–Bashforth of second order, for steps of any length). The first step has
 * none before it, and is Euler's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { advance } from "./flow_matching.ts";
 *
 * // dx/dt = 2t from x(2) = 4, exact for the second order: x(0) = 0.
 * const before = { time: 2, velocity: Float32Array.of(4) };
 * const now = { time: 1, velocity: Float32Array.of(2) };
 * assertEquals(advance(Float32Array.of(1), now, 0, "adams", before), Float32Array.of(0));
 * assertEquals(advance(Float32Array.of(1), now, 0, "euler"), Float32Array.of(-1));
 * ```
 */
export function advance(
  latents: Float32Array,
  now: Slope,
  to: number,
  solver: Solver,
  before?: Slope,
): Float32Array {
  const step = to - now.time;
  const ahead = solver === "adams" && before ? step / (2 * (now.time - before.time)) : 0;
  return latents.map((value, i) => {
    const velocity = now.velocity[i];
    return value + step * (velocity + (ahead && ahead * (velocity - before!.velocity[i])));
  });
}

/**
 * What the clip's latents would be if the velocity stayed as it is: a preview.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { foreseen } from "./flow_matching.ts";
 *
 * const slope = { time: 0.5, velocity: Float32Array.of(2) };
 * assertEquals(foreseen(Float32Array.of(3), slope), Float32Array.of(2));
 * ```
 */
export function foreseen(latents: Float32Array, { time, velocity }: Slope): Float32Array {
  return latents.map((value, i) => value - time * velocity[i]);
}

/**
 * Latents at the time `to`, from those of a slope. A stepper may remember earlier slopes: each sampling
 * has one of its own.
 */
export type Stepper = (latents: Float32Array, now: Slope, to: number) => Float32Array;

/**
 * The stepper of a solver; see {@link advance}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { stepperOf } from "./flow_matching.ts";
 *
 * // dx/dt = 2t from x(2) = 4: Euler's step to 1, and then the second order's to 0.
 * const step = stepperOf("adams");
 * const halfway = step(Float32Array.of(4), { time: 2, velocity: Float32Array.of(4) }, 1);
 * assertEquals(halfway, Float32Array.of(0));
 * assertEquals(step(halfway, { time: 1, velocity: Float32Array.of(2) }, 0), Float32Array.of(-1));
 * ```
 */
export function stepperOf(solver: Solver): Stepper {
  let before: Slope | undefined;
  return (latents, now, to) => {
    const reached = advance(latents, now, to, solver, before);
    before = now;
    return reached;
  };
}

/** A step that was made. */
export interface Step {
  /** From 1. */
  step: number;
  steps: number;
  /** Time reached: 0 after the last. */
  time: number;
  latents: Float32Array;
  /** See {@link foreseen}. */
  foreseen: Float32Array;
}

/**
 * Samples: yields each step, the last with the clip's latents.
 *
 * @param solver Its name, or a stepper that has made no step yet.
 * @param velocity What the network says at some latents and time, in which step, from 0.
 *
 * @example
 * ```ts
 * import { assertNear } from "../testing/assert.ts";
 * import { denoise, timesOf } from "./flow_matching.ts";
 *
 * // Towards one known clip the velocity is (x − clip) / t, and any solver ends there.
 * const clip = 0.25;
 * const velocity = (x: Float32Array, t: number) => Promise.resolve(x.map((v) => (v - clip) / t));
 * for await (const { time, latents } of denoise(Float32Array.of(1), timesOf(4, 3), "adams", velocity)) {
 *   if (time === 0) assertNear(latents[0], clip, 1e-6);
 * }
 * ```
 */
export async function* denoise(
  noise: Float32Array,
  times: readonly number[],
  solver: Solver | Stepper,
  velocity: (latents: Float32Array, time: number, step: number) => Promise<Float32Array>,
): AsyncGenerator<Step> {
  const stepper = typeof solver === "string" ? stepperOf(solver) : solver;
  let latents = noise;
  for (let i = 0; i + 1 < times.length; i++) {
    const now = { time: times[i], velocity: await velocity(latents, times[i], i) };
    const seen = foreseen(latents, now);
    latents = stepper(latents, now, times[i + 1]);
    yield { step: i + 1, steps: times.length - 1, time: times[i + 1], latents, foreseen: seen };
  }
}
