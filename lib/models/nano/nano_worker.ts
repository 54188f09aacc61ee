/** The Worker that samples clips; see `nano.ts`. */
import type { Video } from "../../video/types.ts";
import { serve } from "../../workers.ts";
import { type Networks, openNetworks } from "./networks.ts";
import type { NanoAnswer, NanoJob } from "./nano.ts";
import { painted, sampleLatents } from "./sample.ts";
import { readWeights, type Weights } from "./weights.ts";

let opened: Promise<{ weights: Weights; networks: Networks }> | undefined;

serve(async (job: NanoJob): Promise<NanoAnswer> => {
  opened ??= open(job);
  const { weights, networks } = await opened;
  return {
    choice: networks.choice,
    videos: job.ask ? await clipsOf(weights, networks, job.ask) : [],
  };
});

async function open({ folder, model, provider }: NanoJob) {
  const weights = await readWeights(folder, model);
  return { weights, networks: await openNetworks(weights, provider) };
}

async function clipsOf(
  weights: Weights,
  networks: Networks,
  { caption, seeds, sampling }: NonNullable<NanoJob["ask"]>,
): Promise<Video[]> {
  const latents = await sampleLatents(networks, weights, caption, seeds, sampling);
  return await painted(networks, weights, latents);
}
