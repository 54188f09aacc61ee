/** Identifies weights without reading all of them. */
import { createHash } from "node:crypto";
import type { Checkpoint } from "./weights.ts";

const SAMPLES = 64;
const SAMPLE_BYTES = 4096;

/**
 * A hash that identifies weights: of every tensor's name, dtype and shape, and of 64 evenly spaced
 * samples of each file. Training changes all weights, so no sample of another checkpoint is equal;
 * reading 17 GB for every run could take longer than generating a clip.
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
export async function identityOf(checkpoints: readonly Checkpoint[]): Promise<string> {
  const hash = createHash("sha256");
  for (const checkpoint of checkpoints) {
    const tensors = checkpoint.names().map((name) => ({ ...checkpoint.find(name)!, name }));
    for (const { name, dtype, shape } of tensors) hash.update(`${name} ${dtype} ${shape}\n`);
    for (const file of [...new Set(tensors.map(({ file }) => file))]) await sample(file, hash);
  }
  return hash.digest("hex");
}

async function sample(path: string, hash: ReturnType<typeof createHash>): Promise<void> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const part = new Uint8Array(Math.min(SAMPLE_BYTES, size));
  for (let i = 0; i < SAMPLES; i++) {
    const last = Math.max(0, size - part.length);
    await file.seek(Math.round(last * i / (SAMPLES - 1)), Deno.SeekMode.Start);
    let read = 0;
    while (read < part.length) read += await file.read(part.subarray(read)) ?? part.length;
    hash.update(part);
  }
}
