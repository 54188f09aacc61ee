/** The diffusion transformer's weights as layers of a graph, with a LoRA merged in. */
import { InputError } from "../../../errors.ts";
import type { GraphBuilder } from "../../../onnx/graph.ts";
import type { StoredTensor, Value } from "../../../onnx/types.ts";
import { ditNaming } from "./dit_keys.ts";
import { TENSOR_DTYPE, toComputeDtype, toFloat32 } from "./compute_dtype.ts";
import type { ComputeDtype } from "../settings.ts";
import { type Checkpoint, weight } from "../checkpoint/weights.ts";

/** A low-rank update of one layer: its weight becomes W + scale · B·A (Hu et al., 2021). */
export interface LoraLayer {
  /** `[rank, in]`. */
  a: StoredTensor;
  /** `[out, rank]`. */
  b: StoredTensor;
  /** Alpha over rank. */
  scale: number;
  /** Where alpha was found, in words. */
  from?: string;
}

/** Updates by the layer's original name, such as `blocks.0.self_attn.q`. */
export type Lora = ReadonlyMap<string, LoraLayer>;

/** See {@link ditLayers}. */
export interface DitLayers {
  /** A tensor by its original name, reshaped to `as`. */
  tensor(name: string, shape: readonly number[], as: readonly number[]): Value;
  /** `[rows, from]` to `[rows, to]`. */
  linear(x: Value, layer: string, to: number, from: number): Value;
  /** @throws {InputError} if the LoRA has a layer that was never requested. */
  finish(): void;
}

/**
 * A checkpoint's layers by their original names, whatever its naming scheme.
 *
 * A LoRA is merged in the graph by constant folding: the runtime does it once, at load time.
 *
 * @throws {InputError} for a checkpoint of another model. The layers also throw it, for a tensor
 * (including the LoRA's) that is missing or of an unexpected shape.
 *
 * @example
 * ```ts
 * import { graphBuilder } from "../../../onnx/graph.ts";
 * import { assertInputError } from "../../../testing/assert.ts";
 * import { ditLayers } from "./dit_layers.ts";
 * import { checkpointOf } from "../checkpoint/weights.ts";
 *
 * const name = "blocks.0.self_attn.q.weight";
 * const at = { dtype: "F32", file: "/w/dit.safetensors", offset: 96, length: 16 } as const;
 * const published = checkpointOf("/w", new Map([[name, { name, shape: [2, 2], ...at }]]));
 * const g = graphBuilder("a layer");
 * const layers = ditLayers(g, published);
 * const x = g.input("x", "F32", [1, 3]);
 * await assertInputError(
 *   () => layers.linear(x, "blocks.0.self_attn.q", 2, 3),
 *   ...[name, "/w/dit.safetensors", "[2, 3]", "[2, 2]"],
 * );
 * ```
 */
export function ditLayers(
  g: GraphBuilder,
  checkpoint: Checkpoint,
  { lora, dtype = "f32" }: { lora?: Lora; dtype?: ComputeDtype } = {},
): DitLayers {
  const nameOf = ditNaming(checkpoint);
  const requested = new Set<string>();
  return {
    tensor: (name, shape, as) => weight(g, checkpoint.get(nameOf(name), shape), { shape: as }),
    linear(x, layer, to, from) {
      requested.add(layer);
      const stored = checkpoint.get(nameOf(`${layer}.weight`), [to, from]);
      const as = TENSOR_DTYPE[dtype];
      const bias = weight(g, checkpoint.get(nameOf(`${layer}.bias`), [to]), { as });
      const update = lora?.get(layer);
      const factor = update
        ? toComputeDtype(g, merge(g, weight(g, stored), update, to, from), dtype)
        : weight(g, stored, { as });
      const product = g.node("Gemm", [toComputeDtype(g, x, dtype), factor, bias], { transB: 1 });
      return toFloat32(g, product, dtype);
    },
    finish() {
      for (const [layer, { a }] of lora ?? []) {
        if (requested.has(layer)) continue;
        throw new InputError(
          `Cannot use tensor ${a.name} of ${a.file}: expected a layer of ${checkpoint.name}, ` +
            `found ${layer}, which it lacks`,
        );
      }
    },
  };
}

function merge(
  g: GraphBuilder,
  stored: Value,
  { a, b, scale }: LoraLayer,
  to: number,
  from: number,
): Value {
  const rank = a.shape[0];
  requireShape(a, [rank, from]);
  requireShape(b, [to, rank]);
  return g.node("Gemm", [weight(g, b), weight(g, a), stored], { alpha: { float: scale } });
}

function requireShape({ name, file, shape }: StoredTensor, expected: readonly number[]): void {
  if (shape.length === expected.length && shape.every((dim, i) => dim === expected[i])) return;
  throw new InputError(
    `Cannot use tensor ${name} of ${file}: expected shape [${expected.join(", ")}], ` +
      `found [${shape.join(", ")}]`,
  );
}
