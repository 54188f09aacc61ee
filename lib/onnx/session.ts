/** Runs networks with onnxruntime. */
import * as ort from "onnxruntime-node";
import { ClipError, InputError, messageOf } from "../errors.ts";
import { notFinite } from "./finite.ts";
import type { Provider } from "./provider.ts";
import type { Graph } from "./types.ts";

/** An input tensor. */
export interface Values {
  type: "float32" | "int64";
  data: Float32Array | BigInt64Array;
  dims: readonly number[];
}

/** A network ready to run. */
export interface Network {
  /**
   * Runs the network on named inputs; outputs are 32-bit floats, or bytes if the network has such.
   *
   * @throws {ClipError} for floats that are not finite, going in or coming out: what is computed from
   * them would be a black clip, or any other.
   */
  run<Out extends Float32Array | Uint8Array = Float32Array>(
    inputs: Readonly<Record<string, Values>>,
  ): Promise<Record<string, Out>>;
  close(): Promise<void>;
}

/** None: its warnings are meant for its developers, and its errors are thrown as well. */
const LOG_NOTHING = 4;

/** How a network is run. */
export interface GraphOptions {
  /** Inputs and outputs whose values must be finite; all by default. */
  checked?: readonly string[];
}

/**
 * Opens a network from a file's bytes.
 *
 * @param file For messages only.
 * @throws {InputError} if the bytes are not a network that this runtime can run.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { openNetwork } from "./session.ts";
 *
 * await assertInputError(() => openNetwork(new Uint8Array(9), "nano.onnx", "cpu"), "nano.onnx");
 * ```
 */
export async function openNetwork(
  bytes: Uint8Array,
  file: string,
  provider: Provider,
): Promise<Network> {
  return await open(bytes, file, provider);
}

/**
 * Opens a graph whose weights stay in their files: they are memory-mapped rather than read, and not
 * prepacked, which would take too much time and memory for 6 GB of weights.
 *
 * @throws {InputError} if the graph does not fit its weights, or this runtime.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { graphBuilder } from "./graph.ts";
 * import { openGraph } from "./session.ts";
 *
 * const g = graphBuilder("sum");
 * const x = g.input("x", "F32", [2]);
 * g.output("y", g.node("ReduceSum", [x], { keepdims: 0 }), "F32", []);
 * const network = await openGraph(g.build(), "cpu");
 * const { y } = await network.run({ x: { type: "float32", data: Float32Array.of(1, 2), dims: [2] } });
 * assertEquals([...y], [3]);
 * await network.close();
 * ```
 */
export async function openGraph(
  graph: Graph,
  provider: Provider,
  { checked }: GraphOptions = {},
): Promise<Network> {
  const extra = {
    session: {
      disable_prepacking: "1",
      ...(graph.folder ? { model_external_initializers_file_folder_path: graph.folder } : {}),
    },
  };
  return await open(graph.bytes, graph.name, provider, { extra }, checked);
}

async function open(
  bytes: Uint8Array,
  file: string,
  provider: Provider,
  options: ort.InferenceSession.SessionOptions = {},
  checked?: readonly string[],
): Promise<Network> {
  const check = (name: string, values: unknown, what: "given" | "computed") => {
    if (!(values instanceof Float32Array) || checked?.includes(name) === false) return;
    const found = notFinite(values);
    if (found === null) return;
    throw new ClipError(
      what === "given"
        ? `${name} given to ${file}: ${found}`
        : `${name} computed by ${file}: ${found}`,
    );
  };
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      logSeverityLevel: LOG_NOTHING,
      ...options,
    });
  } catch (error) {
    throw new InputError(`Cannot open ${file} on ${provider}: ${messageOf(error)}`);
  }
  return {
    async run<Out extends Float32Array | Uint8Array>(inputs: Readonly<Record<string, Values>>) {
      for (const [name, { data }] of Object.entries(inputs)) check(name, data, "given");
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([name, { type, data, dims }]) => [
          name,
          new ort.Tensor(type, data, dims),
        ]),
      );
      const outputs = await session.run(tensors);
      const values = await Promise.all(
        Object.entries(outputs).map(async ([name, tensor]) =>
          [name, await tensor.getData() as Out] as const
        ),
      );
      for (const [name, computed] of values) check(name, computed, "computed");
      return Object.fromEntries(values);
    },
    close: () => session.release(),
  };
}
