/** Flow-matching sampling, from noise to a clip's latents: four small functions and a loop. */
import { InputError } from "../errors.ts";
import { gaussian } from "../sim/optics.ts";
import { random } from "../random.ts";
import type { SolverName } from "./solvers.ts";

/** The most sampling steps accepted. */
export const MAX_STEPS = 1000;

/**
 * Timesteps from 1 (noise) to 0 (clip), one more than steps: evenly spaced, then shifted towards
 * noise, t = s·u / (1 + (s − 1)·u), as in Wan and Stable Diffusion 3 (Esser et al., 2024).
 *
 * @param steps 1 to {@link MAX_STEPS}.
 * @param shift The timestep shift s; 1 leaves the timesteps evenly spaced.
 * @throws {InputError} for steps out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { shiftedTimesteps } from "./flow_matching.ts";
 *
 * assertEquals(shiftedTimesteps(2, 1), [1, 0.5, 0]);
 * assertEquals(shiftedTimesteps(2, 3), [1, 0.75, 0]);
 * ```
 */
export function shiftedTimesteps(steps: number, shift: number): number[] {
  if (!Number.isInteger(steps) || steps < 1 || steps > MAX_STEPS) {
    throw new InputError(`Cannot sample in ${steps} steps; expected 1 to ${MAX_STEPS}`);
  }
  return Array.from({ length: steps + 1 }, (_, i) => {
    const u = 1 - i / steps;
    return shift * u / (1 + (shift - 1) * u);
  });
}

/**
 * Independent standard normal noise, determined by the seed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { gaussianNoise } from "./flow_matching.ts";
 *
 * assertEquals(gaussianNoise(3, 8), gaussianNoise(3, 8));
 * ```
 */
export function gaussianNoise(seed: number, length: number): Float32Array {
  const uniform = random(seed, "noise");
  return Float32Array.from({ length }, () => gaussian(uniform));
}

/** A predicted velocity and the time at which it was evaluated. */
export interface VelocityAt {
  time: number;
  velocity: Float32Array;
}

/**
 * One solver step: the latents at the time `to`. Euler follows the current velocity; Adams–Bashforth
 * of second order, for steps of any length, also uses the previous one. The first step has no
 * previous velocity and is an Euler step.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { solverStep } from "./flow_matching.ts";
 *
 * // dx/dt = 2t from x(2) = 4, exact at second order: x(0) = 0.
 * const previous = { time: 2, velocity: Float32Array.of(4) };
 * const current = { time: 1, velocity: Float32Array.of(2) };
 * const x = Float32Array.of(1);
 * assertEquals(solverStep(x, current, 0, "adams", previous), Float32Array.of(0));
 * assertEquals(solverStep(x, current, 0, "euler"), Float32Array.of(-1));
 * ```
 */
export function solverStep(
  latents: Float32Array,
  current: VelocityAt,
  to: number,
  solver: SolverName,
  previous?: VelocityAt,
): Float32Array {
  const step = to - current.time;
  const ahead = solver === "adams" && previous ? step / (2 * (current.time - previous.time)) : 0;
  return latents.map((value, i) => {
    const velocity = current.velocity[i];
    return value + step * (velocity + (ahead && ahead * (velocity - previous!.velocity[i])));
  });
}

/**
 * The x0 prediction, x − t·v: the clip's latents if the velocity stayed constant.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { x0Prediction } from "./flow_matching.ts";
 *
 * const current = { time: 0.5, velocity: Float32Array.of(2) };
 * assertEquals(x0Prediction(Float32Array.of(3), current), Float32Array.of(2));
 * ```
 */
export function x0Prediction(
  latents: Float32Array,
  { time, velocity }: VelocityAt,
): Float32Array {
  return latents.map((value, i) => value - time * velocity[i]);
}

/**
 * Advances latents to the time `to`, given their current velocity. A solver may remember earlier
 * velocities, so each trajectory needs its own.
 */
export type Solver = (latents: Float32Array, current: VelocityAt, to: number) => Float32Array;

/**
 * A new solver, with no steps taken; see {@link solverStep}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { createSolver } from "./flow_matching.ts";
 *
 * // dx/dt = 2t from x(2) = 4: an Euler step to 1, then a second-order step to 0.
 * const step = createSolver("adams");
 * const halfway = step(Float32Array.of(4), { time: 2, velocity: Float32Array.of(4) }, 1);
 * assertEquals(halfway, Float32Array.of(0));
 * assertEquals(step(halfway, { time: 1, velocity: Float32Array.of(2) }, 0), Float32Array.of(-1));
 * ```
 */
export function createSolver(solver: SolverName): Solver {
  let previous: VelocityAt | undefined;
  return (latents, current, to) => {
    const next = solverStep(latents, current, to, solver, previous);
    previous = current;
    return next;
  };
}

/** A completed sampling step. */
export interface Step {
  /** From 1. */
  step: number;
  steps: number;
  /** Time after the step: 0 after the last. */
  time: number;
  latents: Float32Array;
  /** From the velocity at the start of the step; see {@link x0Prediction}. */
  x0Prediction: Float32Array;
}

/**
 * The sampling loop: yields each step, the last with the clip's latents.
 *
 * @param solver A solver's name, or a solver that has taken no steps yet.
 * @param velocity The network's velocity for latents, a time, and a step counted from 0.
 *
 * @example
 * ```ts
 * import { assertNear } from "../testing/assert.ts";
 * import { denoise, shiftedTimesteps } from "./flow_matching.ts";
 *
 * // Towards one known clip the velocity is (x − clip) / t, and any solver ends there.
 * const clip = 0.25;
 * const noise = Float32Array.of(1);
 * const velocity = (x: Float32Array, t: number) => Promise.resolve(x.map((v) => (v - clip) / t));
 * for await (const step of denoise(noise, shiftedTimesteps(4, 3), "adams", velocity)) {
 *   if (step.time === 0) assertNear(step.latents[0], clip, 1e-6);
 * }
 * ```
 */
export async function* denoise(
  noise: Float32Array,
  timesteps: readonly number[],
  solver: SolverName | Solver,
  velocity: (latents: Float32Array, time: number, step: number) => Promise<Float32Array>,
): AsyncGenerator<Step> {
  const solve = typeof solver === "string" ? createSolver(solver) : solver;
  let latents = noise;
  for (let i = 0; i + 1 < timesteps.length; i++) {
    const time = timesteps[i];
    const to = timesteps[i + 1];
    const current = { time, velocity: await velocity(latents, time, i) };
    const x0 = x0Prediction(latents, current);
    latents = solve(latents, current, to);
    yield { step: i + 1, steps: timesteps.length - 1, time: to, latents, x0Prediction: x0 };
  }
}
