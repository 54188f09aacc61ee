/** The Worker that samples clips; see `nano.ts`. */
import type { Video } from "../../video/types.ts";
import { serve } from "../../workers.ts";
import { type Networks, openNetworks } from "./networks.ts";
import type { NanoAnswer, NanoJob } from "./nano.ts";
import { painted, sampleSteps } from "./sample.ts";
import { readWeights, type Weights } from "./weights.ts";

let opened: Promise<{ weights: Weights; networks: Networks }> | undefined;

serve(async (job: NanoJob): Promise<NanoAnswer> => {
  opened ??= open(job);
  const { weights, networks } = await opened;
  return {
    choice: networks.choice,
    video: job.ask && await clipOf(weights, networks, job.ask),
  };
});

async function open({ folder, model, provider }: NanoJob) {
  const weights = await readWeights(folder, model);
  return { weights, networks: await openNetworks(weights, provider) };
}

async function clipOf(
  weights: Weights,
  networks: Networks,
  { caption, seed, sampling }: NonNullable<NanoJob["ask"]>,
): Promise<Video> {
  let latents = new Float32Array();
  for await (const step of sampleSteps(networks, weights, caption, seed, sampling)) {
    latents = step.latents as Float32Array<ArrayBuffer>;
  }
  return await painted(networks, weights, latents);
}
