/** Networks as onnxruntime runs them. */
import * as ort from "onnxruntime-node";
import { InputError, messageOf } from "../errors.ts";
import type { Provider } from "./provider.ts";

/** Values with a shape, as they go into a network and come out of it. */
export interface Values {
  type: "float32" | "int64";
  data: Float32Array | BigInt64Array;
  dims: readonly number[];
}

/** A network ready to run. */
export interface Network {
  /** Named values in, named values out: 32-bit floats, or bytes where the network gives bytes. */
  run<Out extends Float32Array | Uint8Array = Float32Array>(
    inputs: Readonly<Record<string, Values>>,
  ): Promise<Record<string, Out>>;
  close(): Promise<void>;
}

/** Errors only: warnings of the runtime are for its makers. */
const LOG_ERRORS = 3;

/**
 * Opens a network from a file.
 *
 * @param file For the message only.
 * @throws {InputError} if the bytes are no network that this runtime can run.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing.ts";
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
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      logSeverityLevel: LOG_ERRORS,
    });
  } catch (error) {
    throw new InputError(`Cannot open ${file} on ${provider}: ${messageOf(error)}`);
  }
  return {
    async run<Out extends Float32Array | Uint8Array>(inputs: Readonly<Record<string, Values>>) {
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([name, { type, data, dims }]) => [
          name,
          new ort.Tensor(type, data, dims),
        ]),
      );
      const found = await session.run(tensors);
      const values = await Promise.all(
        Object.entries(found).map(async ([name, tensor]) =>
          [name, await tensor.getData() as Out] as const
        ),
      );
      return Object.fromEntries(values);
    },
    close: () => session.release(),
  };
}
