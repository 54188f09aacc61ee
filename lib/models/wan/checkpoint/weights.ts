/** A model's weights by name, and how they enter a graph. */
import { InputError } from "../../../errors.ts";
import type { GraphBuilder } from "../../../onnx/graph.ts";
import { type Dtype, DTYPES, type StoredTensor, type Value } from "../../../onnx/types.ts";

/** Tensors of one model: of a file, or of the several files that it is split into. */
export interface Checkpoint {
  /** For messages: the file or folder that it was read from. */
  name: string;
  /**
   * A tensor of this very shape.
   *
   * @throws {InputError} naming the tensor, the file, and the expected and found shape.
   */
  get(name: string, shape: readonly number[]): StoredTensor;
  /** A tensor of any shape, where there is one of this name. */
  find(name: string): StoredTensor | undefined;
  has(name: string): boolean;
  /** In alphabetical order. */
  names(): string[];
}

/**
 * Tensors as a checkpoint.
 *
 * @param name For messages: the file or folder that they were read from.
 * @param tensors By the names that they are asked for, which may differ from those in the file.
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
            `found no such name among ${tensors.size}`,
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
 * A checkpoint whose names are without what a training or a packaging put before all of them, such
 * as `pipe.dit.`; tensors whose names begin otherwise are left out.
 *
 * @param telling A tensor's name that tells the model, and what its names begin with.
 * @param what What it is, for messages: "a fine-tuned transformer".
 * @throws {InputError} where no name ends so, or more than one.
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
export function withoutPrefix(checkpoint: Checkpoint, telling: string, what: string): Checkpoint {
  const names = checkpoint.names();
  const ends = names.filter((name) => name === telling || name.endsWith(`.${telling}`));
  if (ends.length !== 1) {
    const found = ends.length > 0 ? ends.join(", ") : names.slice(0, 3).join(", ") || "no tensors";
    throw new InputError(
      `Cannot read ${what} from ${checkpoint.name}: expected one tensor ${telling}, found ${found}`,
    );
  }
  const prefix = ends[0].slice(0, -telling.length);
  if (prefix === "") return checkpoint;
  const kept = names.filter((name) => name.startsWith(prefix));
  return checkpointOf(
    checkpoint.name,
    new Map(kept.map((name) => [name.slice(prefix.length), checkpoint.find(name)!])),
  );
}

/**
 * A stored tensor as floats of a graph, of 32 bits if not told otherwise. One stored in another type
 * is cast, which the runtime does once, when it loads the graph.
 *
 * @param options.shape Another shape for the same values, such as a convolution's kernel as a matrix.
 * @throws {InputError} for a tensor of whole numbers.
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

const FLOATS: readonly string[] = ["F32", "F16", "BF16", "F64"];

function inWords(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
