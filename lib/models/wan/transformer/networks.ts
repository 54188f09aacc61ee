/** Wan's three networks on one provider. */
import { InputError, messageOf } from "../../../errors.ts";
import { plainlyAbsent } from "../../../onnx/devices.ts";
import {
  type Choice,
  chooseProvider,
  type Provider,
  relativeDifference,
  type Trial,
} from "../../../onnx/provider.ts";
import { type Network, openGraph } from "../../../onnx/session.ts";
import { noiseOf } from "../../flow_matching.ts";
import { type AttentionKind, ATTENTIONS } from "./attention.ts";
import { AGREEMENT, type Compute } from "./compute.ts";
import { flopsOf } from "./cost.ts";
import { type DitConfig, ditGraph, type LatentSize, timestepEmbedding } from "./dit.ts";
import { TEXT_ROWS } from "./dit_block.ts";
import type { Lora } from "./dit_layers.ts";
import type { Part } from "../checkpoint/parts.ts";

/** Of a folder of Wan, its transformer. */
interface WanTransformerPart {
  transformer: Part<DitConfig>;
}

/** Where and how the networks compute, and how fast. */
export interface WanPlace extends Choice {
  attention: AttentionKind;
  /** What matrices are multiplied in. */
  compute: Compute;
  /** Floating-point operations a second on the test input. */
  speed: number;
}

/** The transformer, ready for latents of one size. */
export interface WanTransformer {
  /** The velocity of a clip's latents `[channels, frames, height, width]` at a time of 0 to 1000. */
  velocity(latents: Float32Array, time: number, text: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Enough tokens that a wrong kernel shows: one is right below 64 and wrong above. */
const TRIAL: LatentSize = { frames: 2, height: 16, width: 16 };

/**
 * Chooses where to compute by trying the transformer's first block on a small input; attention is
 * fused where that gives what the CPU gives, and made of its parts where it does not.
 *
 * @throws {InputError} for a provider that cannot be had or computes something else than the CPU.
 */
export async function chooseWanPlace(
  wan: WanTransformerPart,
  wanted: "auto" | Provider,
  compute: Compute,
): Promise<WanPlace> {
  const attentions = new Map<Provider, AttentionKind>();
  const trials = new Map<Provider, Trial>();
  const first = { ...wan.transformer.config, layers: 1 };
  const attempt = async (provider: Provider): Promise<Trial> => {
    const absent = wanted === "auto" ? plainlyAbsent(provider) : null;
    if (absent !== null) throw new Error(absent);
    let trial: Trial | undefined;
    for (const attention of ATTENTIONS) {
      // The CPU is what others are compared with, and so computes in 32 bits.
      const own = provider === "cpu" ? "f32" : compute;
      trial = await trialOf(wan, first, provider, { attention, compute: own });
      attentions.set(provider, attention);
      const reference = trials.get("cpu") ?? trial;
      if (relativeDifference(trial.values, reference.values) <= AGREEMENT[compute]) break;
    }
    trials.set(provider, trial!);
    return trial!;
  };
  const choice = await chooseProvider(wanted, attempt, AGREEMENT[compute]);
  const { provider } = choice;
  const trial = trials.get(provider) ?? await attempt(provider);
  const speed = flopsOf(first, TRIAL) / trial.seconds;
  return { ...choice, attention: attentions.get(provider)!, compute, speed };
}

async function trialOf(
  { transformer: { weights } }: WanTransformerPart,
  config: DitConfig,
  provider: Provider,
  options: Pick<WanPlace, "attention" | "compute">,
): Promise<Trial> {
  const network = await openGraph(ditGraph(weights, config, TRIAL, options), provider);
  try {
    const transformer = asked(network, config, TRIAL);
    const count = config.inChannels * TRIAL.frames * TRIAL.height * TRIAL.width;
    const text = noiseOf(1, TEXT_ROWS * config.textDim);
    const run = () => transformer.velocity(noiseOf(0, count), 500, text);
    await run();
    const began = performance.now();
    const values = await run();
    return { values, seconds: (performance.now() - began) / 1000 };
  } finally {
    await network.close();
  }
}

/**
 * Opens the transformer for clips of one size.
 *
 * @throws {InputError} for weights or a LoRA that do not fit, or latents that cannot be cut into
 * patches; for a provider that cannot multiply in what is asked for.
 */
export async function openTransformer(
  { transformer: { weights, config } }: WanTransformerPart,
  size: LatentSize,
  { provider, attention, compute }: Pick<WanPlace, "provider" | "attention" | "compute">,
  lora?: Lora,
): Promise<WanTransformer> {
  const graph = ditGraph(weights, config, size, { attention, lora, compute });
  try {
    return asked(await openGraph(graph, provider), config, size);
  } catch (error) {
    if (compute === "f32") throw error;
    throw new InputError(
      `Cannot multiply matrices in ${compute} on ${provider}: ${messageOf(error)}`,
    );
  }
}

function asked(
  network: Network,
  { inChannels, freqDim, textDim }: DitConfig,
  { frames, height, width }: LatentSize,
): WanTransformer {
  return {
    async velocity(latents, time, text) {
      const { velocity } = await network.run({
        latents: { type: "float32", data: latents, dims: [inChannels, frames, height, width] },
        time: { type: "float32", data: timestepEmbedding(time, freqDim), dims: [1, freqDim] },
        text: { type: "float32", data: text, dims: [text.length / textDim, textDim] },
      });
      return velocity;
    },
    close: () => network.close(),
  };
}
