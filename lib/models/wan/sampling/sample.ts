/** From noise to the latents of Wan's clip, as MicroVerse samples and as Diffusers does. */
import { InputError } from "../../../errors.ts";
import { denoise, type Step, type Stepper } from "../../flow_matching.ts";
import { roundToBfloat16 } from "./bfloat16.ts";
import { eulerSchedule, unipcSchedule } from "./schedule.ts";
import { torchNoise } from "./torch_noise.ts";
import { unipc } from "./unipc.ts";

/** MicroVerse's solver, and Diffusers'. */
export const WAN_SOLVERS = ["euler", "unipc"] as const;

export type WanSolver = typeof WAN_SOLVERS[number];

const ROUNDINGS = ["none", "bf16"] as const;

/** How Wan's clips are sampled. */
export interface WanSampling {
  /** 1 to 1000. */
  steps: number;
  /** How much further than with the negative prompt, 0 to 100; 1 asks with the text alone. */
  guidance: number;
  /** How far sigmas are moved towards noise, over 0 and at most 100. */
  shift: number;
  solver: WanSolver;
  /**
   * `bf16` rounds where those do whose network computes in bfloat16. MicroVerse (`euler`): noise,
   * latents after each step, timesteps, velocities and all arithmetic on them. Diffusers (`unipc`):
   * what the network is given, velocities and the arithmetic on those alone, while noise and latents
   * stay 32-bit floats.
   */
  rounding: typeof ROUNDINGS[number];
}

/** What `inference.py` of MicroVerse samples with; its seed is 42. */
export const MICROVERSE_SAMPLING: WanSampling = {
  steps: 50,
  guidance: 5,
  shift: 5,
  solver: "euler",
  rounding: "bf16",
};

/** What is asked for the velocity, noise − clip. */
export interface WanVelocity {
  /**
   * @param timestep 0 (a clip) to 1000 (noise), as Wan's time embedding takes it.
   * @param which Whether the text is asked with, or the negative prompt; the text comes first.
   * @returns As many values as latents.
   */
  velocity(
    latents: Float32Array,
    timestep: number,
    which: "text" | "negative",
  ): Promise<Float32Array>;
}

/**
 * Samples one clip: yields each step, the last with the clip's latents. `time` of a step is its sigma,
 * as nano's is, and `foreseen` is not rounded.
 *
 * @param shape Of the latents: channels, frames, height and width; the noise depends on their product
 *   alone.
 * @param seed Of {@link torchNoise}: PyTorch gives the same noise.
 * @throws {InputError} for options out of range.
 *
 * @example
 * ```ts
 * import { assertEquals, assertNear } from "../../../testing/assert.ts";
 * import { sampleWan } from "./sample.ts";
 *
 * // Towards one known clip the velocity is (x − clip) / σ, and any solver ends there.
 * const network = {
 *   velocity: (x: Float32Array, timestep: number, which: "text" | "negative") => {
 *     const clip = which === "text" ? 0.25 : 0.75;
 *     return Promise.resolve(x.map((value) => (value - clip) / (timestep / 1000)));
 *   },
 * };
 * const options = { guidance: 2, shift: 5, seed: 42, solver: "euler", rounding: "none" } as const;
 * let steps = 0;
 * for await (const step of sampleWan(network, { ...options, shape: [1, 1, 2, 2], steps: 4 })) {
 *   steps++;
 *   // Twice as far from the negative prompt's clip as the text's.
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
    const told = inBfloat16 ? roundToBfloat16(Float32Array.from(timesteps)) : timesteps;
    yield* denoise(round(noise), sigmas, euler(round), (x, _, i) => velocity(x, told[i]));
  }
}

/**
 * Sampling options in range.
 *
 * @throws {InputError} for one that is not.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../../testing/assert.ts";
 * import { checkWanSampling, MICROVERSE_SAMPLING } from "./sample.ts";
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

function lengthOf(shape: readonly number[]): number {
  const length = shape.reduce((a, b) => a * b, 1);
  if (!shape.every((dim) => Number.isInteger(dim) && dim > 0) || length > 2 ** 31) {
    throw new InputError(`Cannot sample latents of shape [${shape.join(", ")}]`);
  }
  return length;
}

type Round = (values: Float32Array) => Float32Array;

/** Classifier-free guidance (Ho & Salimans, 2022), each of its operations rounded. */
function guided(network: WanVelocity, guidance: number, round: Round) {
  return async (latents: Float32Array, timestep: number): Promise<Float32Array> => {
    const ask = async (which: "text" | "negative") => {
      const velocity = await network.velocity(latents, timestep, which);
      if (velocity.length === latents.length) return round(velocity);
      throw new Error(`${velocity.length} velocities for ${latents.length} latents`);
    };
    const text = await ask("text");
    if (guidance === 1) return text;
    const negative = await ask("negative");
    const further = round(text.map((value, i) => value - negative[i]));
    const scaled = round(further.map((value) => guidance * value));
    return round(scaled.map((value, i) => negative[i] + value));
  };
}

/** Euler's step, the way and its end each rounded. */
function euler(round: Round): Stepper {
  return (latents, { time, velocity }, to) => {
    const length = Math.fround(to - time);
    const way = round(velocity.map((value) => length * value));
    return round(latents.map((value, i) => value + way[i]));
  };
}
