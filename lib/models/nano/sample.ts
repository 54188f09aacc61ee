/** A caption in, a clip out, step by step. */
import type { Video } from "../../video/types.ts";
import type { Networks } from "./networks.ts";
import { denoise, noiseOf, type Solver, type Step, timesOf } from "../flow_matching.ts";
import type { Weights } from "./weights.ts";

/** How clips are sampled. */
export interface Sampling {
  steps: number;
  /** How much further than without the caption; 1 leaves it as the caption has it, 0 without it. */
  guidance: number;
  solver: Solver;
  /** How far times are moved towards noise; see `timesOf`. */
  shift: number;
}

/** Wan's guidance and shift are 5; small models need less. */
export const SAMPLING: Sampling = { steps: 12, guidance: 3, solver: "adams", shift: 3 };

/**
 * Samples clips of one caption together: yields each step with their latents, one clip after another.
 * The same seed and provider give the same values.
 *
 * @param caption Any text; of its words the first 80 are read, and none is as good as no caption.
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
  seeds.forEach((seed, i) => noise.set(noiseOf(seed, each), i * each));
  yield* denoise(
    noise,
    timesOf(steps, shift),
    solver,
    (latents, time) => networks.velocity(latents, time, text, guidance),
  );
}

/** The latents of whole clips; see {@link sampleSteps}. */
export async function sampleLatents(
  ...of: Parameters<typeof sampleSteps>
): Promise<Float32Array> {
  let latents: Float32Array = new Float32Array();
  for await (const step of sampleSteps(...of)) latents = step.latents;
  return latents;
}

/** The latents of clips as clips. */
export async function painted(
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
