/** Wan's transformer on a provider, and the choice of one. */
import { InputError, messageOf } from "../../../errors.ts";
import { unavailableReason } from "../../../onnx/devices.ts";
import {
  type Choice,
  chooseProvider,
  type Provider,
  relativeDifference,
  type Trial,
} from "../../../onnx/provider.ts";
import { type Network, openGraph } from "../../../onnx/session.ts";
import { gaussianNoise } from "../../flow_matching.ts";
import { type AttentionKind, ATTENTIONS } from "./attention.ts";
import { DTYPE_TOLERANCE } from "./compute_dtype.ts";
import type { ComputeDtype } from "../settings.ts";
import { flopsOf } from "./cost.ts";
import { type DitConfig, ditGraph, type LatentSize, timestepEmbedding } from "./dit.ts";
import { TEXT_ROWS } from "./dit_block.ts";
import type { Lora } from "./dit_layers.ts";
import type { Part } from "../checkpoint/parts.ts";

/** The transformer of a Wan folder. */
interface WanTransformerPart {
  transformer: Part<DitConfig>;
}

/** The provider and kernels that the networks use, and their throughput. */
export interface WanBackend extends Choice {
  attention: AttentionKind;
  /** Dtype of matrix products. */
  dtype: ComputeDtype;
  /** Throughput on the test input. */
  flopsPerSecond: number;
}

/** The transformer, ready for latents of one size. */
export interface WanTransformer {
  /** The velocity of latents `[channels, frames, height, width]` at a timestep from 0 to 1000. */
  velocity(latents: Float32Array, timestep: number, text: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Large enough to expose broken kernels: one is correct below 64 tokens and wrong above. */
const TRIAL: LatentSize = { frames: 2, height: 16, width: 16 };

/**
 * Chooses provider and attention by trying the transformer's first block on a small input; attention
 * is fused if that agrees with the CPU, and chunked otherwise.
 *
 * @throws {InputError} for a provider that is unavailable or disagrees with the CPU.
 */
export async function chooseWanBackend(
  wan: WanTransformerPart,
  wanted: "auto" | Provider,
  dtype: ComputeDtype,
): Promise<WanBackend> {
  const attentions = new Map<Provider, AttentionKind>();
  const trials = new Map<Provider, Trial>();
  const first = { ...wan.transformer.config, layers: 1 };
  const attempt = async (provider: Provider): Promise<Trial> => {
    const reason = wanted === "auto" ? unavailableReason(provider) : null;
    if (reason !== null) throw new Error(reason);
    let trial: Trial | undefined;
    for (const attention of ATTENTIONS) {
      // The CPU is the reference, so it computes in 32 bits.
      const trialDtype = provider === "cpu" ? "f32" : dtype;
      trial = await trialOf(wan, first, provider, { attention, dtype: trialDtype });
      attentions.set(provider, attention);
      const reference = trials.get("cpu") ?? trial;
      if (relativeDifference(trial.values, reference.values) <= DTYPE_TOLERANCE[dtype]) break;
    }
    trials.set(provider, trial!);
    return trial!;
  };
  const choice = await chooseProvider(wanted, attempt, DTYPE_TOLERANCE[dtype]);
  const { provider } = choice;
  const trial = trials.get(provider) ?? await attempt(provider);
  const flopsPerSecond = flopsOf(first, TRIAL) / trial.seconds;
  return { ...choice, attention: attentions.get(provider)!, dtype, flopsPerSecond };
}

async function trialOf(
  { transformer: { weights } }: WanTransformerPart,
  config: DitConfig,
  provider: Provider,
  options: Pick<WanBackend, "attention" | "dtype">,
): Promise<Trial> {
  // Values that are not finite differ from the CPU's, which other kernels may not.
  const graph = ditGraph(weights, config, TRIAL, options);
  const network = await openGraph(graph, provider, { checked: [] });
  try {
    const transformer = transformerOf(network, config, TRIAL);
    const count = config.inChannels * TRIAL.frames * TRIAL.height * TRIAL.width;
    const text = gaussianNoise(1, TEXT_ROWS * config.textDim);
    const run = () => transformer.velocity(gaussianNoise(0, count), 500, text);
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
 * @throws {InputError} for weights or a LoRA that do not fit, latents that cannot be divided into
 * patches, or a provider that does not support the dtype.
 */
export async function openTransformer(
  { transformer: { weights, config } }: WanTransformerPart,
  size: LatentSize,
  { provider, attention, dtype }: Pick<WanBackend, "provider" | "attention" | "dtype">,
  lora?: Lora,
): Promise<WanTransformer> {
  const graph = ditGraph(weights, config, size, { attention, lora, dtype });
  try {
    return transformerOf(await openGraph(graph, provider), config, size);
  } catch (error) {
    if (dtype === "f32") throw error;
    throw new InputError(
      `Cannot multiply matrices in ${dtype} on ${provider}: ${messageOf(error)}`,
    );
  }
}

function transformerOf(
  network: Network,
  { inChannels, freqDim, textDim }: DitConfig,
  { frames, height, width }: LatentSize,
): WanTransformer {
  return {
    async velocity(latents, timestep, text) {
      const { velocity } = await network.run({
        latents: { type: "float32", data: latents, dims: [inChannels, frames, height, width] },
        time: { type: "float32", data: timestepEmbedding(timestep, freqDim), dims: [1, freqDim] },
        text: { type: "float32", data: text, dims: [text.length / textDim, textDim] },
      });
      return velocity;
    },
    close: () => network.close(),
  };
}
