/** Estimates the cost of sampling with Wan. */
import type { StoredTensor } from "../../../onnx/types.ts";
import type { DitConfig, LatentSize } from "./dit.ts";
import { TEXT_ROWS } from "./dit_block.ts";
import type { Checkpoint } from "../checkpoint/weights.ts";

/**
 * Floating-point operations of one evaluation of the transformer: those of its linear layers and of
 * attention's matrix products, counting a multiply–add as two. With guidance a step takes two
 * evaluations.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../../testing/assert.ts";
 * import { flopsOf } from "./cost.ts";
 *
 * const wan = {
 *   ...{ heads: 12, headDim: 128, layers: 30, ffnDim: 8960, textDim: 4096, freqDim: 256 },
 *   ...{ inChannels: 16, outChannels: 16, patchSize: [1, 2, 2], eps: 1e-6 },
 *   ...{ crossAttnNorm: true, qkNorm: true },
 * } as const;
 * // 81 frames of 832×480 with guidance: 566 TFLOP per step, of which 70% are self-attention.
 * assertNear(2 * flopsOf(wan, { frames: 21, height: 60, width: 104 }) / 1e12, 566, 2);
 * ```
 */
export function flopsOf(config: DitConfig, latents: LatentSize): number {
  const { heads, headDim, layers, ffnDim, textDim, freqDim, inChannels, outChannels } = config;
  const dim = heads * headDim;
  const [t, h, w] = config.patchSize;
  const tokens = latents.frames / t * (latents.height / h) * (latents.width / w);
  const patch = t * h * w;
  const matrix = (rows: number, from: number, to: number) => 2 * rows * from * to;
  const block = 6 * matrix(tokens, dim, dim) + 2 * matrix(TEXT_ROWS, dim, dim) +
    2 * matrix(tokens, dim, ffnDim) + 4 * tokens * (tokens + TEXT_ROWS) * dim;
  return layers * block +
    matrix(tokens, patch * inChannels, dim) + matrix(tokens, dim, patch * outChannels) +
    matrix(TEXT_ROWS, textDim, dim) + matrix(TEXT_ROWS, dim, dim) +
    matrix(1, freqDim, dim) + matrix(1, dim, dim) + matrix(1, dim, 6 * dim);
}

/** Memory of a model's weights. */
export interface WeightBytes {
  /** On disk; tensors stored as 32-bit floats are used in place on the CPU. */
  stored: number;
  /** As 32-bit floats: what other dtypes take in memory. */
  widened: number;
}

/**
 * The total size of a checkpoint's tensors.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { weightBytes } from "./cost.ts";
 * import { checkpointOf } from "../checkpoint/weights.ts";
 *
 * const at = { file: "/w/dit.safetensors", offset: 96, length: 12 } as const;
 * const bias = { name: "b", dtype: "BF16", shape: [6], ...at } as const;
 * const all = checkpointOf("/w", new Map([["b", bias]]));
 * assertEquals(weightBytes(all), { stored: 12, widened: 24 });
 * ```
 */
export function weightBytes(checkpoint: Checkpoint): WeightBytes {
  const tensors = checkpoint.names().map((name): StoredTensor => checkpoint.find(name)!);
  const values = ({ shape }: StoredTensor) => shape.reduce((a, b) => a * b, 1);
  return {
    stored: tensors.reduce((sum, { length }) => sum + length, 0),
    widened: tensors.reduce((sum, tensor) => sum + 4 * values(tensor), 0),
  };
}
