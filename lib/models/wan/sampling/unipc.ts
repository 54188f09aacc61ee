/** UniPC, a predictor and corrector for diffusion (Zhao et al., 2023), on flow matching. */
import type { Stepper } from "../../flow_matching.ts";

/** A clip foreseen, and at which log signal-to-noise ratio. */
interface Estimate {
  clip: Float32Array;
  lambda: number;
}

/** A step made: what its correction needs. */
interface Made {
  from: Float32Array;
  sigma: number;
  estimate: Estimate;
  /** The estimate before, where the step was of second order. */
  before: Estimate | undefined;
}

/**
 * UniPC of second order in B₂(h) = e^h − 1, foreseeing the clip (`predict_x0`), as Wan's pipelines in
 * Diffusers have it. Latents are (1 − σ)·clip + σ·noise, so with λ = ln((1 − σ)/σ) and h its growth,
 * the exact step x(to) = σ(to)/σ·x + α(to)·∫e^(λ−λ(to))·clip(λ)dλ is made with the clip foreseen at
 * this and the step before (UniP), and made anew one step later, when the network has been asked at
 * its end, with that estimate too (UniC). The first step, having none before it, and the last, to
 * σ = 0, are of first order; the last gives the clip foreseen.
 *
 * @param round Applied to σ·velocity: what a network in bfloat16 leaves of it.
 * @returns Steps from σ = `now.time` to `to`, both below 1 and falling, each from the latents that the
 *   step before gave.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../../testing/assert.ts";
 * import { unipc } from "./unipc.ts";
 *
 * // Towards one known clip the velocity is (x − clip) / σ: the line between them is followed exactly.
 * const [clip, noise] = [0.25, -1];
 * const step = unipc();
 * let latents: Float32Array = Float32Array.of(noise * 0.9 + clip * 0.1);
 * for (const [time, to] of [[0.9, 0.6], [0.6, 0.3]]) {
 *   latents = step(latents, { time, velocity: latents.map((x) => (x - clip) / time) }, to);
 *   assertNear(latents[0], noise * to + clip * (1 - to), 1e-6);
 * }
 * ```
 */
export function unipc(round: (values: Float32Array) => Float32Array = (values) => values): Stepper {
  let last: Made | undefined;
  return (predicted, { time: sigma, velocity }, to) => {
    const noise = round(velocity.map((value) => sigma * value));
    const clip = predicted.map((value, i) => value - noise[i]);
    const estimate = { clip, lambda: lambdaOf(sigma) };
    const from = last ? corrected(last, estimate, sigma) : predicted;
    last = { from, sigma, estimate, before: to > 0 ? last?.estimate : undefined };
    return foretold(last, to);
  };
}

function lambdaOf(sigma: number): number {
  return Math.log(1 - sigma) - Math.log(sigma);
}

/** UniP: the step with what is known at its start. */
function foretold({ from, sigma, estimate, before }: Made, to: number): Float32Array {
  const { clip, lambda } = estimate;
  const growth = lambdaOf(to) - lambda;
  const scale = (1 - to) * -Math.expm1(-growth);
  const ahead = before ? growth / (2 * (before.lambda - lambda)) : 0;
  return from.map((x, i) => {
    const change = before ? ahead * (before.clip[i] - clip[i]) : 0;
    return to / sigma * x + scale * (clip[i] + change);
  });
}

/** UniC: the step with what is known at its end too. */
function corrected(made: Made, end: Estimate, to: number): Float32Array {
  const { from, sigma, estimate: { clip, lambda }, before } = made;
  const growth = end.lambda - lambda;
  const scale = (1 - to) * -Math.expm1(-growth);
  const { behind, ahead } = weightsOf(growth, before && (before.lambda - lambda) / growth);
  return from.map((x, i) => {
    const change = before ? behind * (before.clip[i] - clip[i]) : 0;
    return to / sigma * x + scale * (clip[i] + change + ahead * (end.clip[i] - clip[i]));
  });
}

/**
 * How much the differences to the estimates before and at the end of a step count: solves the order
 * conditions of UniC for B₂, so that a clip foreseen that is a polynomial of second degree in λ is
 * integrated exactly.
 *
 * @param growth h, the step in λ.
 * @param place Where the estimate before lies, in steps from this one's start: below 0. Without one,
 *   Diffusers takes the trapezoid's ½ for the condition's solution; both are of second order.
 */
function weightsOf(growth: number, place: number | undefined): { behind: number; ahead: number } {
  if (place === undefined) return { behind: 0, ahead: 0.5 };
  const decay = Math.expm1(-growth);
  const first = -1 / growth - 1 / decay;
  const second = -2 * first / growth - 1 / decay;
  const slope = (first - second) / (1 - place);
  return { behind: slope / place, ahead: first - slope };
}
