/** Identifies weights without reading all of them. */
import { createHash } from "node:crypto";
import type { StoredTensor } from "../../../onnx/types.ts";
import type { Checkpoint } from "./weights.ts";

/** Files up to this size are read whole, LoRAs among them. */
const WHOLE_BYTES = 2 ** 28;
const SAMPLES = 64;
const SAMPLE_BYTES = 4096;

/**
 * A hash that identifies weights: of every tensor's name, dtype and shape, and of each file's bytes; of
 * large files, of 64 evenly spaced samples and of one from the middle of every tensor. A training that
 * changes a tensor at all changes most of it, but it may leave many tensors as they are; and reading
 * 17 GB for every run could take longer than generating a clip.
 *
 * @param options.whole Size up to which files are read whole, in bytes.
 *
 * @returns 64 hexadecimal digits.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../../testing/assert.ts";
 * import { identityOf } from "./identity.ts";
 * import { checkpointOf } from "./weights.ts";
 *
 * const file = await Deno.makeTempFile();
 * const weights = () => identityOf([checkpointOf("w", new Map([["b", {
 *   ...{ name: "b", dtype: "F32", shape: [2], file, offset: 0, length: 8 } as const,
 * }]]))]);
 * await Deno.writeFile(file, new Uint8Array(new Float32Array([1, 2]).buffer));
 * const before = await weights();
 * await Deno.writeFile(file, new Uint8Array(new Float32Array([1, 3]).buffer));
 * assertOk(await weights() !== before);
 * await Deno.remove(file);
 * ```
 */
export async function identityOf(
  checkpoints: readonly Checkpoint[],
  { whole = WHOLE_BYTES }: { whole?: number } = {},
): Promise<string> {
  const hash = createHash("sha256");
  for (const checkpoint of checkpoints) {
    const tensors = checkpoint.names().map((name) => ({ ...checkpoint.find(name)!, name }));
    for (const { name, dtype, shape } of tensors) hash.update(`${name} ${dtype} ${shape}\n`);
    for (const [file, stored] of Map.groupBy(tensors, ({ file }) => file)) {
      await sample(file, stored, whole, hash);
    }
  }
  return hash.digest("hex");
}

async function sample(
  path: string,
  tensors: readonly StoredTensor[],
  whole: number,
  hash: ReturnType<typeof createHash>,
): Promise<void> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  if (size <= whole) {
    for await (const chunk of file.readable) hash.update(chunk);
    return;
  }
  const part = new Uint8Array(Math.min(SAMPLE_BYTES, size));
  const last = size - part.length;
  const even = Array.from({ length: SAMPLES }, (_, i) => Math.round(last * i / (SAMPLES - 1)));
  const middles = tensors.map(({ offset, length }) => offset + length / 2 - part.length / 2);
  const starts = [...even, ...middles.map((at) => Math.min(last, Math.max(0, Math.floor(at))))];
  for (const start of starts.sort((a, b) => a - b)) {
    await file.seek(start, Deno.SeekMode.Start);
    let read = 0;
    while (read < part.length) read += await file.read(part.subarray(read)) ?? part.length;
    hash.update(part);
  }
}
