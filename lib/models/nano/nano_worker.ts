/** The Worker that samples clips; see `nano.ts`. */
import type { Video } from "../../video/types.ts";
import { serve } from "../../workers.ts";
import { type Networks, openNetworks } from "./networks.ts";
import type { NanoJob, NanoResult } from "./nano.ts";
import { decodeLatentBatch, sampleSteps } from "./sample.ts";
import { readWeights, type Weights } from "./weights.ts";

let opened: Promise<{ weights: Weights; networks: Networks }> | undefined;

serve(async (job: NanoJob): Promise<NanoResult> => {
  opened ??= open(job);
  const { weights, networks } = await opened;
  return {
    choice: networks.choice,
    videos: job.sample ? await sampleClips(weights, networks, job.sample) : [],
  };
});

async function open({ folder, model, provider }: NanoJob) {
  const weights = await readWeights(folder, model);
  return { weights, networks: await openNetworks(weights, provider) };
}

async function sampleClips(
  weights: Weights,
  networks: Networks,
  { caption, seeds, sampling, stop }: NonNullable<NanoJob["sample"]>,
): Promise<Video[]> {
  let latents: Float32Array = new Float32Array();
  for await (const step of sampleSteps(networks, weights, caption, seeds, sampling)) {
    if (Atomics.load(stop, 0) !== 0) throw new Error("stopped");
    latents = step.latents;
  }
  return await decodeLatentBatch(networks, weights, latents);
}
