/** A model's weights by name, for use in a graph. */
import { InputError } from "../../../errors.ts";
import type { GraphBuilder } from "../../../onnx/graph.ts";
import { type Dtype, DTYPES, type StoredTensor, type Value } from "../../../onnx/types.ts";

/** The tensors of a model, in one or more files. */
export interface Checkpoint {
  /** The file or folder that it was read from, for messages. */
  name: string;
  /**
   * A tensor that must have this shape.
   *
   * @throws {InputError} with the tensor, the file, and the expected and found shapes.
   */
  get(name: string, shape: readonly number[]): StoredTensor;
  /** A tensor of any shape, if it exists. */
  find(name: string): StoredTensor | undefined;
  has(name: string): boolean;
  /** In alphabetical order. */
  names(): string[];
}

/**
 * Creates a checkpoint from tensors.
 *
 * @param name The file or folder that they were read from, for messages.
 * @param tensors By name, which may differ from the names in the file.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { checkpointOf } from "./weights.ts";
 *
 * const at = { dtype: "BF16", file: "/w/dit.safetensors", offset: 96, length: 12 } as const;
 * const bias = { name: "head.bias", shape: [6], ...at };
 * const weights = checkpointOf("/w", new Map([["head.bias", bias]]));
 * assertEquals(weights.get("head.bias", [6]), bias);
 * await assertInputError(() => weights.get("head.bias", [8]), "dit.safetensors", "[8]", "[6]");
 * await assertInputError(() => weights.get("head.weight", [6, 2]), "head.weight", "/w", "[6, 2]");
 * ```
 */
export function checkpointOf(
  name: string,
  tensors: ReadonlyMap<string, StoredTensor>,
): Checkpoint {
  return {
    name,
    get(wanted, shape) {
      const found = tensors.get(wanted);
      if (found === undefined) {
        throw new InputError(
          `Cannot find tensor ${wanted} in ${name}: expected shape ${inWords(shape)}, ` +
            `found no such name among ${tensors.size} tensors`,
        );
      }
      if (found.shape.length !== shape.length || found.shape.some((dim, i) => dim !== shape[i])) {
        const from = found.file === name ? name : `${name} (${found.file})`;
        throw new InputError(
          `Cannot use tensor ${found.name} of ${from}: expected shape ${inWords(shape)}, ` +
            `found ${inWords(found.shape)}`,
        );
      }
      return found;
    },
    find: (wanted) => tensors.get(wanted),
    has: (wanted) => tensors.has(wanted),
    names: () => [...tensors.keys()].sort(),
  };
}

/**
 * Removes the prefix that a training script or packaging added to all names, such as `pipe.dit.`;
 * tensors without the prefix are omitted.
 *
 * @param marker The name, without prefix, of a tensor that identifies the model.
 * @param what A description for messages, such as "a fine-tuned transformer".
 * @throws {InputError} unless exactly one name ends with the marker.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { checkpointOf, withoutPrefix } from "./weights.ts";
 *
 * const at = { dtype: "F32", file: "/w/step-500.safetensors", offset: 96, length: 8 } as const;
 * const name = "pipe.dit.head.head.bias";
 * const trained = checkpointOf("/w", new Map([[name, { name, shape: [2], ...at }]]));
 * const plain = withoutPrefix(trained, "head.head.bias", "a fine-tuned transformer");
 * assertEquals(plain.names(), ["head.head.bias"]);
 * ```
 */
export function withoutPrefix(checkpoint: Checkpoint, marker: string, what: string): Checkpoint {
  const names = checkpoint.names();
  const ends = names.filter((name) => name === marker || name.endsWith(`.${marker}`));
  if (ends.length !== 1) {
    const found = ends.length > 0 ? ends.join(", ") : names.slice(0, 3).join(", ") || "no tensors";
    throw new InputError(
      `Cannot read ${what} from ${checkpoint.name}: expected one tensor ${marker}, found ${found}`,
    );
  }
  const prefix = ends[0].slice(0, -marker.length);
  if (prefix === "") return checkpoint;
  const prefixed = names.filter((name) => name.startsWith(prefix));
  return checkpointOf(
    checkpoint.name,
    new Map(prefixed.map((name) => [name.slice(prefix.length), checkpoint.find(name)!])),
  );
}

/**
 * A stored tensor as floats in a graph, in 32 bits by default. A tensor of another dtype is cast,
 * which the runtime does once, at load time.
 *
 * @param options.shape Another shape for the same values, such as a convolution kernel as a matrix.
 * @throws {InputError} for a tensor of integers.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { graphBuilder } from "../../../onnx/graph.ts";
 * import { openGraph } from "../../../onnx/session.ts";
 * import { weight } from "./weights.ts";
 *
 * const file = await Deno.makeTempFile();
 * await Deno.writeFile(file, new Uint8Array(Uint16Array.of(0x3f80, 0xc000).buffer));
 * const g = graphBuilder("two weights");
 * const tensor = { name: "w", dtype: "BF16", shape: [2], file, offset: 0, length: 4 } as const;
 * g.output("y", weight(g, tensor), "F32", [2]);
 * const network = await openGraph(g.build(), "cpu");
 * assertEquals([...(await network.run({})).y], [1, -2]);
 * await network.close();
 * await Deno.remove(file);
 * ```
 */
export function weight(
  g: GraphBuilder,
  tensor: StoredTensor,
  { shape, as = "F32" }: { shape?: readonly number[]; as?: Dtype } = {},
): Value {
  if (!FLOATS.includes(tensor.dtype)) {
    throw new InputError(
      `Cannot use tensor ${tensor.name} of ${tensor.file}: expected one of ${FLOATS.join(", ")}, ` +
        `found ${tensor.dtype}`,
    );
  }
  const stored = g.stored(tensor, shape);
  return tensor.dtype === as ? stored : g.node("Cast", [stored], { to: DTYPES[as].code });
}

/** Dtypes of weights that can be used. */
export const FLOATS: readonly string[] = ["F32", "F16", "BF16", "F64"];

function inWords(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
