/** Sampling the latents of Wan's clips, as MicroVerse and as Diffusers do. */
import { InputError } from "../../../errors.ts";
import { denoise, type Solver, type Step } from "../../flow_matching.ts";
import { roundToBfloat16 } from "./bfloat16.ts";
import { eulerSchedule, unipcSchedule } from "./schedule.ts";
import { ROUNDINGS, WAN_SOLVERS, type WanSampling } from "../settings.ts";
import { torchNoise } from "./torch_noise.ts";
import { unipc } from "./unipc.ts";

/** The network, which predicts the velocity, noise − clip. */
export interface WanVelocity {
  /**
   * @param timestep 0 (clip) to 1000 (noise), as Wan's time embedding takes it.
   * @param condition The text to condition on; the prompt is evaluated first.
   * @returns As many values as there are latents.
   */
  velocity(
    latents: Float32Array,
    timestep: number,
    condition: "prompt" | "negativePrompt",
  ): Promise<Float32Array>;
}

/**
 * Samples one clip: yields each step, the last with the clip's latents. The `time` of a step is its
 * sigma, as for nano, and its `x0Prediction` is not rounded.
 *
 * @param shape Of the latents: channels, frames, height and width; the noise depends only on their
 *   product.
 * @param seed For {@link torchNoise}, the same noise as PyTorch's.
 * @throws {InputError} for options out of range.
 *
 * @example
 * ```ts
 * import { assertEquals, assertNear } from "../../../testing/assert.ts";
 * import { sampleWan } from "./sample.ts";
 *
 * // Towards one known clip the velocity is (x − clip) / σ, and any solver ends there.
 * const network = {
 *   velocity: (x: Float32Array, timestep: number, condition: "prompt" | "negativePrompt") => {
 *     const clip = condition === "prompt" ? 0.25 : 0.75;
 *     return Promise.resolve(x.map((value) => (value - clip) / (timestep / 1000)));
 *   },
 * };
 * const options = { guidance: 2, shift: 5, seed: 42, solver: "euler", rounding: "none" } as const;
 * let steps = 0;
 * for await (const step of sampleWan(network, { ...options, shape: [1, 1, 2, 2], steps: 4 })) {
 *   steps++;
 *   // Twice as far from the negative prompt's clip as the prompt's.
 *   if (step.time === 0) assertNear(step.latents[3], -0.25, 1e-4);
 * }
 * assertEquals(steps, 4);
 * ```
 */
export async function* sampleWan(
  network: WanVelocity,
  { shape, seed, ...sampling }: WanSampling & { shape: readonly number[]; seed: number },
): AsyncGenerator<Step> {
  const { solver, steps, shift, rounding } = checkWanSampling(sampling);
  const inBfloat16 = rounding === "bf16";
  const round = inBfloat16 ? roundToBfloat16 : (values: Float32Array) => values;
  const noise = torchNoise(seed, lengthOf(shape));
  const velocity = guided(network, sampling.guidance, round);
  if (solver === "unipc") {
    const { sigmas, timesteps } = unipcSchedule(steps, shift);
    yield* denoise(noise, sigmas, unipc(round), (x, _, i) => velocity(round(x), timesteps[i]));
  } else {
    const { sigmas, timesteps } = eulerSchedule(steps, shift);
    const rounded = inBfloat16 ? roundToBfloat16(Float32Array.from(timesteps)) : timesteps;
    yield* denoise(round(noise), sigmas, euler(round), (x, _, i) => velocity(x, rounded[i]));
  }
}

/**
 * Validates sampling options.
 *
 * @throws {InputError} for an option out of range.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../../testing/assert.ts";
 * import { checkWanSampling } from "./sample.ts";
 * import { MICROVERSE_SAMPLING } from "../settings.ts";
 *
 * const wanted = { ...MICROVERSE_SAMPLING, guidance: -1 };
 * await assertInputError(() => checkWanSampling(wanted), "guidance -1", "0 to 100");
 * ```
 */
export function checkWanSampling(sampling: WanSampling): WanSampling {
  const { steps, guidance, shift, solver, rounding } = sampling;
  eulerSchedule(steps, shift);
  if (!(guidance >= 0 && guidance <= 100)) {
    throw new InputError(`Cannot sample with guidance ${guidance}; expected 0 to 100`);
  }
  if (!WAN_SOLVERS.includes(solver)) {
    throw new InputError(`Unknown solver ${solver}; expected ${WAN_SOLVERS.join(" or ")}`);
  }
  if (!ROUNDINGS.includes(rounding)) {
    throw new InputError(`Unknown rounding ${rounding}; expected ${ROUNDINGS.join(" or ")}`);
  }
  return sampling;
}

/**
 * Network evaluations per clip (NFE): two per step, or one with a guidance of 1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { nfeOf } from "./sample.ts";
 *
 * assertEquals(nfeOf({ steps: 50, guidance: 5 }), 100);
 * ```
 */
export function nfeOf({ steps, guidance }: Pick<WanSampling, "steps" | "guidance">): number {
  return steps * (guidance === 1 ? 1 : 2);
}

function lengthOf(shape: readonly number[]): number {
  const length = shape.reduce((a, b) => a * b, 1);
  if (!shape.every((dim) => Number.isInteger(dim) && dim > 0) || length > 2 ** 31) {
    throw new InputError(`Cannot sample latents of shape [${shape.join(", ")}]`);
  }
  return length;
}

type Round = (values: Float32Array) => Float32Array;

/** Classifier-free guidance (Ho & Salimans, 2022), rounding after each operation. */
function guided(network: WanVelocity, guidance: number, round: Round) {
  return async (latents: Float32Array, timestep: number): Promise<Float32Array> => {
    const evaluate = async (condition: "prompt" | "negativePrompt") => {
      const velocity = await network.velocity(latents, timestep, condition);
      if (velocity.length === latents.length) return round(velocity);
      throw new Error(`${velocity.length} velocities for ${latents.length} latents`);
    };
    const positive = await evaluate("prompt");
    if (guidance === 1) return positive;
    const negative = await evaluate("negativePrompt");
    const difference = round(positive.map((value, i) => value - negative[i]));
    const scaled = round(difference.map((value) => guidance * value));
    return round(scaled.map((value, i) => negative[i] + value));
  };
}

/** Euler steps, rounding both the increment and the result. */
function euler(round: Round): Solver {
  return (latents, { time, velocity }, to) => {
    const step = Math.fround(to - time);
    const increment = round(velocity.map((value) => step * value));
    return round(latents.map((value, i) => value + increment[i]));
  };
}
