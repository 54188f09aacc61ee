/** Decodes latents to frames, a few latent frames at a time. */
import type { Provider } from "../../../onnx/provider.ts";
import { type Network, openGraph, type Values } from "../../../onnx/session.ts";
import { type Cache, vaeGraphs } from "./vae.ts";
import { createCanvas } from "./vae_blend.ts";
import { compression, type VaeConfig } from "./vae_config.ts";
import { HISTORY } from "./vae_layers.ts";
import { type Tile, tilesOf, type Tiling } from "./vae_tiles.ts";
import type { Checkpoint } from "../checkpoint/weights.ts";

/** A decoder ready to run, for latents of any size. */
export interface VaeDecoder {
  config: VaeConfig;
  caches: readonly Cache[];
  /** See `vaeGraphs`. */
  first: Network;
  rest: Network;
  close(): Promise<void>;
}

/** A clip's latents, as the transformer outputs them. */
export interface Latents {
  /** `[channels, frames, height, width]`. */
  values: Float32Array;
  frames: number;
  height: number;
  width: number;
}

/** How to decode a clip. */
export interface DecodeOptions {
  /** Used for latents larger than a tile; without it, they are decoded whole. */
  tiling?: Tiling;
  /** Latent frames per run: more take more memory, but copy the caches less often. */
  together?: number;
  signal?: AbortSignal;
  /** Called with the latent frames decoded so far, counted separately for each tile. */
  onProgress?(done: number, total: number): void;
}

/**
 * Opens a checkpoint's VAE decoder.
 *
 * @throws {InputError} for weights that are missing or of another shape, or an unavailable provider.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../../testing/assert.ts";
 * import { openVae } from "./decode.ts";
 * import { WAN_VAE } from "./vae_config.ts";
 * import { checkpointOf } from "../checkpoint/weights.ts";
 *
 * const empty = checkpointOf("/models/wan/vae", new Map());
 * await assertInputError(() => openVae(empty, WAN_VAE, "cpu"), "/models/wan/vae", "decoder.conv1");
 * ```
 */
export async function openVae(
  checkpoint: Checkpoint,
  config: VaeConfig,
  provider: Provider,
): Promise<VaeDecoder> {
  const graphs = vaeGraphs(checkpoint, config);
  // The caches are far larger, and what is wrong in them is soon wrong in the frames.
  const checked = ["latents", "frames"];
  const first = await openGraph(graphs.first, provider, { checked });
  try {
    const rest = await openGraph(graphs.rest, provider, { checked });
    const close = async () => {
      await first.close();
      await rest.close();
    };
    return { config, caches: graphs.caches, first, rest, close };
  } catch (error) {
    await first.close();
    throw error;
  }
}

/**
 * The number of frames that latent frames decode to.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { framesOf } from "./decode.ts";
 * import { WAN_VAE } from "./vae_config.ts";
 *
 * assertEquals(framesOf(21, WAN_VAE), 81);
 * ```
 */
export function framesOf(latentFrames: number, config: VaeConfig): number {
  return 1 + compression(config).temporal * (latentFrames - 1);
}

/**
 * Decodes a clip: yields its frames in order, `[channels, height, width]` from -1 to 1. Without tiling
 * a frame is yielded as soon as it is decoded; with tiling, all frames are held until the last tile is
 * decoded.
 *
 * @throws {RangeError} for latents whose size does not match the number of values.
 * @throws {InputError} for tiles that leave gaps.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { decodeLatents, type VaeDecoder } from "./decode.ts";
 * import { WAN_VAE } from "./vae_config.ts";
 *
 * // A decoder whose every pixel has the same value.
 * const constant = (frames: number) => ({
 *   run: () => Promise.resolve({ frames: new Float32Array(frames * 3 * 64).fill(1.5) as never }),
 *   close: () => Promise.resolve(),
 * });
 * const close = () => Promise.resolve();
 * const vae: VaeDecoder = { config: WAN_VAE, caches: [], first: constant(1), rest: constant(4), close };
 * const latents = { values: new Float32Array(16 * 3), frames: 3, height: 1, width: 1 };
 * const frames = await Array.fromAsync(decodeLatents(vae, latents));
 * assertEquals(frames.length, 9);
 * assertEquals(frames[8], new Float32Array(3 * 8 * 8).fill(1));
 * ```
 */
export async function* decodeLatents(
  vae: VaeDecoder,
  latents: Latents,
  options: DecodeOptions = {},
): AsyncGenerator<Float32Array> {
  const { zDim, outChannels } = vae.config;
  const { values, frames, height, width } = latents;
  if (frames < 1 || values.length !== zDim * frames * height * width) {
    throw new RangeError(
      `Cannot decode ${values.length} values as latents [${zDim}, ${frames}, ${height}, ${width}]`,
    );
  }
  const { tiling, together = 1, onProgress } = options;
  if (!Number.isInteger(together) || together < 1) {
    throw new RangeError(`Cannot decode ${together} latent frames together; expected 1 or more`);
  }
  const isLarge = tiling && (height > tiling.size.height || width > tiling.size.width);
  const whole = { top: 0, left: 0, height, width, row: 0, column: 0 };
  const tiles = isLarge ? tilesOf(latents, tiling) : [whole];
  let done = 0;
  const progress = (more: number) => onProgress?.(done += more, tiles.length * frames);
  if (!isLarge) {
    for await (const frame of decodedTile(vae, latents, whole, options, progress)) {
      yield clamped(frame);
    }
    return;
  }
  const count = framesOf(frames, vae.config);
  const scale = compression(vae.config).spatial;
  const shape = { frames: count, channels: outChannels, latents: { height, width }, scale };
  const canvas = createCanvas(shape, tiling);
  for (const tile of tiles) {
    let index = 0;
    for await (const frame of decodedTile(vae, latents, tile, options, progress)) {
      canvas.add(tile, index++, frame);
    }
  }
  for (let index = 0; index < count; index++) yield clamped(canvas.frame(index));
}

/** Decodes a tile, yielding its frames in order. */
async function* decodedTile(
  vae: VaeDecoder,
  latents: Latents,
  tile: Tile,
  { together = 1, signal }: DecodeOptions,
  progress: (latentFrames: number) => void,
): AsyncGenerator<Float32Array> {
  const { zDim, outChannels } = vae.config;
  const scale = compression(vae.config).spatial;
  const each = outChannels * tile.height * tile.width * scale ** 2;
  let caches: Record<string, Values> = {};
  for (let t = 0; t < latents.frames;) {
    signal?.throwIfAborted();
    const count = t === 0 ? 1 : Math.min(together, latents.frames - t);
    const data = cropped(latents, zDim, tile, t, count);
    const dims = [count, zDim, tile.height, tile.width];
    const network = t === 0 ? vae.first : vae.rest;
    const outputs = await network.run({ latents: { type: "float32", data, dims }, ...caches });
    caches = nextCaches(vae.caches, outputs, tile);
    t += count;
    progress(count);
    for (let at = 0; at < outputs.frames.length; at += each) {
      yield outputs.frames.subarray(at, at + each);
    }
  }
}

/** The caches of the next run. */
function nextCaches(
  caches: readonly Cache[],
  outputs: Readonly<Record<string, Float32Array>>,
  { height, width }: Tile,
): Record<string, Values> {
  return Object.fromEntries(caches.map(({ name, channels, scale }) => {
    const dims = [HISTORY, channels, height * scale, width * scale];
    const data = outputs[`next_${name}`] ?? new Float32Array(dims.reduce((a, b) => a * b));
    return [name, { type: "float32" as const, data, dims }];
  }));
}

/** A tile's latent frames, as `[frames, channels, height, width]`. */
function cropped(
  { values, frames, height, width }: Latents,
  channels: number,
  tile: Tile,
  from: number,
  count: number,
): Float32Array {
  const data = new Float32Array(count * channels * tile.height * tile.width);
  let at = 0;
  for (let t = from; t < from + count; t++) {
    for (let c = 0; c < channels; c++) {
      for (let y = tile.top; y < tile.top + tile.height; y++) {
        const start = ((c * frames + t) * height + y) * width + tile.left;
        data.set(values.subarray(start, start + tile.width), at);
        at += tile.width;
      }
    }
  }
  return data;
}

function clamped(values: Float32Array): Float32Array {
  return values.map((value) => Math.max(-1, Math.min(1, value)));
}

/**
 * A frame as 8-bit RGB, rounded down like DiffSynth's and Diffusers' `export_to_video`.
 *
 * @param frame `[3, height, width]` from -1 to 1.
 * @returns Rows from the top, three bytes per pixel.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { rgbOf } from "./decode.ts";
 *
 * assertEquals(rgbOf(Float32Array.of(-1, 1, 0, 0, 1, 1)), Uint8Array.of(0, 127, 255, 255, 127, 255));
 * ```
 */
export function rgbOf(frame: Float32Array): Uint8Array {
  const pixels = frame.length / 3;
  const bytes = new Uint8Array(frame.length);
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) {
      // In 32 bits, as there, so that borderline values round to the same byte.
      bytes[3 * i + c] = Math.fround(Math.fround(frame[c * pixels + i] + 1) * 127.5);
    }
  }
  return bytes;
}
