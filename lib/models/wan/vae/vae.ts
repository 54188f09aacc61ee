/** Wan's causal VAE decoder as graphs that decode latents in temporal chunks. */
import { type GraphBuilder, graphBuilder } from "../../../onnx/graph.ts";
import type { Dim, Graph, Value } from "../../../onnx/types.ts";
import { compression, type VaeConfig } from "./vae_config.ts";
import { type ResidualKeys, type VaeKeys, vaeKeys } from "./vae_keys.ts";
import { HISTORY, type VaeLayers, vaeLayers } from "./vae_layers.ts";
import type { Checkpoint } from "../checkpoint/weights.ts";

/** Feature cache: the last two frames seen by a temporal convolution. */
export interface Cache {
  /** Its input name in `rest`; the output has the prefix `next_`. */
  name: string;
  channels: number;
  /** Height and width of its frames relative to the latents'. */
  scale: number;
  /** Whether `first` outputs it; otherwise it starts as zeros. */
  fromFirst: boolean;
}

/** See {@link vaeGraphs}. */
export interface VaeGraphs {
  /** `latents [1, z, h, w]` to `frames [1, 3, s · h, s · w]` and the caches. */
  first: Graph;
  /** `latents [n, z, h, w]` and the caches to `frames [4n, 3, s · h, s · w]` and the caches. */
  rest: Graph;
  /** In the order of the layers. */
  caches: Cache[];
}

/** Height and width of latents: numbers, or names of dynamic dimensions. */
export interface LatentSize {
  height: Dim;
  width: Dim;
}

/**
 * The decoder of Wan 2.1's autoencoder: one graph for the first latent frame, which decodes to one
 * frame, and one for the others, which decode to four each and see earlier frames through caches, as
 * in Diffusers' `AutoencoderKLWan._decode`. Frames are neither clamped nor rounded. Latents are
 * normalised as the transformer outputs them, with mean 0 and standard deviation 1.
 *
 * @param checkpoint Under Diffusers' or the original names.
 * @param size Size of the latents; dynamic by default.
 * @throws {InputError} for a tensor that is missing or of another shape.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../../testing/assert.ts";
 * import { vaeGraphs } from "./vae.ts";
 * import { WAN_VAE } from "./vae_config.ts";
 * import { checkpointOf } from "../checkpoint/weights.ts";
 *
 * const name = "decoder.conv1.weight";
 * const at = { dtype: "F32", file: "/w/vae.safetensors", offset: 0, length: 0 } as const;
 * const weights = checkpointOf("/w", new Map([[name, { name, shape: [0], ...at }]]));
 * await assertInputError(() => vaeGraphs(weights, WAN_VAE), "conv2.weight", "[16, 16, 1, 1, 1]");
 * ```
 */
export function vaeGraphs(
  checkpoint: Checkpoint,
  config: VaeConfig,
  size: LatentSize = { height: "height", width: "width" },
): VaeGraphs {
  const keys = vaeKeys(checkpoint, config.numResBlocks);
  const first = decoderGraph(checkpoint, config, keys, size, true);
  const rest = decoderGraph(checkpoint, config, keys, size, false);
  const fromFirst = new Set(first.caches.map(({ name }) => name));
  return {
    first: first.graph,
    rest: rest.graph,
    caches: rest.caches.map((cache) => ({ ...cache, fromFirst: fromFirst.has(cache.name) })),
  };
}

/** Feature maps between layers. */
interface Features {
  x: Value;
  channels: number;
  /** See {@link Cache}. */
  scale: number;
}

/** A decoder graph under construction. */
interface Decoder {
  g: GraphBuilder;
  layers: VaeLayers;
  isFirst: boolean;
  /** Prepends the cached frames, and outputs the cache of the next run. */
  withHistory(features: Features, key: string): Value;
}

type GraphCache = Omit<Cache, "fromFirst">;

function decoderGraph(
  checkpoint: Checkpoint,
  config: VaeConfig,
  keys: VaeKeys,
  size: LatentSize,
  isFirst: boolean,
): { graph: Graph; caches: GraphCache[] } {
  const g = graphBuilder(`VAE decoder of ${checkpoint.name} (${isFirst ? "first" : "rest"})`);
  const layers = vaeLayers(g, checkpoint);
  const caches: GraphCache[] = [];
  const withHistory: Decoder["withHistory"] = ({ x, channels, scale }, key) => {
    const dims = [HISTORY, channels, scaled(size.height, scale), scaled(size.width, scale)];
    const longer = isFirst
      ? g.node("Pad", [x, g.constant("I64", [8], [HISTORY, 0, 0, 0, 0, 0, 0, 0])])
      : g.node("Concat", [g.input(key, "F32", dims), x], { axis: 0 });
    g.output(`next_${key}`, layers.lastFrames(longer), "F32", dims);
    caches.push({ name: key, channels, scale });
    return longer;
  };
  const latentFrames = isFirst ? 1 : "latent_frames";
  const latents = g.input("latents", "F32", [latentFrames, config.zDim, size.height, size.width]);
  const out = decoded({ g, layers, isFirst, withHistory }, config, keys, latents);
  const { spatial } = compression(config);
  g.output("frames", out, "F32", [
    isFirst ? 1 : "frames",
    config.outChannels,
    scaled(size.height, spatial),
    scaled(size.width, spatial),
  ]);
  return { graph: g.build(), caches };
}

function decoded(decoder: Decoder, config: VaeConfig, keys: VaeKeys, latents: Value): Value {
  const { g, layers } = decoder;
  const { zDim, baseDim, dimMult, numResBlocks, temporalUpsample, outChannels } = config;
  const perChannel = (values: readonly number[]) => g.constant("F32", [zDim, 1, 1], values);
  const scaledLatents = g.node("Mul", [latents, perChannel(config.latentsStd)]);
  const denormalized = g.node("Add", [scaledLatents, perChannel(config.latentsMean)]);
  const x = layers.pointConv(denormalized, keys.postQuantConv, zDim, zDim);

  const widths = dimMult.map((times) => times * baseDim).reverse();
  let features = causalConv(decoder, { x, channels: zDim, scale: 1 }, keys.convIn, widths[0]);
  features = residual(decoder, features, keys.middle[0], widths[0]);
  features = { ...features, x: layers.attention(features.x, keys.attention, widths[0]) };
  features = residual(decoder, features, keys.middle[1], widths[0]);
  for (const [block, width] of widths.entries()) {
    for (let i = 0; i <= numResBlocks; i++) {
      features = residual(decoder, features, keys.residual(block, i), width);
    }
    if (block + 1 < widths.length) {
      features = upsampled(decoder, features, keys.upsampler(block), temporalUpsample[block]);
    }
  }
  const last = layers.silu(layers.norm(features.x, keys.normOut, features.channels));
  return causalConv(decoder, { ...features, x: last }, keys.convOut, outChannels).x;
}

/** A causal 3 × 3 × 3 convolution. */
function causalConv(decoder: Decoder, features: Features, key: string, output: number): Features {
  const shape = { input: features.channels, output, size: 3 } as const;
  const x = decoder.layers.causalConv(decoder.withHistory(features, key), key, shape);
  return { ...features, x, channels: output };
}

/** A residual block: two causal convolutions, each after norm and SiLU, plus the input. */
function residual(
  decoder: Decoder,
  input: Features,
  keys: ResidualKeys,
  output: number,
): Features {
  const { g, layers } = decoder;
  const shortcut = input.channels === output
    ? input.x
    : layers.pointConv(input.x, keys.shortcut, input.channels, output);
  let features = input;
  for (const [norm, conv] of [[keys.norm1, keys.conv1], [keys.norm2, keys.conv2]]) {
    const x = layers.silu(layers.norm(features.x, norm, features.channels));
    features = causalConv(decoder, { ...features, x }, conv, output);
  }
  return { ...features, x: g.node("Add", [features.x, shortcut]) };
}

/** Doubles the size, halves the channels and, if `temporal`, doubles all frames but the first. */
function upsampled(
  decoder: Decoder,
  features: Features,
  keys: { conv: string; timeConv: string },
  temporal: boolean,
): Features {
  const { layers, isFirst } = decoder;
  const { channels, scale } = features;
  let { x } = features;
  if (temporal && !isFirst) {
    const twice = { input: channels, output: 2 * channels, size: 1 } as const;
    const longer = decoder.withHistory(features, keys.timeConv);
    x = layers.channelsAsFrames(layers.causalConv(longer, keys.timeConv, twice), channels);
  }
  const output = Math.floor(channels / 2);
  const half = { input: channels, output, size: 3 } as const;
  x = layers.conv(layers.enlarge(x), keys.conv, half);
  return { x, channels: output, scale: 2 * scale };
}

function scaled(dim: Dim, times: number): Dim {
  if (typeof dim === "number") return dim * times;
  return times === 1 ? dim : `${dim}_times_${times}`;
}
