/** From latents to frames, a piece at a time. */
import type { Provider } from "../../../onnx/provider.ts";
import { type Network, openGraph, type Values } from "../../../onnx/session.ts";
import { type Cache, vaeGraphs } from "./vae.ts";
import { pictureOf } from "./vae_blend.ts";
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

/** A clip as the transformer gives it. */
export interface Latents {
  /** `[channels, frames, height, width]`. */
  values: Float32Array;
  frames: number;
  height: number;
  width: number;
}

/** How a clip is decoded. */
export interface DecodeOptions {
  /** For latents larger than a tile; all at once where absent. */
  tiling?: Tiling;
  /** Latent frames that a run takes: more need more memory, and move the caches less often. */
  together?: number;
  signal?: AbortSignal;
  /** Is told how many latent frames are done, those of each tile counted apart. */
  onProgress?(done: number, total: number): void;
}

/**
 * Opens a checkpoint's VAE decoder.
 *
 * @throws {InputError} for weights that are missing or of another shape, or a provider that cannot be
 * had.
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
  const first = await openGraph(graphs.first, provider);
  try {
    const rest = await openGraph(graphs.rest, provider);
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
 * How many frames latent frames become.
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
 * Decodes a clip: yields its frames in order, `[channels, height, width]` from -1 to 1. Without tiles
 * a frame comes as soon as it is decoded; with tiles all of them are held until the last is there.
 *
 * @throws {RangeError} for latents whose sizes and values disagree.
 * @throws {InputError} for tiles that leave gaps.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { decodeLatents, type VaeDecoder } from "./decode.ts";
 * import { WAN_VAE } from "./vae_config.ts";
 *
 * // A decoder that paints every pixel of every frame in the same bright grey.
 * const paint = (frames: number) => ({
 *   run: () => Promise.resolve({ frames: new Float32Array(frames * 3 * 64).fill(1.5) as never }),
 *   close: () => Promise.resolve(),
 * });
 * const close = () => Promise.resolve();
 * const vae: VaeDecoder = { config: WAN_VAE, caches: [], first: paint(1), rest: paint(4), close };
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
  const picture = pictureOf(shape, tiling);
  for (const tile of tiles) {
    let index = 0;
    for await (const frame of decodedTile(vae, latents, tile, options, progress)) {
      picture.add(tile, index++, frame);
    }
  }
  for (let index = 0; index < count; index++) yield clamped(picture.frame(index));
}

/** A tile's frames, one after another. */
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
    const data = piece(latents, zDim, tile, t, count);
    const dims = [count, zDim, tile.height, tile.width];
    const network = t === 0 ? vae.first : vae.rest;
    const found = await network.run({ latents: { type: "float32", data, dims }, ...caches });
    caches = cachesOf(vae.caches, found, tile);
    t += count;
    progress(count);
    for (let at = 0; at < found.frames.length; at += each) {
      yield found.frames.subarray(at, at + each);
    }
  }
}

/** What the next run is told of the frames before it. */
function cachesOf(
  caches: readonly Cache[],
  found: Readonly<Record<string, Float32Array>>,
  { height, width }: Tile,
): Record<string, Values> {
  return Object.fromEntries(caches.map(({ name, channels, scale }) => {
    const dims = [HISTORY, channels, height * scale, width * scale];
    const data = found[`next_${name}`] ?? new Float32Array(dims.reduce((a, b) => a * b));
    return [name, { type: "float32" as const, data, dims }];
  }));
}

/** Latent frames of a tile, as `[frames, channels, height, width]`. */
function piece(
  { values, frames, height, width }: Latents,
  channels: number,
  tile: Tile,
  from: number,
  count: number,
): Float32Array {
  const made = new Float32Array(count * channels * tile.height * tile.width);
  let at = 0;
  for (let t = from; t < from + count; t++) {
    for (let c = 0; c < channels; c++) {
      for (let y = tile.top; y < tile.top + tile.height; y++) {
        const start = ((c * frames + t) * height + y) * width + tile.left;
        made.set(values.subarray(start, start + tile.width), at);
        at += tile.width;
      }
    }
  }
  return made;
}

function clamped(values: Float32Array): Float32Array {
  return values.map((value) => Math.max(-1, Math.min(1, value)));
}

/**
 * A frame as 8-bit RGB, rounded down, as DiffSynth and Diffusers' `export_to_video` write clips.
 *
 * @param frame `[3, height, width]` from -1 to 1.
 * @returns Rows from the top, three bytes a pixel.
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
  const made = new Uint8Array(frame.length);
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) {
      // In 32 bits, as there: what lies on a byte's border falls to the same side.
      made[3 * i + c] = Math.fround(Math.fround(frame[c * pixels + i] + 1) * 127.5);
    }
  }
  return made;
}
