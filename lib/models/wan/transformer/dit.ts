/** Wan's diffusion transformer (DiT) as a graph: predicts the velocity of latents at a timestep. */
import { InputError } from "../../../errors.ts";
import { type GraphBuilder, graphBuilder } from "../../../onnx/graph.ts";
import type { Graph, Value } from "../../../onnx/types.ts";
import type { AttentionKind } from "./attention.ts";
import type { ComputeDtype } from "../settings.ts";
import { type DitParts, mlp, modulated, transformerBlock } from "./dit_block.ts";
import { ditLayers, type Lora } from "./dit_layers.ts";
import { rotation, type TokenGrid } from "./rotary.ts";
import type { Checkpoint } from "../checkpoint/weights.ts";

/** Configuration of Wan2.1's transformer. */
export interface DitConfig {
  heads: number;
  /** Channels per head; even. */
  headDim: number;
  /** Blocks. */
  layers: number;
  /** Inner channels of the feed-forward layers. */
  ffnDim: number;
  /** Channels of the text encoder. */
  textDim: number;
  /** Channels of {@link timestepEmbedding}; even. */
  freqDim: number;
  inChannels: number;
  outChannels: number;
  /** Frames, rows and columns of latents in one token. */
  patchSize: readonly [number, number, number];
  /** Epsilon of the norms. */
  eps: number;
  /** Whether cross-attention has a pre-norm with gain and bias. */
  crossAttnNorm: boolean;
  /** Whether queries and keys are normalised, over all heads together. */
  qkNorm: boolean;
}

/** Size of latents: an eighth of the clip's sides, and a quarter of its frames after the first. */
export interface LatentSize {
  frames: number;
  height: number;
  width: number;
}

/** How to build the graph. */
export interface DitOptions {
  attention: AttentionKind;
  /** Queries per chunk, for chunked attention; by default from `chunkFor`. */
  chunk?: number;
  lora?: Lora;
  /** Dtype of matrix products; `f32` by default. */
  dtype?: ComputeDtype;
}

const LONGEST_PERIOD = 10_000;

/**
 * The sinusoidal timestep embedding: cosines, then sines, of the timestep times frequencies that
 * decrease geometrically from 1 to almost 1/10000 (Vaswani et al., 2017), computed in 64 bits.
 *
 * @param timestep 0 (clip) to 1000 (noise).
 * @param freqDim The number of values; even.
 * @returns The graph's input `time`, of shape `[1, freqDim]`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { timestepEmbedding } from "./dit.ts";
 *
 * const expected = [Math.cos(5), Math.cos(0.05), Math.sin(5), Math.sin(0.05)];
 * assertEquals(timestepEmbedding(5, 4), Float32Array.from(expected));
 * ```
 */
export function timestepEmbedding(timestep: number, freqDim: number): Float32Array {
  const half = freqDim / 2;
  const angles = Array.from({ length: half }, (_, i) => timestep * LONGEST_PERIOD ** (-i / half));
  return Float32Array.from([...angles.map(Math.cos), ...angles.map(Math.sin)]);
}

/**
 * The transformer for latents of one size. Inputs are `latents` `[inChannels, frames, height,
 * width]`, `time` `[1, freqDim]` ({@link timestepEmbedding}) and `text` `[words, textDim]`, the
 * encoder's states zero-padded to 512; the output `velocity` is `[outChannels, frames, height,
 * width]`. All are 32-bit floats.
 *
 * It computes `WanModel` of https://github.com/Wan-Video/Wan2.1, for text to video.
 *
 * @param checkpoint Under the original's or Diffusers' names.
 * @throws {InputError} for a checkpoint or LoRA that does not fit the configuration, latents that
 * cannot be divided into patches, or an invalid chunk size.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../../testing/assert.ts";
 * import { ditGraph } from "./dit.ts";
 * import { checkpointOf } from "../checkpoint/weights.ts";
 *
 * const config = {
 *   heads: 12, headDim: 128, layers: 30, ffnDim: 8960, textDim: 4096, freqDim: 256,
 *   inChannels: 16, outChannels: 16, patchSize: [1, 2, 2], eps: 1e-6,
 *   crossAttnNorm: true, qkNorm: true,
 * } as const;
 * const size = { frames: 21, height: 60, width: 104 };
 * const empty = checkpointOf("/weights/wan", new Map());
 * await assertInputError(() => ditGraph(empty, config, size, { attention: "fused" }), "/weights/wan");
 * ```
 */
export function ditGraph(
  checkpoint: Checkpoint,
  config: DitConfig,
  shape: LatentSize,
  options: DitOptions,
): Graph {
  const { chunk = 1 } = options;
  if (!Number.isInteger(chunk) || chunk < 1) {
    throw new InputError(`Cannot use chunks of ${chunk} queries; expected 1 or more`);
  }
  const g = graphBuilder(`the transformer of ${checkpoint.name}`);
  const grid = tokenGrid(shape, config);
  const parts: Parts = {
    ...config,
    ...options,
    g,
    weights: ditLayers(g, checkpoint, options),
    grid,
    tokens: grid[0] * grid[1] * grid[2],
    rotate: rotation(g, config.headDim, grid),
  };
  const dim = config.heads * config.headDim;
  const latents = g.input("latents", "F32", [config.inChannels, ...sides(shape)]);
  const time = g.input("time", "F32", [1, config.freqDim]);
  const text = g.input("text", "F32", ["words", config.textDim]);

  const { embedded, modulation } = timeEmbedding(parts, time);
  const into: [string, number] = ["text_embedding.0", config.textDim];
  const words = mlp(g, parts.weights, text, into, ["text_embedding.2", dim], dim);
  let x = patchify(parts, latents);
  for (let block = 0; block < config.layers; block++) {
    x = transformerBlock(parts, `blocks.${block}`, x, words, modulation);
  }
  const velocity = unpatchify(parts, head(parts, x, embedded));
  g.output("velocity", velocity, "F32", [config.outChannels, ...sides(shape)]);
  parts.weights.finish();
  return g.build();
}

type Parts = DitParts & DitConfig & { grid: TokenGrid };

function sides({ frames, height, width }: LatentSize): [number, number, number] {
  return [frames, height, width];
}

function tokenGrid(shape: LatentSize, { patchSize }: DitConfig): TokenGrid {
  const [frames, rows, columns] = sides(shape).map((side, i) => side / patchSize[i]);
  const grid = [frames, rows, columns] as const;
  if (grid.every((count) => Number.isInteger(count) && count > 0)) return grid;
  throw new InputError(
    `Cannot divide latents into patches: expected frames, height and width to be multiples of ` +
      `${patchSize.join(", ")}; found ${sides(shape).join(", ")}`,
  );
}

/** `[inChannels, frames, height, width]` to `[tokens, dim]`: the patch embedding as a matrix product. */
function patchify(parts: Parts, latents: Value): Value {
  const { g, weights, inChannels, patchSize, grid } = parts;
  const dim = parts.heads * parts.headDim;
  const cut = grid.flatMap((count, i) => [count, patchSize[i]]);
  const channels = inChannels * patchSize[0] * patchSize[1] * patchSize[2];
  const split = g.node("Reshape", [latents, g.constant("I64", [7], [inChannels, ...cut])]);
  const gathered = g.node("Transpose", [split], { perm: [1, 3, 5, 0, 2, 4, 6] });
  const rows = g.node("Reshape", [gathered, g.constant("I64", [2], [-1, channels])]);
  const sizes = [dim, inChannels, ...patchSize];
  const kernel = weights.tensor("patch_embedding.weight", sizes, [dim, channels]);
  const bias = weights.tensor("patch_embedding.bias", [dim], [dim]);
  return g.node("Gemm", [rows, kernel, bias], { transB: 1 });
}

/** From `[tokens, patch · outChannels]`, channels last, back to latents. */
function unpatchify({ g, outChannels, patchSize, grid }: Parts, x: Value): Value {
  const split = g.constant("I64", [7], [...grid, ...patchSize, outChannels]);
  const moved = g.node("Transpose", [g.node("Reshape", [x, split])], {
    perm: [6, 0, 3, 1, 4, 2, 5],
  });
  const whole = [outChannels, ...grid.map((count, i) => count * patchSize[i])];
  return g.node("Reshape", [moved, g.constant("I64", [4], whole)]);
}

/** The time embedding `[1, dim]`, and the modulation shared by all blocks, `[6 · dim]`. */
function timeEmbedding({ g, weights, heads, headDim, freqDim }: Parts, time: Value) {
  const dim = heads * headDim;
  const inner = silu(g, weights.linear(time, "time_embedding.0", dim, freqDim));
  const embedded = weights.linear(inner, "time_embedding.2", dim, dim);
  const projected = weights.linear(silu(g, embedded), "time_projection.1", 6 * dim, dim);
  const modulation = g.node("Reshape", [projected, g.constant("I64", [1], [6 * dim])]);
  return { embedded, modulation };
}

/** The final norm and projection: `[tokens, patch · outChannels]`. */
function head(parts: Parts, x: Value, embedded: Value): Value {
  const { g, weights, patchSize, outChannels } = parts;
  const dim = parts.heads * parts.headDim;
  const table = weights.tensor("head.modulation", [1, 2, dim], [2, dim]);
  const both = g.node("Reshape", [
    g.node("Add", [table, embedded]),
    g.constant("I64", [1], [2 * dim]),
  ]);
  const [shift, scale] = g.nodes("Split", [both], 2, { axis: 0, num_outputs: 2 });
  const channels = patchSize[0] * patchSize[1] * patchSize[2] * outChannels;
  return weights.linear(modulated(g, x, scale, shift, parts.eps), "head.head", channels, dim);
}

function silu(g: GraphBuilder, x: Value): Value {
  return g.node("Mul", [x, g.node("Sigmoid", [x])]);
}
