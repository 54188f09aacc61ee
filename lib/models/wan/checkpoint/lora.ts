/** LoRA files: low-rank updates of the transformer's layers. */
import { InputError } from "../../../errors.ts";
import { readHeader, readTensor } from "../../../onnx/safetensors.ts";
import type { StoredTensor } from "../../../onnx/types.ts";
import { diffusersName, ditNaming } from "../transformer/dit_keys.ts";
import type { Lora, LoraLayer } from "../transformer/dit_layers.ts";
import type { Checkpoint } from "./weights.ts";

/** A layer's tensors in the file. */
interface Found {
  a?: StoredTensor;
  b?: StoredTensor;
  alpha?: StoredTensor;
}

/** Prefixes that training scripts or packaging add to a layer's name, outermost first. */
const PREFIXES = [
  ...["base_model.model.", "pipe.", "model.", "diffusion_model.", "transformer.", "dit."],
];

/** A layer, its factor and, in PEFT's format, the adapter's name. */
const FACTOR = /^(.+)\.(lora_A|lora_down|lora_B|lora_up)(?:\.[^.]+)?\.weight$/;
const ALPHA = /^(.+)\.alpha$/;

/** Layers of a block that can be adapted, by their original names, and those outside blocks. */
const IN_BLOCK = [
  ...["self_attn.q", "self_attn.k", "self_attn.v", "self_attn.o"],
  ...["cross_attn.q", "cross_attn.k", "cross_attn.v", "cross_attn.o", "ffn.0", "ffn.2"],
];
const OUTSIDE = [
  ...["text_embedding.0", "text_embedding.2", "time_embedding.0", "time_embedding.2"],
  ...["time_projection.1", "head.head"],
];

/**
 * Reads a LoRA for a transformer: locates the two factors of each adapted layer. Names may be the
 * original's or Diffusers', with factors called `lora_A` and `lora_B`, as MicroVerse trains them, or
 * `lora_down` and `lora_up`.
 *
 * @param path A `.safetensors` file.
 * @param base The transformer that it is for, under either naming scheme.
 * @returns By the layer's original name, such as `blocks.0.self_attn.q`: `a` of shape `[rank, in]`,
 * `b` of `[out, rank]`, and the `scale` of the update W + scale · B·A of the layer's weight W: alpha
 * over rank, or 1 if the file has no alpha (Hu et al., 2021).
 * @throws {InputError} for a file that is not a LoRA, a missing factor, factors whose shapes do not
 * fit each other or the layer, or a layer that the transformer lacks.
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
  for (const tensor of await readHeader(path)) {
    const [, key, kind = "alpha"] = FACTOR.exec(tensor.name) ?? ALPHA.exec(tensor.name) ?? [];
    if (key === undefined) {
      throw refusal(
        path,
        tensor.name,
        "expected a name ending in lora_A.weight, lora_B.weight, lora_down.weight, " +
          "lora_up.weight or alpha, found none of these",
      );
    }
    const layer = originalLayer(key);
    if (layer === null) {
      const expected = "expected a layer of Wan's transformer such as blocks.0.self_attn.q, found ";
      throw refusal(path, tensor.name, expected + key);
    }
    const found = layers.get(layer) ?? {};
    layers.set(layer, found);
    const slot = kind === "alpha" ? kind : kind === "lora_A" || kind === "lora_down" ? "a" : "b";
    const other = found[slot];
    if (other !== undefined) {
      throw refusal(path, tensor.name, `expected it once for ${layer}, also found ${other.name}`);
    }
    found[slot] = tensor;
  }
  if (layers.size === 0) throw new InputError(`Cannot read a LoRA from ${path}: it has no tensors`);
  const nameOf = ditNaming(base);
  const lora = new Map<string, LoraLayer>();
  for (const layer of [...layers.keys()].sort()) {
    lora.set(layer, await checked(path, layer, layers.get(layer)!, base, nameOf));
  }
  return lora;
}

/** A layer's update, after checking its factors against each other and the layer. */
async function checked(
  path: string,
  layer: string,
  { a, b, alpha }: Found,
  base: Checkpoint,
  nameOf: (original: string) => string,
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
  if (alpha === undefined) return { a, b, scale: 1 };
  const values = alpha.length <= 8 ? await readTensor(alpha) : [];
  if (values.length !== 1 || !Number.isFinite(values[0])) {
    const found = values.length === 1 ? values[0] : `shape ${shapeOf(alpha)}`;
    throw refusal(path, alpha.name, `expected one number, found ${found}`);
  }
  return { a, b, scale: values[0] / rank };
}

/** A layer's original name, or null if it is not a layer that can be adapted. */
function originalLayer(key: string): string | null {
  let layer = key;
  for (const prefix of PREFIXES) if (layer.startsWith(prefix)) layer = layer.slice(prefix.length);
  const block = /^blocks\.\d+\./.exec(layer)?.[0];
  const candidates = block === undefined ? OUTSIDE : IN_BLOCK.map((name) => block + name);
  return candidates.find((name) =>
    name === layer || diffusersName(`${name}.weight`) === `${layer}.weight`
  ) ?? null;
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
