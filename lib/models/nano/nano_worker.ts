/** The Worker that samples clips; see `nano.ts`. */
import { atStage } from "../not_finite.ts";
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
  const advice = () =>
    "The weights may hold NaN, or the training have diverged: export an earlier state of it, or try " +
    (networks.choice.provider === "cpu" ? "" : "--provider cpu, ") + "more steps or less guidance";
  let done = 0;
  const guarded: Networks = {
    ...networks,
    encode: (caption) => atStage("in the text encoder", () => networks.encode(caption), advice),
    velocity: (...given) =>
      atStage(
        `in step ${done + 1} of ${sampling.steps}`,
        () => networks.velocity(...given),
        advice,
      ),
  };
  let latents: Float32Array = new Float32Array();
  for await (const step of sampleSteps(guarded, weights, caption, seeds, sampling)) {
    if (Atomics.load(stop, 0) !== 0) throw new Error("stopped");
    latents = step.latents;
    done = step.step;
  }
  return await atStage(
    "while decoding",
    () => decodeLatentBatch(networks, weights, latents),
    advice,
  );
}
