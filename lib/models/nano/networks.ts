/** A model's three networks on one provider. */
import { plainlyAbsent } from "../../onnx/devices.ts";
import { type Network, openNetwork } from "../../onnx/session.ts";
import { type Choice, chooseProvider, type Provider, type Trial } from "../../onnx/provider.ts";
import { noiseOf } from "../flow_matching.ts";
import type { Weights } from "./weights.ts";
import { pieceRows, PIECES } from "./words.ts";

/** An encoded caption, and no caption: `2 · words · width` values. */
export interface EncodedText {
  values: Float32Array;
  words: number;
}

/** A model ready to sample. */
export interface Networks {
  readonly choice: Choice;
  encode(caption: string): Promise<EncodedText>;
  /** The velocity of some clips' latents, one after another, all at one time. */
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

/** What a provider is tried on: one step and one clip, of a caption that everybody can read. */
const TRIAL_CAPTION = "a cell divides in two";

/**
 * Opens a model's networks on the provider asked for, or the best there is.
 *
 * @throws {InputError} for weights that are no networks, or a provider that cannot be had or that
 * computes something else than the CPU does.
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
    // Asked for by name, a provider is tried whatever the files say.
    const absent = wanted === "auto" ? plainlyAbsent(provider) : null;
    if (absent !== null) throw new Error(absent);
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
    for (const { file, bytes } of [networks.text, networks.velocity, networks.decoder]) {
      opened.push(await openNetwork(bytes, file, provider));
    }
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
  const [encoder, stepper, painter] = opened;
  const each = shape.latents.reduce((a, b) => a * b);
  return {
    async encode(caption) {
      const rows = pieceRows(caption);
      const words = rows.length / PIECES;
      const ids = BigInt64Array.from(rows, BigInt);
      const found = await encoder.run({
        ids: { type: "int64", data: ids, dims: [1, words, PIECES] },
      });
      return { values: found.text, words };
    },
    async velocity(latents, time, { values, words }, guidance) {
      const found = await stepper.run({
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
      const { frames } = await painter.run<Uint8Array>({
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
  const latents = noiseOf(0, shape.latents.reduce((a, b) => a * b));
  const run = async () => {
    const text = await networks.encode(TRIAL_CAPTION);
    const velocity = await networks.velocity(latents, 0.5, text, 3);
    const frames = await networks.decode(latents);
    return [velocity, Float32Array.from(frames[shape.frames - 1])];
  };
  await run();
  const began = performance.now();
  const [velocity, frame] = await run();
  const seconds = (performance.now() - began) / 1000;
  // The frame on the velocity's scale, so that neither hides the other's errors.
  const largest = velocity.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const values = new Float32Array(velocity.length + frame.length);
  values.set(velocity);
  values.set(frame.map((value) => value / 255 * largest), velocity.length);
  return { values, seconds };
}
