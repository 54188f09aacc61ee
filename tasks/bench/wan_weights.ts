/** Random weights of Wan's transformer at full size; the values make no difference to the time. */
import { dirname } from "node:path";
import { diffusersName } from "../../lib/models/wan/transformer/dit_keys.ts";
import { headerBytes } from "../../lib/onnx/safetensors_header.ts";
import { random } from "../../lib/random.ts";
import { exists } from "../../lib/store/file.ts";

/** Size of the random pool that tensors are copied from, at varying offsets. */
const POOL = 1 << 21;
const SEED = 5;

/**
 * Writes random 32-bit weights under Diffusers' names, unless the file exists. Matrices preserve the
 * variance of their inputs, gains are about 1.
 *
 * @param shapes By the original's names.
 * @param onBytes Called with the bytes written so far, and the total.
 */
export async function writeRandomWeights(
  file: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  onBytes: (written: number, total: number) => void,
): Promise<void> {
  if (await exists(file)) return;
  await Deno.mkdir(dirname(file), { recursive: true });
  const header: Record<string, unknown> = {};
  let all = 0;
  for (const [name, shape] of shapes) {
    const end = all + 4 * shape.reduce((a, b) => a * b, 1);
    header[diffusersName(name)] = { dtype: "F32", shape, data_offsets: [all, end] };
    all = end;
  }
  const draw = random(SEED, "weights");
  const drawn = Float32Array.from({ length: POOL }, () => 2 * draw() - 1);
  const pools = new Map<string, Float32Array<ArrayBuffer>>();
  const part = `${file}.part`;
  {
    using out = await Deno.open(part, { write: true, create: true, truncate: true });
    await writeAll(out, headerBytes(JSON.stringify(header)));
    let written = 0;
    for (const [name, shape] of shapes) {
      const matrix = shape.length === 2 || shape.length === 5;
      const length = shape.reduce((a, b) => a * b, 1);
      const gain = /norm.*weight$/.test(name) ? 1 : 0;
      const scale = gain ? 0.2 : matrix ? Math.sqrt(3 * shape[0] / length) : 0.3;
      const pool = pools.getOrInsertComputed(
        `${gain} ${scale}`,
        () => drawn.map((value) => gain + scale * value),
      );
      for (let left = length; left > 0;) {
        const from = Math.floor(draw() * (POOL / 2));
        const count = Math.min(left, POOL / 2);
        await writeAll(out, new Uint8Array(pool.buffer, 4 * from, 4 * count));
        left -= count;
      }
      onBytes(written += 4 * length, all);
    }
  }
  await Deno.rename(part, file);
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
