/** Previews of a clip's x0 prediction during sampling. */
import { InputError } from "../errors.ts";
import { PROJECT } from "../paths.ts";
import type { Video } from "../video/types.ts";
import type { Networks } from "../models/nano/networks.ts";
import { SAMPLING, type Sampling } from "../models/nano/sampling.ts";
import { denoise, gaussianNoise, shiftedTimesteps } from "../models/flow_matching.ts";
import { readWeights, type Weights } from "../models/nano/weights.ts";
import { lazy } from "../lazy.ts";

const loadNetworks = lazy<typeof import("../models/nano/networks.ts")>(
  new URL("../models/nano/networks.ts", import.meta.url),
);

/** The decoded x0 prediction of a step. */
export interface StepPreview {
  /** 0 for the noise itself. */
  step: number;
  /** Time at which the velocity was evaluated: 1 is noise, 0 the clip. */
  time: number;
  /** The decoded x0 prediction, as frames of 8-bit RGB. */
  frames: Uint8Array[];
}

/** A clip and the previews of its sampling. */
export interface Denoising {
  /** The noise, then the selected steps. */
  previews: StepPreview[];
  /** Number of sampling steps. */
  steps: number;
  /** The finished clip. */
  video: Video;
}

/** How to sample, and which steps to preview. */
export interface PreviewOptions {
  /** By default the model's own. */
  sampling?: Sampling;
  /** Steps to preview, from 1; by default the powers of two and the last. */
  at?: readonly number[];
}

/** Options for a model loaded from a folder. */
export interface WatchOptions extends PreviewOptions {
  /** By default the folder of the embedded models. */
  folder?: string;
}

/**
 * Samples a clip and decodes the x0 predictions of some of its steps. The clip is the same as without
 * previews.
 *
 * @throws {InputError} for a step to preview that is out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { denoiseWithPreviews } from "./denoising.ts";
 *
 * // Towards one known clip the velocity is (x − clip) / t: every x0 prediction is that clip.
 * const networks = {
 *   choice: { provider: "cpu" as const, considered: [] },
 *   encode: () => Promise.resolve({ values: new Float32Array(2), words: 1 }),
 *   velocity: (x: Float32Array, t: number) => Promise.resolve(x.map((v) => (v - 2) / t)),
 *   decode: (x: Float32Array) => Promise.resolve([Uint8Array.from(x, (v) => Math.round(100 + v))]),
 *   close: () => Promise.resolve(),
 * };
 * const shape = { latents: [1, 1, 1, 3] as [number, number, number, number], frames: 1, width: 1,
 *   height: 1, fps: 4 };
 * const options = { at: [1, 2] };
 * const { previews, video } = await denoiseWithPreviews(networks, shape, "a cell", 0, options);
 * assertEquals(previews.map(({ step }) => step), [0, 1, 2]);
 * assertEquals([...previews[1].frames[0], ...video.frames[0]], [102, 102, 102, 102, 102, 102]);
 * ```
 */
export async function denoiseWithPreviews(
  networks: Networks,
  shape: Weights["shape"],
  caption: string,
  seed: number,
  { sampling = SAMPLING, at = powersOfTwo(sampling.steps) }: PreviewOptions = {},
): Promise<Denoising> {
  const { steps } = sampling;
  const unknown = at.filter((step) => !Number.isInteger(step) || step < 1 || step > steps);
  if (unknown.length > 0) {
    throw new InputError(
      `Cannot preview step ${unknown.join(", ")} of ${steps}; expected steps from 1 to ${steps}`,
    );
  }
  const { width, height, fps } = shape;
  let latents: Float32Array = gaussianNoise(seed, shape.latents.reduce((a, b) => a * b));
  let time = 1;
  const previews: StepPreview[] = [{ step: 0, time, frames: await networks.decode(latents) }];
  const timesteps = shiftedTimesteps(steps, sampling.shift);
  const text = await networks.encode(caption);
  const velocity = (x: Float32Array, t: number) => networks.velocity(x, t, text, sampling.guidance);
  for await (const step of denoise(latents, timesteps, sampling.solver, velocity)) {
    if (at.includes(step.step)) {
      previews.push({ step: step.step, time, frames: await networks.decode(step.x0Prediction) });
    }
    ({ latents, time } = step);
  }
  return { previews, steps, video: { width, height, fps, frames: await networks.decode(latents) } };
}

/**
 * Samples one clip of an embedded model with previews; see {@link denoiseWithPreviews}. It computes on
 * the CPU in this thread, which is fine in a notebook.
 *
 * @param model `nano`, `s-base` or `l-base`.
 * @throws {InputError} if the weights are missing, or a step to preview is out of range.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { watchDenoising } from "./denoising.ts";
 *
 * const elsewhere = { folder: "/tmp/none" };
 * await assertInputError(() => watchDenoising("nano", "a cell", 0, elsewhere), "models.json");
 * ```
 */
export async function watchDenoising(
  model: string,
  caption: string,
  seed: number,
  { folder = PROJECT.models, ...options }: WatchOptions = {},
): Promise<Denoising> {
  const { openNetworks } = await loadNetworks();
  const weights = await readWeights(folder, model);
  const networks = await openNetworks(weights, "cpu");
  try {
    return await denoiseWithPreviews(networks, weights.shape, caption, seed, options);
  } finally {
    await networks.close();
  }
}

/** Powers of two below `steps`, and `steps`. */
function powersOfTwo(steps: number): number[] {
  const powers = Array.from({ length: 10 }, (_, i) => 2 ** i).filter((step) => step < steps);
  return [...powers, steps];
}
