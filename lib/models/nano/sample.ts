/** Sampling a caption's clips, step by step. */
import type { Video } from "../../video/types.ts";
import type { Networks } from "./networks.ts";
import { denoise, gaussianNoise, shiftedTimesteps, type Step } from "../flow_matching.ts";
import type { Sampling } from "./sampling.ts";
import type { Weights } from "./weights.ts";

/**
 * Samples a batch of clips of one caption: yields each step with the latents of all clips in turn.
 * The same seed and provider give the same values.
 *
 * @param caption Any text. Its first 80 words are read; one without any words is unconditional.
 */
export async function* sampleSteps(
  networks: Networks,
  { shape }: Weights,
  caption: string,
  seeds: readonly number[],
  { steps, guidance, solver, shift }: Sampling,
): AsyncGenerator<Step> {
  const text = await networks.encode(caption);
  const each = shape.latents.reduce((a, b) => a * b);
  const noise = new Float32Array(seeds.length * each);
  seeds.forEach((seed, i) => noise.set(gaussianNoise(seed, each), i * each));
  yield* denoise(
    noise,
    shiftedTimesteps(steps, shift),
    solver,
    (latents, time) => networks.velocity(latents, time, text, guidance),
  );
}

/** The latents of the finished clips; see {@link sampleSteps}. */
export async function sampleLatents(
  ...args: Parameters<typeof sampleSteps>
): Promise<Float32Array> {
  let latents: Float32Array = new Float32Array();
  for await (const step of sampleSteps(...args)) latents = step.latents;
  return latents;
}

/** Decodes the latents of one or more clips. */
export async function decodeLatentBatch(
  networks: Networks,
  { shape: { latents: dims, width, height, fps } }: Weights,
  latents: Float32Array,
): Promise<Video[]> {
  const each = dims.reduce((a, b) => a * b);
  const videos: Video[] = [];
  for (let start = 0; start < latents.length; start += each) {
    const frames = await networks.decode(latents.slice(start, start + each));
    videos.push({ width, height, fps, frames });
  }
  return videos;
}
