/** LoRA files: low-rank updates of the transformer's layers. */
import { InputError } from "../../../errors.ts";
import { readHeader, readTensor } from "../../../onnx/safetensors.ts";
import type { StoredTensor } from "../../../onnx/types.ts";
import { diffusersName, ditNaming } from "../transformer/dit_keys.ts";
import type { Lora, LoraLayer } from "../transformer/dit_layers.ts";
import { loraTensor } from "./lora_names.ts";
import { readStrengths, type Strengths } from "./lora_strength.ts";
import { type Checkpoint, FLOATS } from "./weights.ts";

/** A layer's tensors in the file. */
interface Found {
  /** See {@link loraTensor}. */
  module: string;
  isPeft: boolean;
  a?: StoredTensor;
  b?: StoredTensor;
  alpha?: StoredTensor;
}

/**
 * Reads a LoRA for a transformer: locates the two factors of each adapted layer, by names as
 * {@link loraTensor} knows them, and finds how strongly they are applied, see {@link readStrengths}.
 * Every tensor of the file is used; a file with any other is refused.
 *
 * @param path A `.safetensors` file.
 * @param base The transformer that it is for, under either naming scheme.
 * @returns By the layer's original name, such as `blocks.0.self_attn.q`: `a` of shape `[rank, in]`,
 * `b` of `[out, rank]`, and the `scale` of the update W + scale · B·A of the layer's weight W: alpha
 * over rank, or 1 if nothing gives an alpha (Hu et al., 2021).
 * @throws {InputError} for a file that is not a plain LoRA, a missing factor, factors whose shapes do
 * not fit each other or the layer, a layer that the transformer lacks, or an unclear strength.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { f32, writeSafetensors } from "../../../testing/onnx/safetensors.ts";
 * import { openCheckpoint } from "./checkpoint.ts";
 * import { readLora } from "./lora.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const layer = "blocks.0.self_attn.q";
 * await writeSafetensors(`${folder}/base.safetensors`, { [`${layer}.weight`]: f32([6, 6]) });
 * const base = await openCheckpoint(`${folder}/base.safetensors`, "the transformer");
 * const file = `${folder}/step-10000.safetensors`;
 * const a = { [`${layer}.lora_A.default.weight`]: f32([2, 6]) };
 * await writeSafetensors(file, { ...a, [`${layer}.lora_B.default.weight`]: f32([6, 2]) });
 * const lora = await readLora(file, base);
 * assertEquals([...lora.keys()], [layer]);
 * assertEquals(lora.get(layer)?.scale, 1);
 * await writeSafetensors(file, a);
 * await assertInputError(() => readLora(file, base), layer, file, "lora_B");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function readLora(path: string, base: Checkpoint): Promise<Lora> {
  const layers = new Map<string, Found>();
  let first: { name: string; adapter: string } | undefined;
  for (const tensor of await readHeader(path)) {
    const known = loraTensor(tensor.name);
    if (typeof known === "string") throw refusal(path, tensor.name, known);
    const { layer, module, isPeft, slot, adapter } = known;
    if (adapter !== undefined) {
      first ??= { name: tensor.name, adapter };
      if (adapter !== first.adapter) {
        const problem = `expected factors of one adapter, also found ${first.name}`;
        throw refusal(path, tensor.name, problem);
      }
    }
    const found = layers.get(layer) ?? { module, isPeft };
    layers.set(layer, found);
    const other = found[slot];
    if (other !== undefined) {
      throw refusal(path, tensor.name, `expected it once for ${layer}, also found ${other.name}`);
    }
    found[slot] = tensor;
  }
  if (layers.size === 0) throw new InputError(`Cannot read a LoRA from ${path}: it has no tensors`);
  const nameOf = ditNaming(base);
  const strengths = await readStrengths(path);
  const lora = new Map<string, LoraLayer>();
  for (const layer of [...layers.keys()].sort()) {
    lora.set(layer, await checked(path, layer, layers.get(layer)!, { base, nameOf, strengths }));
  }
  return lora;
}

/**
 * Says what a LoRA changes, and how strongly.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { describeLora } from "./lora.ts";
 *
 * const at = { dtype: "F32", file: "/w/l.safetensors", offset: 96, length: 32 } as const;
 * const a = { name: "blocks.0.ffn.2.lora_A.weight", shape: [2, 4], ...at };
 * const b = { ...a, name: "blocks.0.ffn.2.lora_B.weight", shape: [4, 2] };
 * const lora = new Map([["blocks.0.ffn.2", { a, b, scale: 0.5, from: "its alpha tensors" }]]);
 * assertEquals(
 *   describeLora("/w/l.safetensors", lora),
 *   "LoRA /w/l.safetensors: 1 layer of rank 2, strength 0.5 by its alpha tensors",
 * );
 * ```
 */
export function describeLora(path: string, lora: Lora): string {
  const layers = [...lora.values()];
  const range = (values: readonly number[]) => {
    const [least, most] = [Math.min(...values), Math.max(...values)].map((v) => +v.toPrecision(4));
    return least === most ? `${least}` : `${least} to ${most}`;
  };
  const from = [...new Set(layers.map(({ from }) => from))].join(" and ");
  return `LoRA ${path}: ${layers.length} layer${layers.length === 1 ? "" : "s"} of rank ` +
    `${range(layers.map(({ a }) => a.shape[0]))}, strength ` +
    `${range(layers.map(({ scale }) => scale))} by ${from}`;
}

/** A layer's update, after checking its factors against each other and the layer. */
async function checked(
  path: string,
  layer: string,
  { a, b, alpha, ...named }: Found,
  { base, nameOf, strengths }: {
    base: Checkpoint;
    nameOf: (original: string) => string;
    strengths: Strengths;
  },
): Promise<LoraLayer> {
  if (a === undefined || b === undefined) {
    const absent = a === undefined ? "lora_A or lora_down" : "lora_B or lora_up";
    throw refusal(path, layer, `expected two factors, found no ${absent}`);
  }
  const weight = base.find(nameOf(`${layer}.weight`));
  if (weight === undefined) {
    throw refusal(path, a.name, `expected a layer of ${base.name}, which has no ${layer}`);
  }
  const [out, into] = weight.shape;
  const [rank] = a.shape;
  if (!isShape(a, [rank, into]) || !(rank > 0)) {
    throw refusal(path, a.name, `expected shape [rank, ${into}], found ${shapeOf(a)}`);
  }
  if (!isShape(b, [out, rank])) {
    throw refusal(path, b.name, `expected shape [${out}, ${rank}], found ${shapeOf(b)}`);
  }
  for (const { name, dtype } of [a, b]) {
    if (FLOATS.includes(dtype)) continue;
    throw refusal(path, name, `expected one of ${FLOATS.join(", ")}, found ${dtype}`);
  }
  const { scale, from } = strengths({
    ...named,
    otherNames: [layer, diffusersName(`${layer}.weight`).replace(/\.weight$/, "")],
    ...{ rank, alpha: await alphaOf(path, alpha) },
  });
  return { a, b, scale, from };
}

/** The number in an alpha tensor. */
async function alphaOf(path: string, alpha?: StoredTensor): Promise<number | undefined> {
  if (alpha === undefined) return undefined;
  const values = alpha.length <= 8 ? await readTensor(alpha, { integers: true }) : [];
  if (values.length === 1 && Number.isFinite(values[0]) && values[0] !== 0) return values[0];
  const found = values.length === 1 ? values[0] : `shape ${shapeOf(alpha)}`;
  throw refusal(path, alpha.name, `expected one number other than 0, found ${found}`);
}

function isShape(tensor: StoredTensor, shape: readonly number[]): boolean {
  return tensor.shape.length === shape.length && shape.every((dim, i) => dim === tensor.shape[i]);
}

function shapeOf({ shape }: StoredTensor): string {
  return `[${shape.join(", ")}]`;
}

function refusal(path: string, tensor: string, problem: string): InputError {
  return new InputError(`Cannot use ${tensor} of the LoRA ${path}: ${problem}`);
}
