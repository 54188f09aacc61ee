/** Small `.safetensors` files for tests. */
import { headerBytes } from "../../onnx/safetensors_header.ts";
import { type Dtype, DTYPES } from "../../onnx/types.ts";

/** A tensor to write; zeros by default. */
export interface WrittenTensor {
  dtype: Dtype;
  shape: readonly number[];
  bytes?: Uint8Array;
}

/** A tensor of 32-bit floats; zeros by default. */
export function f32(shape: readonly number[], values?: readonly number[]): WrittenTensor {
  const bytes = values && new Uint8Array(Float32Array.from(values).buffer);
  return { dtype: "F32", shape, bytes };
}

/** Writes tensors contiguously in the given order, and entries of the header beside its format. */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, WrittenTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: { format: "pt", ...metadata } };
  const parts: Uint8Array[] = [];
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    const length = shape.reduce((a, b) => a * b, 1) * DTYPES[dtype].bytes;
    const part = bytes ?? new Uint8Array(length);
    if (part.length !== length) {
      throw new RangeError(`${name}: expected ${length} bytes, found ${part.length}`);
    }
    header[name] = { dtype, shape, data_offsets: [at, at + length] };
    parts.push(part);
    at += length;
  }
  await writeRaw(path, JSON.stringify(header), parts);
}

/** Writes a header verbatim, preceded by its length and followed by `parts`. */
export async function writeRaw(
  path: string,
  header: string | Uint8Array,
  parts: readonly Uint8Array[],
): Promise<void> {
  await Deno.writeFile(path, new Blob([headerBytes(header), ...parts] as BlobPart[]).stream());
}
