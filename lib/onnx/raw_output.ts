/** Gives a finished network one more output: what its bytes are rounded from. */
import { message } from "./protobuf.ts";

// Numbers of fields: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
const MODEL = { graph: 7 };
const GRAPH = { node: 1, output: 12 };
const NODE = { input: 1, output: 2, op: 4 };
const VALUE = { name: 1, type: 2 };
const TYPE = { tensor: 1 };
const TENSOR = { element: 1 };
const FLOAT = 1;

/** Steps from floats to bytes, which may turn NaN into a number. */
const ROUNDING: readonly string[] = ["Identity", "Cast", "Clip", "Round", "Floor", "Min", "Max"];

/**
 * A network's file with a further output, the floats that one of its outputs is clipped, rounded and
 * cast from; what it computes is the same. The file as it is where no such step comes before.
 *
 * @param bytes An ONNX model.
 * @param output The name of an output in bytes.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { graphBuilder } from "./graph.ts";
 * import { withRawOutput } from "./raw_output.ts";
 * import { openNetwork } from "./session.ts";
 *
 * const g = graphBuilder("roots");
 * const root = g.node("Sqrt", [g.input("x", "F32", [2])]);
 * const clipped = g.node("Clip", [root, g.constant("F32", [], [0]), g.constant("F32", [], [255])]);
 * g.output("frames", g.node("Cast", [clipped], { to: 2 }), "U8", [2]);
 * const bytes = withRawOutput(g.build().bytes, "frames");
 * const network = await openNetwork(bytes, "roots", "cpu");
 * const of = (...x: number[]) =>
 *   network.run({ x: { type: "float32", data: Float32Array.from(x), dims: [2] } });
 * assertEquals(Object.values(await of(4, 90_000)).map((y) => [...y]), [[2, 255], [2, 300]]);
 * await assertInputError(() => of(4, -1), "roots", "NaN in 1 of 2 values");
 * await network.close();
 * ```
 */
export function withRawOutput(bytes: Uint8Array, output: string): Uint8Array {
  const makers = new Map<string, { op: string; input: string }>();
  for (const graph of blobs(bytes, MODEL.graph)) {
    for (const node of blobs(graph, GRAPH.node)) {
      const [input = ""] = texts(node, NODE.input);
      const [op = ""] = texts(node, NODE.op);
      for (const made of texts(node, NODE.output)) makers.set(made, { op, input });
    }
  }
  let raw = output;
  for (;;) {
    const maker = makers.get(raw);
    if (maker === undefined || !ROUNDING.includes(maker.op)) break;
    raw = maker.input;
  }
  if (raw === output || !makers.has(raw)) return bytes;
  const type = message().blob(
    TYPE.tensor,
    message().int(TENSOR.element, FLOAT).bytes(),
  );
  const value = message().text(VALUE.name, raw).blob(VALUE.type, type.bytes());
  const graph = message().blob(GRAPH.output, value.bytes());
  // A message that follows another of the same field is merged with it.
  const added = message().blob(MODEL.graph, graph.bytes()).bytes();
  const all = new Uint8Array(bytes.length + added.length);
  all.set(bytes);
  all.set(added, bytes.length);
  return all;
}

function texts(bytes: Uint8Array, field: number): string[] {
  return [...blobs(bytes, field)].map((blob) => new TextDecoder().decode(blob));
}

/** The values of one field that are messages or text, in order. */
function* blobs(bytes: Uint8Array, wanted: number): Generator<Uint8Array> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1;; shift *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("a network's file is cut off");
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else {
      const length = varint();
      if (field === wanted) yield bytes.subarray(at, at + length);
      at += length;
    }
  }
}
