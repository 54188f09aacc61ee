/** Configurations of Wan2.1's published transformers. */
import { type DitConfig, ditGraph } from "../transformer/dit.ts";
import type { Checkpoint } from "./weights.ts";

const WAN_1_3B: DitConfig = {
  ...{ heads: 12, headDim: 128, layers: 30, ffnDim: 8960, textDim: 4096, freqDim: 256 },
  ...{ inChannels: 16, outChannels: 16, eps: 1e-6, crossAttnNorm: true, qkNorm: true },
  patchSize: [1, 2, 2],
};

/** By size; https://huggingface.co/Wan-AI/Wan2.1-T2V-1.3B-Diffusers, and -14B. */
export const PUBLISHED = {
  "1.3B": WAN_1_3B,
  "14B": { ...WAN_1_3B, heads: 40, layers: 40, ffnDim: 13824 },
} as const satisfies Record<string, DitConfig>;

/**
 * The shapes of all tensors of a configuration, by their original names.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { PUBLISHED, shapesOf } from "./published.ts";
 *
 * const shapes = shapesOf(PUBLISHED["1.3B"]);
 * assertEquals(shapes.get("blocks.29.ffn.0.weight"), [8960, 1536]);
 * ```
 */
export function shapesOf(config: DitConfig): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const recorder: Checkpoint = {
    name: "shapes only",
    has: () => true,
    names: () => [],
    find: () => undefined,
    get(name, shape) {
      shapes.set(name, shape);
      const length = 4 * shape.reduce((a, b) => a * b, 1);
      return { name, dtype: "F32", shape, file: `/none/${name}`, offset: 0, length };
    },
  };
  const [frames, height, width] = config.patchSize;
  ditGraph(recorder, config, { frames, height, width }, { attention: "fused" });
  return shapes;
}
