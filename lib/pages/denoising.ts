/** A clip on its way out of the noise, to be looked at. */
import { InputError } from "../errors.ts";
import type { Video } from "../video/types.ts";
import type { NanoOptions } from "../models/nano/nano.ts";
import { type Networks, openNetworks } from "../models/nano/networks.ts";
import { SAMPLING, type Sampling } from "../models/nano/sample.ts";
import { denoise, noiseOf, timesOf } from "../models/flow_matching.ts";
import { readWeights, type Weights } from "../models/nano/weights.ts";

/** What a step would lead to. */
export interface Look {
  /** 0 for the noise itself. */
  step: number;
  /** Time at which the model looked ahead: 1 is noise, 0 the clip. */
  time: number;
  /** The clip that this step foresees, as frames of 8-bit RGB. */
  frames: Uint8Array[];
}

/** A clip and how it came to be. */
export interface Denoising {
  /** The noise, then the steps looked at. */
  looks: Look[];
  steps: number;
  /** The finished clip. */
  video: Video;
}

/** How to sample, and at which steps to look. */
export interface LookOptions {
  sampling?: Sampling;
  /** Steps from 1; by default 1 and its doublings below the last. */
  at?: readonly number[];
}

/**
 * Samples a clip and decodes what some of its steps foresee: latents − time · velocity, which is the
 * clip if the velocity stays as it is. The clip is the one that sampling without looking gives.
 *
 * @throws {InputError} for a step to look at that sampling has not.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { lookAtSteps } from "./denoising.ts";
 *
 * // Towards one known clip the velocity is (x − clip) / t: every step foresees that clip.
 * const networks = {
 *   choice: { provider: "cpu" as const, considered: [] },
 *   encode: () => Promise.resolve({ values: new Float32Array(2), words: 1 }),
 *   velocity: (x: Float32Array, t: number) => Promise.resolve(x.map((v) => (v - 2) / t)),
 *   decode: (x: Float32Array) => Promise.resolve([Uint8Array.from(x, (v) => Math.round(100 + v))]),
 *   close: () => Promise.resolve(),
 * };
 * const shape = { latents: [1, 1, 1, 3] as [number, number, number, number], frames: 1, width: 1,
 *   height: 1, fps: 4 };
 * const { looks, video } = await lookAtSteps(networks, shape, "a cell", 0, { at: [1, 2] });
 * assertEquals(looks.map(({ step }) => step), [0, 1, 2]);
 * assertEquals([...looks[1].frames[0], ...video.frames[0]], [102, 102, 102, 102, 102, 102]);
 * ```
 */
export async function lookAtSteps(
  networks: Networks,
  shape: Weights["shape"],
  caption: string,
  seed: number,
  { sampling = SAMPLING, at = doublings(sampling.steps) }: LookOptions = {},
): Promise<Denoising> {
  const { steps } = sampling;
  const unknown = at.filter((step) => !Number.isInteger(step) || step < 1 || step > steps);
  if (unknown.length > 0) {
    throw new InputError(
      `Cannot look at step ${unknown.join(", ")} of ${steps}; expected steps from 1 to ${steps}`,
    );
  }
  const { width, height, fps } = shape;
  let latents: Float32Array = noiseOf(seed, shape.latents.reduce((a, b) => a * b));
  let time = 1;
  const looks: Look[] = [{ step: 0, time, frames: await networks.decode(latents) }];
  const times = timesOf(steps, sampling.shift);
  const text = await networks.encode(caption);
  const velocity = (x: Float32Array, t: number) => networks.velocity(x, t, text, sampling.guidance);
  for await (const step of denoise(latents, times, sampling.solver, velocity)) {
    if (at.includes(step.step)) {
      looks.push({ step: step.step, time, frames: await networks.decode(step.foreseen) });
    }
    ({ latents, time } = step);
  }
  return { looks, steps, video: { width, height, fps, frames: await networks.decode(latents) } };
}

/**
 * Opens a model, samples one clip and looks on; see {@link lookAtSteps}. It computes in this very
 * thread: for a notebook, where nothing else waits.
 *
 * @throws {InputError} as `openNano` does, and for a step to look at that sampling has not.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { watchDenoising } from "./denoising.ts";
 *
 * const model = { folder: "/tmp/none", model: "nano" };
 * await assertInputError(() => watchDenoising(model, "a cell divides", 0), "models.json");
 * ```
 */
export async function watchDenoising(
  { folder, model, provider = "auto", sampling }: NanoOptions,
  caption: string,
  seed: number,
  at?: readonly number[],
): Promise<Denoising> {
  const weights = await readWeights(folder, model);
  const networks = await openNetworks(weights, provider);
  try {
    const options = { sampling: { ...SAMPLING, ...sampling }, at };
    return await lookAtSteps(networks, weights.shape, caption, seed, options);
  } finally {
    await networks.close();
  }
}

/** 1, 2, 4 … below `steps`, and `steps`. */
function doublings(steps: number): number[] {
  const doubled = Array.from({ length: 10 }, (_, i) => 2 ** i).filter((step) => step < steps);
  return [...doubled, steps];
}
