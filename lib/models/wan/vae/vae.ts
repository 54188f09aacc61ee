/** Wan's VAE decoder as graphs: latents in, frames out, a piece of time after another. */
import { type GraphBuilder, graphBuilder } from "../../../onnx/graph.ts";
import type { Dim, Graph, Value } from "../../../onnx/types.ts";
import { compression, type VaeConfig } from "./vae_config.ts";
import { type ResidualKeys, type VaeKeys, vaeKeys } from "./vae_keys.ts";
import { HISTORY, type VaeLayers, vaeLayers } from "./vae_layers.ts";
import type { Checkpoint } from "../checkpoint/weights.ts";

/** The last two frames that a convolution in time has seen. */
export interface Cache {
  /** `rest` takes it under this name; it is given as `next_` and this name. */
  name: string;
  channels: number;
  /** Height and width of its frames over those of latents. */
  scale: number;
  /** Whether `first` gives it; otherwise it begins as zeros. */
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

/** Height and width of latents: numbers, or names where one graph is to serve several sizes. */
export interface LatentSize {
  height: Dim;
  width: Dim;
}

/**
 * The decoder of Wan 2.1's autoencoder: one graph for the first latent frame, which becomes one
 * frame, and one for those after it, which become four each and see what came before through caches
 * (`AutoencoderKLWan._decode` of Diffusers computes the same). Frames are neither clamped nor
 * rounded. Latents are as the transformer gives them, of mean 0 and standard deviation 1.
 *
 * @param checkpoint Under Diffusers' names or the original ones.
 * @param size Of latents; any size where absent.
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
  const given = new Set(first.seen.map(({ name }) => name));
  return {
    first: first.graph,
    rest: rest.graph,
    caches: rest.seen.map((cache) => ({ ...cache, fromFirst: given.has(cache.name) })),
  };
}

/** Frames on their way through the decoder. */
interface Stream {
  x: Value;
  channels: number;
  /** See {@link Cache}. */
  scale: number;
}

/** A graph under way. */
interface Decoder {
  g: GraphBuilder;
  layers: VaeLayers;
  isFirst: boolean;
  /** Frames with those before them, the last of which the next run is told. */
  remember(stream: Stream, key: string): Value;
}

type Seen = Omit<Cache, "fromFirst">;

function decoderGraph(
  checkpoint: Checkpoint,
  config: VaeConfig,
  keys: VaeKeys,
  size: LatentSize,
  isFirst: boolean,
): { graph: Graph; seen: Seen[] } {
  const g = graphBuilder(`VAE decoder of ${checkpoint.name} (${isFirst ? "first" : "rest"})`);
  const layers = vaeLayers(g, checkpoint);
  const seen: Seen[] = [];
  const remember: Decoder["remember"] = ({ x, channels, scale }, key) => {
    const dims = [HISTORY, channels, scaled(size.height, scale), scaled(size.width, scale)];
    const longer = isFirst
      ? g.node("Pad", [x, g.constant("I64", [8], [HISTORY, 0, 0, 0, 0, 0, 0, 0])])
      : g.node("Concat", [g.input(key, "F32", dims), x], { axis: 0 });
    g.output(`next_${key}`, layers.lastFrames(longer), "F32", dims);
    seen.push({ name: key, channels, scale });
    return longer;
  };
  const latentFrames = isFirst ? 1 : "latent_frames";
  const latents = g.input("latents", "F32", [latentFrames, config.zDim, size.height, size.width]);
  const out = decoded({ g, layers, isFirst, remember }, config, keys, latents);
  const { spatial } = compression(config);
  g.output("frames", out, "F32", [
    isFirst ? 1 : "frames",
    config.outChannels,
    scaled(size.height, spatial),
    scaled(size.width, spatial),
  ]);
  return { graph: g.build(), seen };
}

function decoded(decoder: Decoder, config: VaeConfig, keys: VaeKeys, latents: Value): Value {
  const { g, layers } = decoder;
  const { zDim, baseDim, dimMult, numResBlocks, temporalUpsample, outChannels } = config;
  const perChannel = (values: readonly number[]) => g.constant("F32", [zDim, 1, 1], values);
  const spread = g.node("Mul", [latents, perChannel(config.latentsStd)]);
  const moved = g.node("Add", [spread, perChannel(config.latentsMean)]);
  const x = layers.pointConv(moved, keys.postQuantConv, zDim, zDim);

  const widths = dimMult.map((times) => times * baseDim).reverse();
  let stream = inTime(decoder, { x, channels: zDim, scale: 1 }, keys.convIn, widths[0]);
  stream = residual(decoder, stream, keys.middle[0], widths[0]);
  stream = { ...stream, x: layers.attention(stream.x, keys.attention, widths[0]) };
  stream = residual(decoder, stream, keys.middle[1], widths[0]);
  for (const [block, width] of widths.entries()) {
    for (let i = 0; i <= numResBlocks; i++) {
      stream = residual(decoder, stream, keys.residual(block, i), width);
    }
    if (block + 1 < widths.length) {
      stream = upsampled(decoder, stream, keys.upsampler(block), temporalUpsample[block]);
    }
  }
  const last = layers.silu(layers.norm(stream.x, keys.normOut, stream.channels));
  return inTime(decoder, { ...stream, x: last }, keys.convOut, outChannels).x;
}

/** A causal convolution of 3 × 3 pixels and three frames. */
function inTime(decoder: Decoder, stream: Stream, key: string, output: number): Stream {
  const shape = { input: stream.channels, output, size: 3 } as const;
  const x = decoder.layers.causalConv(decoder.remember(stream, key), key, shape);
  return { ...stream, x, channels: output };
}

/** Two convolutions, each of normalised values, added to what went in. */
function residual(decoder: Decoder, given: Stream, keys: ResidualKeys, output: number): Stream {
  const { g, layers } = decoder;
  const shortcut = given.channels === output
    ? given.x
    : layers.pointConv(given.x, keys.shortcut, given.channels, output);
  let stream = given;
  for (const [norm, conv] of [[keys.norm1, keys.conv1], [keys.norm2, keys.conv2]]) {
    const x = layers.silu(layers.norm(stream.x, norm, stream.channels));
    stream = inTime(decoder, { ...stream, x }, conv, output);
  }
  return { ...stream, x: g.node("Add", [stream.x, shortcut]) };
}

/** Twice the size, half the channels and, beyond the first frame, perhaps twice the frames. */
function upsampled(
  decoder: Decoder,
  stream: Stream,
  keys: { conv: string; timeConv: string },
  inTimeToo: boolean,
): Stream {
  const { layers, isFirst } = decoder;
  const { channels, scale } = stream;
  let { x } = stream;
  if (inTimeToo && !isFirst) {
    const twice = { input: channels, output: 2 * channels, size: 1 } as const;
    const longer = decoder.remember(stream, keys.timeConv);
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
