/** Builds graphs for onnxruntime in memory; weights stay in their files. */
import { message } from "./protobuf.ts";
import {
  type Attribute,
  type Dim,
  type Dtype,
  DTYPES,
  type Graph,
  type StoredTensor,
  type Value,
} from "./types.ts";

/** Versions of the standard operators, and onnxruntime's own domain. */
const OPSET = 21;
const IR_VERSION = 10;
const MICROSOFT = "com.microsoft";

const EXTERNAL = 1;
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** See {@link graphBuilder}. */
export interface GraphBuilder {
  input(name: string, dtype: Dtype, shape: readonly Dim[]): Value;
  output(name: string, value: Value, dtype: Dtype, shape: readonly Dim[]): void;
  /** A tensor in the model itself, converted to `dtype`. */
  constant(dtype: "F32" | "I64", shape: readonly number[], values: ArrayLike<number>): Value;
  /**
   * A tensor in a file, used in place.
   *
   * @param shape Another shape for the same bytes, such as a convolution kernel as a matrix.
   */
  stored(tensor: StoredTensor, shape?: readonly number[]): Value;
  /** A node with one output. Null omits an input; the prefix `com.microsoft::` selects that domain. */
  node(
    op: string,
    inputs: readonly (Value | null)[],
    attributes?: Record<string, Attribute>,
  ): Value;
  /** A node with multiple outputs. */
  nodes(
    op: string,
    inputs: readonly (Value | null)[],
    outputs: number,
    attributes?: Record<string, Attribute>,
  ): Value[];
  build(): Graph;
}

/**
 * Creates an empty graph.
 *
 * @param name For messages.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { graphBuilder } from "./graph.ts";
 * import { openGraph } from "./session.ts";
 *
 * const g = graphBuilder("twice");
 * const x = g.input("x", "F32", ["n"]);
 * g.output("y", g.node("Mul", [x, g.constant("F32", [], [2])]), "F32", ["n"]);
 * const network = await openGraph(g.build(), "cpu");
 * const { y } = await network.run({ x: { type: "float32", data: Float32Array.of(1, 2), dims: [2] } });
 * assertEquals(y, Float32Array.of(2, 4));
 * await network.close();
 * ```
 */
export function graphBuilder(name: string): GraphBuilder {
  const nodes: Uint8Array[] = [];
  const inputs: Uint8Array[] = [];
  const outputs: Uint8Array[] = [];
  const constants: Uint8Array[] = [];
  const external = new Map<
    string,
    { id: string; tensor: StoredTensor; shape: readonly number[] }
  >();
  let count = 0;
  const fresh = (what: string) => `${what}_${count++}`;
  const self: GraphBuilder = {
    input(name, dtype, shape) {
      inputs.push(valueInfo(name, dtype, shape));
      return { id: name };
    },
    output(name, value, dtype, shape) {
      nodes.push(nodeBytes("Identity", [value.id], [name], {}));
      outputs.push(valueInfo(name, dtype, shape));
    },
    constant(dtype, shape, values) {
      const id = fresh("constant");
      const raw = dtype === "I64"
        ? BigInt64Array.from(values as ArrayLike<number> & Iterable<number>, (v) => BigInt(v))
          .buffer
        : Float32Array.from(values).buffer;
      const size = shape.reduce((a, b) => a * b, 1);
      if (size !== values.length) {
        throw new RangeError(`${values.length} values for shape [${shape}] in ${name}`);
      }
      constants.push(tensorBytes(id, dtype, shape).blob(9, new Uint8Array(raw)).bytes());
      return { id };
    },
    stored(tensor, shape = tensor.shape) {
      const key = `${tensor.file}:${tensor.offset}:${shape}`;
      const known = external.get(key);
      if (known) return { id: known.id };
      const size = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
      if (size(shape) !== size(tensor.shape)) {
        throw new RangeError(`${tensor.name} [${tensor.shape}] cannot be read as [${shape}]`);
      }
      const id = fresh(tensor.name);
      external.set(key, { id, tensor, shape });
      return { id };
    },
    node: (op, inputs, attributes) => self.nodes(op, inputs, 1, attributes)[0],
    nodes(op, inputs, count, attributes = {}) {
      const ids = Array.from({ length: count }, () => fresh(op.replace(/^.*::/, "")));
      nodes.push(nodeBytes(op, inputs.map((value) => value?.id ?? ""), ids, attributes));
      return ids.map((id) => ({ id }));
    },
    build() {
      const stored = [...external.values()];
      const folder = commonFolder(stored.map(({ tensor }) => tensor.file));
      const initializers = stored.map(({ id, tensor, shape }) =>
        externalBytes(id, tensor, shape, folder!)
      );
      const graph = message();
      for (const node of nodes) graph.blob(1, node);
      graph.text(2, name);
      for (const tensor of [...constants, ...initializers]) graph.blob(5, tensor);
      for (const input of inputs) graph.blob(11, input);
      for (const output of outputs) graph.blob(12, output);
      const model = message().int(1, IR_VERSION).blob(7, graph.bytes())
        .blob(8, message().text(1, "").int(2, OPSET).bytes())
        .blob(8, message().text(1, MICROSOFT).int(2, 1).bytes());
      return { bytes: model.bytes(), folder, name };
    },
  };
  return self;
}

/** The deepest folder that contains all files, or null without files. */
function commonFolder(files: readonly string[]): string | null {
  if (files.length === 0) return null;
  const parts = files.map((file) => file.split("/").slice(0, -1));
  const first = parts[0];
  const differs = first.findIndex((part, i) => parts.some((other) => other[i] !== part));
  return (differs < 0 ? first : first.slice(0, differs)).join("/") || "/";
}

function externalBytes(id: string, tensor: StoredTensor, shape: readonly number[], folder: string) {
  const entry = (key: string, value: string) => message().text(1, key).text(2, value).bytes();
  const from = folder.endsWith("/") ? folder.length : folder.length + 1;
  return tensorBytes(id, tensor.dtype, shape)
    .blob(13, entry("location", tensor.file.slice(from)))
    .blob(13, entry("offset", String(tensor.offset)))
    .blob(13, entry("length", String(tensor.length)))
    .int(14, EXTERNAL)
    .bytes();
}

function tensorBytes(id: string, dtype: Dtype, shape: readonly number[]) {
  const tensor = message();
  for (const dim of shape) tensor.int(1, dim);
  return tensor.int(2, DTYPES[dtype].code).text(8, id);
}

function valueInfo(name: string, dtype: Dtype, shape: readonly Dim[]): Uint8Array {
  const dims = message();
  for (const dim of shape) {
    const one = message();
    dims.blob(1, (typeof dim === "number" ? one.int(1, dim) : one.text(2, dim)).bytes());
  }
  const tensor = message().int(1, DTYPES[dtype].code).blob(2, dims.bytes());
  return message().text(1, name).blob(2, message().blob(1, tensor.bytes()).bytes()).bytes();
}

function nodeBytes(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Record<string, Attribute>,
): Uint8Array {
  const isMicrosoft = op.startsWith(`${MICROSOFT}::`);
  const node = message();
  for (const id of inputs) node.text(1, id);
  for (const id of outputs) node.text(2, id);
  node.text(3, outputs[0]).text(4, isMicrosoft ? op.slice(MICROSOFT.length + 2) : op);
  for (const [key, value] of Object.entries(attributes)) node.blob(5, attributeBytes(key, value));
  return (isMicrosoft ? node.text(7, MICROSOFT) : node).bytes();
}

function attributeBytes(name: string, value: Attribute): Uint8Array {
  const attribute = message().text(1, name);
  if (typeof value === "number") return attribute.int(3, value).int(20, ATTRIBUTE.int).bytes();
  if (typeof value === "string") return attribute.text(4, value).int(20, ATTRIBUTE.string).bytes();
  if ("float" in value) return attribute.float(2, value.float).int(20, ATTRIBUTE.float).bytes();
  for (const element of value) attribute.int(8, element);
  return attribute.int(20, ATTRIBUTE.ints).bytes();
}
