/** The layers of Wan's VAE decoder, on frames `[frames, channels, height, width]`. */
import type { GraphBuilder } from "../../../onnx/graph.ts";
import type { Value } from "../../../onnx/types.ts";
import { type Checkpoint, weight } from "../checkpoint/weights.ts";

/** Earlier frames that a causal convolution needs. */
export const HISTORY = 2;

/** A convolution's channels and spatial kernel size. Frames keep their size. */
export interface ConvShape {
  input: number;
  output: number;
  size: 1 | 3;
}

/** See {@link vaeLayers}. Keys are names of layers, without `.weight`, `.bias` or `.gamma`. */
export interface VaeLayers {
  /** A spatial convolution; its stored kernel is `[output, input, size, size]`. */
  conv(x: Value, key: string, shape: ConvShape): Value;
  /** A pointwise convolution; its stored kernel is `[output, input, 1, 1, 1]`. */
  pointConv(x: Value, key: string, input: number, output: number): Value;
  /**
   * A causal convolution over three frames; its stored kernel is `[output, input, 3, size, size]`.
   *
   * @param x Frames preceded by {@link HISTORY} earlier ones.
   */
  causalConv(x: Value, key: string, shape: ConvShape): Value;
  /**
   * RMSNorm over each pixel's channels, times a gain, as in `WanRMS_norm`; the stored gain is
   * `[channels, 1, 1, 1]`.
   */
  norm(x: Value, key: string, channels: number): Value;
  /** x · sigmoid(x). */
  silu(x: Value): Value;
  /** Single-head self-attention among each frame's pixels, plus the input. */
  attention(x: Value, keys: { norm: string; qkv: string; proj: string }, channels: number): Value;
  /** Nearest-neighbour upsampling by 2. */
  enlarge(x: Value): Value;
  /** The last {@link HISTORY} frames. */
  lastFrames(x: Value): Value;
  /** Turns frames with twice the channels into twice the frames, the first half of channels first. */
  channelsAsFrames(x: Value, channels: number): Value;
}

/** Lower bound of a norm's divisor, as in PyTorch's `normalize`. */
const EPSILON = 1e-12;
/** The end of an axis, for Slice. */
const END = 2 ** 31 - 1;

/**
 * The layers of a checkpoint's decoder. Temporal convolutions run as 2D convolutions: a kernel
 * `[O, I, 3, 3, 3]`, read as `[O, 3 · I, 3, 3]`, fits images that interleave the channels of three
 * frames. The layers throw an InputError for a tensor that is missing or of an unexpected shape.
 *
 * @example
 * ```ts
 * import { graphBuilder } from "../../../onnx/graph.ts";
 * import { readHeader } from "../../../onnx/safetensors.ts";
 * import { f32, writeSafetensors } from "../../../testing/onnx/safetensors.ts";
 * import { openGraph } from "../../../onnx/session.ts";
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { vaeLayers } from "./vae_layers.ts";
 * import { checkpointOf } from "../checkpoint/weights.ts";
 *
 * const file = await Deno.makeTempFile({ suffix: ".safetensors" });
 * await writeSafetensors(file, {
 *   "time_conv.weight": f32([1, 1, 3, 1, 1], [1, 10, 100]),
 *   "time_conv.bias": f32([1], [0.5]),
 * });
 * const tensors = await readHeader(file);
 * const checkpoint = checkpointOf(file, new Map(tensors.map((tensor) => [tensor.name, tensor])));
 * const g = graphBuilder("a temporal convolution");
 * const layers = vaeLayers(g, checkpoint);
 * const x = g.input("x", "F32", ["n", 1, 1, 1]);
 * const y = layers.causalConv(x, "time_conv", { input: 1, output: 1, size: 1 });
 * g.output("y", y, "F32", ["m", 1, 1, 1]);
 * const network = await openGraph(g.build(), "cpu");
 * const data = Float32Array.of(1, 2, 3, 4);
 * const found = await network.run({ x: { type: "float32", data, dims: [4, 1, 1, 1] } });
 * assertEquals([...found.y], [321.5, 432.5]);
 * await network.close();
 * await Deno.remove(file);
 * ```
 */
export function vaeLayers(g: GraphBuilder, checkpoint: Checkpoint): VaeLayers {
  const kernelConv = (x: Value, key: string, shape: ConvShape, stored: readonly number[]) => {
    const { input, output, size } = shape;
    const kernel = weight(g, checkpoint.get(`${key}.weight`, stored), {
      shape: [output, input, size, size],
    });
    const bias = weight(g, checkpoint.get(`${key}.bias`, [output]));
    const pad = (size - 1) / 2;
    return g.node("Conv", [x, kernel, bias], { pads: [pad, pad, pad, pad] });
  };
  const normalized = (x: Value, key: string, channels: number, stored: readonly number[]) => {
    const gain = g.node("Mul", [
      weight(g, checkpoint.get(`${key}.gamma`, stored), { shape: [channels, 1, 1] }),
      g.constant("F32", [], [Math.sqrt(channels)]),
    ]);
    const length = g.node("ReduceL2", [x, g.constant("I64", [1], [1])], { keepdims: 1 });
    const safe = g.node("Clip", [length, g.constant("F32", [], [EPSILON])]);
    return g.node("Mul", [g.node("Div", [x, safe]), gain]);
  };
  const self: VaeLayers = {
    conv(x, key, shape) {
      const { input, output, size } = shape;
      return kernelConv(x, key, shape, [output, input, size, size]);
    },
    pointConv(x, key, input, output) {
      return kernelConv(x, key, { input, output, size: 1 }, [output, input, 1, 1, 1]);
    },
    causalConv(x, key, { input, output, size }) {
      const times = HISTORY + 1;
      const merged = { input: times * input, output, size };
      return kernelConv(channelsInTime(g, x, input), key, merged, [
        output,
        input,
        times,
        size,
        size,
      ]);
    },
    norm: (x, key, channels) => normalized(x, key, channels, [channels, 1, 1, 1]),
    silu: (x) => g.node("Mul", [x, g.node("Sigmoid", [x])]),
    attention(x, keys, channels) {
      // The only norm whose gain is stored with one dimension less.
      const normed = normalized(x, keys.norm, channels, [channels, 1, 1]);
      const projected = { input: channels, output: 3 * channels, size: 1 } as const;
      const pixels = shaped(g, self.conv(normed, keys.qkv, projected), [0, 0, -1]);
      const mixed = g.node("Reshape", [attended(g, pixels, channels), g.node("Shape", [x])]);
      const out = self.conv(mixed, keys.proj, { input: channels, output: channels, size: 1 });
      return g.node("Add", [out, x]);
    },
    enlarge: (x) =>
      g.node("Resize", [x, null, g.constant("F32", [4], [1, 1, 2, 2])], {
        mode: "nearest",
        nearest_mode: "floor",
        coordinate_transformation_mode: "asymmetric",
      }),
    lastFrames: (x) => slice(g, x, -HISTORY, 0),
    channelsAsFrames: (x, channels) => shaped(g, x, [-1, channels, 0, 0]),
  };
  return self;
}

/** Stacks each frame with its two predecessors: channel `3c + t` is channel c of the t-th of them. */
function channelsInTime(g: GraphBuilder, x: Value, channels: number): Value {
  // Frames and channels share an axis, so that height and width can stay dynamic.
  const rows = shaped(g, x, [-1, 1, 0, 0]);
  const shifted = [0, 1, 2].map((t) => slice(g, rows, t * channels, (t - HISTORY) * channels));
  return shaped(g, g.node("Concat", shifted, { axis: 1 }), [-1, channels * shifted.length, 0, 0]);
}

/** softmax(qᵀk / √channels) of `[frames, 3 · channels, pixels]`, times v: `[frames, channels, …]`. */
function attended(g: GraphBuilder, qkv: Value, channels: number): Value {
  const [q, k, v] = g.nodes("Split", [qkv], 3, { axis: 1, num_outputs: 3 });
  const swapped = (value: Value) => g.node("Transpose", [value], { perm: [0, 2, 1] });
  const scale = g.constant("F32", [], [1 / Math.sqrt(channels)]);
  const scores = g.node("MatMul", [swapped(g.node("Mul", [q, scale])), k]);
  return swapped(g.node("MatMul", [g.node("Softmax", [scores], { axis: -1 }), swapped(v)]));
}

/** Like PyTorch's `reshape`, except that 0 keeps the dimension at its position. */
function shaped(g: GraphBuilder, x: Value, shape: readonly number[]): Value {
  return g.node("Reshape", [x, g.constant("I64", [shape.length], shape)]);
}

/** Slices the first axis from `from` up to `to`, exclusive; 0 is the end of the axis. */
function slice(g: GraphBuilder, x: Value, from: number, to: number): Value {
  const one = (value: number) => g.constant("I64", [1], [value]);
  return g.node("Slice", [x, one(from), one(to || END), one(0)]);
}
