/** Weights of the diffusion transformer as layers of a graph, low-rank changes merged. */
import { InputError } from "../../../errors.ts";
import type { GraphBuilder } from "../../../onnx/graph.ts";
import type { StoredTensor, Value } from "../../../onnx/types.ts";
import { ditNaming } from "./dit_keys.ts";
import { type Compute, FACTORS, narrowed, widened } from "./compute.ts";
import { type Checkpoint, weight } from "../checkpoint/weights.ts";

/** A low-rank change of one layer: its weight becomes W + scale · B·A (Hu et al., 2021). */
export interface LoraLayer {
  /** `[rank, in]`. */
  a: StoredTensor;
  /** `[out, rank]`. */
  b: StoredTensor;
  /** Alpha over rank, times the strength that is asked for. */
  scale: number;
}

/** Changes by the original name of the layer, such as `blocks.0.self_attn.q`. */
export type Lora = ReadonlyMap<string, LoraLayer>;

/** See {@link ditLayers}. */
export interface DitLayers {
  /** A tensor by its original name, its values read in the shape `as`. */
  tensor(name: string, shape: readonly number[], as: readonly number[]): Value;
  /** `[rows, from]` to `[rows, to]`. */
  linear(x: Value, layer: string, to: number, from: number): Value;
  /** @throws {InputError} if the LoRA changes a layer that was not asked for until now. */
  finish(): void;
}

/**
 * The layers of a checkpoint by their original names, whichever naming it follows.
 *
 * A LoRA is merged in the graph, from constants alone: the runtime does it once, when it loads.
 *
 * @throws {InputError} for a checkpoint of another model. The layers throw it, too: for a tensor
 * that is missing or of another shape than asked for, the LoRA's included.
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
  { lora, compute = "f32" }: { lora?: Lora; compute?: Compute } = {},
): DitLayers {
  const nameOf = ditNaming(checkpoint);
  const asked = new Set<string>();
  return {
    tensor: (name, shape, as) => weight(g, checkpoint.get(nameOf(name), shape), { shape: as }),
    linear(x, layer, to, from) {
      asked.add(layer);
      const stored = checkpoint.get(nameOf(`${layer}.weight`), [to, from]);
      const as = FACTORS[compute];
      const bias = weight(g, checkpoint.get(nameOf(`${layer}.bias`), [to]), { as });
      const change = lora?.get(layer);
      const factor = change
        ? narrowed(g, merge(g, weight(g, stored), change, to, from), compute)
        : weight(g, stored, { as });
      const product = g.node("Gemm", [narrowed(g, x, compute), factor, bias], { transB: 1 });
      return widened(g, product, compute);
    },
    finish() {
      for (const [layer, { a }] of lora ?? []) {
        if (asked.has(layer)) continue;
        throw new InputError(
          `Cannot use tensor ${a.name} of ${a.file}: expected a layer of ${checkpoint.name}, ` +
            `found ${layer}, which it has not`,
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
