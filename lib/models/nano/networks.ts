/** A model's three networks on one provider. */
import { ClipError } from "../../errors.ts";
import { unavailableReason } from "../../onnx/devices.ts";
import { withRawOutput } from "../../onnx/raw_output.ts";
import { type Network, openNetwork } from "../../onnx/session.ts";
import { type Choice, chooseProvider, type Provider, type Trial } from "../../onnx/provider.ts";
import { gaussianNoise } from "../flow_matching.ts";
import type { Weights } from "./weights.ts";
import { pieceIds, PIECES } from "./words.ts";

/** Encoder states with and without the caption: `2 · words · width` values. */
export interface EncodedText {
  values: Float32Array;
  words: number;
}

/** A model ready to sample. */
export interface Networks {
  readonly choice: Choice;
  encode(caption: string): Promise<EncodedText>;
  /** The guided velocity of a batch of clips' latents at one time. */
  velocity(
    latents: Float32Array,
    time: number,
    text: EncodedText,
    guidance: number,
  ): Promise<Float32Array>;
  /** A clip's frames as 8-bit RGB. */
  decode(latents: Float32Array): Promise<Uint8Array[]>;
  close(): Promise<void>;
}

/** The caption of the trial: one sampling step and one decoded clip. */
const TRIAL_CAPTION = "a cell divides in two";

/**
 * Opens a model's networks on the requested provider, or on the fastest one.
 *
 * @throws {InputError} for weights that cannot be loaded, or a provider that is unavailable or
 * disagrees with the CPU.
 */
export async function openNetworks(
  weights: Weights,
  wanted: "auto" | Provider,
): Promise<Networks> {
  const open = new Map<Provider, Opened>();
  const on = async (provider: Provider) => {
    const opened = open.get(provider) ?? await openOn(weights, provider);
    open.set(provider, opened);
    return opened;
  };
  const attempt = async (provider: Provider): Promise<Trial> => {
    // A provider requested by name is always tried.
    const reason = wanted === "auto" ? unavailableReason(provider) : null;
    if (reason !== null) throw new Error(reason);
    return trialOf(await on(provider), weights);
  };
  const choice = await chooseProvider(wanted, attempt);
  const chosen = await on(choice.provider);
  for (const [provider, opened] of open) {
    if (provider !== choice.provider) await opened.close();
  }
  return { ...chosen, choice };
}

type Opened = Omit<Networks, "choice">;

async function openOn({ shape, networks }: Weights, provider: Provider): Promise<Opened> {
  const opened: Network[] = [];
  try {
    // Bytes are always finite: what they are rounded from must be.
    const decoder = { ...networks.decoder, bytes: withRawOutput(networks.decoder.bytes, "frames") };
    for (const { file, bytes } of [networks.text, networks.velocity, decoder]) {
      opened.push(await openNetwork(bytes, file, provider));
    }
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
  const [encoder, transformer, decoder] = opened;
  const each = shape.latents.reduce((a, b) => a * b);
  return {
    async encode(caption) {
      const pieces = pieceIds(caption);
      const words = pieces.length / PIECES;
      const ids = BigInt64Array.from(pieces, BigInt);
      const found = await encoder.run({
        ids: { type: "int64", data: ids, dims: [1, words, PIECES] },
      });
      return { values: found.text, words };
    },
    async velocity(latents, time, { values, words }, guidance) {
      const found = await transformer.run({
        latents: {
          type: "float32",
          data: latents,
          dims: [latents.length / each, ...shape.latents],
        },
        time: { type: "float32", data: Float32Array.of(time), dims: [1] },
        text: { type: "float32", data: values, dims: [2, words, values.length / 2 / words] },
        guidance: { type: "float32", data: Float32Array.of(guidance), dims: [] },
      });
      return found.velocity;
    },
    async decode(latents) {
      const { frames } = await decoder.run<Uint8Array>({
        latents: { type: "float32", data: latents, dims: [1, ...shape.latents] },
      });
      const size = frames.length / shape.frames;
      return Array.from(
        { length: shape.frames },
        (_, t) => frames.slice(t * size, (t + 1) * size),
      );
    },
    close: () => closeAll(opened),
  };
}

async function closeAll(networks: readonly Network[]): Promise<void> {
  for (const network of networks) await network.close();
}

async function trialOf(networks: Opened, { shape }: Weights): Promise<Trial> {
  const latents = gaussianNoise(0, shape.latents.reduce((a, b) => a * b));
  const run = async () => {
    const text = await networks.encode(TRIAL_CAPTION);
    const velocity = await networks.velocity(latents, 0.5, text, 3);
    const frames = await networks.decode(latents);
    return [velocity, Float32Array.from(frames[shape.frames - 1])];
  };
  try {
    await run();
  } catch (error) {
    // Comparing says so of it; the clips that fail, too.
    if (error instanceof ClipError) return { values: Float32Array.of(NaN), seconds: Infinity };
    throw error;
  }
  const began = performance.now();
  const [velocity, frame] = await run();
  const seconds = (performance.now() - began) / 1000;
  // The frame is scaled to the velocity's range, so that neither hides the other's errors.
  const largest = velocity.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const values = new Float32Array(velocity.length + frame.length);
  values.set(velocity);
  values.set(frame.map((value) => value / 255 * largest), velocity.length);
  return { values, seconds };
}
