/** UniPC, a predictor–corrector solver (Zhao et al., 2023), for flow matching. */
import type { Solver } from "../../flow_matching.ts";

/** An x0 prediction and the half log-SNR λ at which it was made. */
interface Prediction {
  x0: Float32Array;
  lambda: number;
}

/** A completed step, as its corrector needs it. */
interface PredictorStep {
  from: Float32Array;
  sigma: number;
  current: Prediction;
  /** The previous prediction, if the step was of second order. */
  previous: Prediction | undefined;
}

/**
 * Second-order UniPC with B₂(h) = e^h − 1 and x0 prediction (`predict_x0`), as in Wan's Diffusers
 * pipelines. Latents are (1 − σ)·x0 + σ·noise. With λ = ln((1 − σ)/σ) and its increment h, the exact
 * step is x(to) = σ(to)/σ·x + α(to)·∫e^(λ−λ(to))·x0(λ)dλ. The predictor (UniP) approximates x0(λ)
 * from the predictions at this and the previous step; one step later, when the network has been
 * evaluated at the step's end, the corrector (UniC) repeats the step with that prediction as well.
 * The first step, which has no previous prediction, and the last, to σ = 0, are of first order; the
 * last returns its x0 prediction.
 *
 * @param round Applied to σ·velocity, as when the network computes in bfloat16.
 * @returns A solver for steps from σ = `current.time` to `to`, both below 1 and decreasing, each from
 *   the latents that the previous step returned.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../../testing/assert.ts";
 * import { unipc } from "./unipc.ts";
 *
 * // Towards one known clip the velocity is (x − clip) / σ, and the straight path is followed exactly.
 * const [clip, noise] = [0.25, -1];
 * const step = unipc();
 * let latents: Float32Array = Float32Array.of(noise * 0.9 + clip * 0.1);
 * for (const [time, to] of [[0.9, 0.6], [0.6, 0.3]]) {
 *   latents = step(latents, { time, velocity: latents.map((x) => (x - clip) / time) }, to);
 *   assertNear(latents[0], noise * to + clip * (1 - to), 1e-6);
 * }
 * ```
 */
export function unipc(round: (values: Float32Array) => Float32Array = (values) => values): Solver {
  let last: PredictorStep | undefined;
  return (predicted, { time: sigma, velocity }, to) => {
    const noise = round(velocity.map((value) => sigma * value));
    const x0 = predicted.map((value, i) => value - noise[i]);
    const current = { x0, lambda: lambdaOf(sigma) };
    const from = last ? correct(last, current, sigma) : predicted;
    last = { from, sigma, current, previous: to > 0 ? last?.current : undefined };
    return predict(last, to);
  };
}

/** Half log-SNR. */
function lambdaOf(sigma: number): number {
  return Math.log(1 - sigma) - Math.log(sigma);
}

/** UniP: extrapolates from the predictions up to the step's start. */
function predict({ from, sigma, current, previous }: PredictorStep, to: number): Float32Array {
  const { x0, lambda } = current;
  const h = lambdaOf(to) - lambda;
  const scale = (1 - to) * -Math.expm1(-h);
  const weight = previous ? h / (2 * (previous.lambda - lambda)) : 0;
  return from.map((x, i) => {
    const change = previous ? weight * (previous.x0[i] - x0[i]) : 0;
    return to / sigma * x + scale * (x0[i] + change);
  });
}

/** UniC: also uses the prediction at the step's end. */
function correct(step: PredictorStep, next: Prediction, to: number): Float32Array {
  const { from, sigma, current: { x0, lambda }, previous } = step;
  const h = next.lambda - lambda;
  const scale = (1 - to) * -Math.expm1(-h);
  const weights = correctorWeights(h, previous && (previous.lambda - lambda) / h);
  return from.map((x, i) => {
    const change = previous ? weights.previous * (previous.x0[i] - x0[i]) : 0;
    return to / sigma * x + scale * (x0[i] + change + weights.next * (next.x0[i] - x0[i]));
  });
}

/**
 * The corrector's weights of the differences to the previous and the next prediction: solves UniC's
 * order conditions for B₂, so that an x0 prediction quadratic in λ is integrated exactly.
 *
 * @param h The step in λ.
 * @param ratio Position of the previous prediction relative to this step's start, in units of h:
 *   negative. Without one, Diffusers uses the trapezoidal ½ instead of solving the condition; both
 *   are of second order.
 */
function correctorWeights(
  h: number,
  ratio: number | undefined,
): { previous: number; next: number } {
  if (ratio === undefined) return { previous: 0, next: 0.5 };
  const decay = Math.expm1(-h);
  const first = -1 / h - 1 / decay;
  const second = -2 * first / h - 1 / decay;
  const difference = (first - second) / (1 - ratio);
  return { previous: difference / ratio, next: first - difference };
}
