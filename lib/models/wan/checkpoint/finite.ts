/** Looks for weights that are not finite. */
import type { Dtype, StoredTensor } from "../../../onnx/types.ts";
import type { Checkpoint } from "./weights.ts";

/** Bytes that are read at once. */
const CHUNK = 2 ** 24;

/** Bits of the exponent, all of which NaN and infinity have set, in words of 2 or 4 bytes. */
const EXPONENTS: Partial<Record<Dtype, { word: 2 | 4; exponent: number; every: number }>> = {
  F32: { word: 4, exponent: 0x7f800000, every: 1 },
  F16: { word: 2, exponent: 0x7c00, every: 1 },
  BF16: { word: 2, exponent: 0x7f80, every: 1 },
  // The upper half of each.
  F64: { word: 4, exponent: 0x7ff00000, every: 2 },
};

/**
 * The first tensor of a checkpoint, by name, with values that are not finite; null if there is none.
 * All of it is read: minutes for large ones, so it is for finding out what went wrong.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { f32, writeSafetensors } from "../../../testing/onnx/safetensors.ts";
 * import { openCheckpoint } from "./checkpoint.ts";
 * import { firstNotFinite } from "./finite.ts";
 *
 * const file = await Deno.makeTempFile({ suffix: ".safetensors" });
 * await writeSafetensors(file, { "a.weight": f32([2]), "b.weight": f32([2], [1, NaN]) });
 * assertEquals((await firstNotFinite(await openCheckpoint(file, "a model")))?.name, "b.weight");
 * await Deno.remove(file);
 * ```
 */
export async function firstNotFinite(checkpoint: Checkpoint): Promise<StoredTensor | null> {
  for (const name of checkpoint.names()) {
    const tensor = checkpoint.find(name)!;
    if (await hasNotFinite(tensor)) return tensor;
  }
  return null;
}

async function hasNotFinite({ dtype, file, offset, length }: StoredTensor): Promise<boolean> {
  const known = EXPONENTS[dtype];
  if (known === undefined) return false;
  const { word, exponent, every } = known;
  using opened = await Deno.open(file);
  await opened.seek(offset, Deno.SeekMode.Start);
  const buffer = new Uint8Array(Math.min(CHUNK, length));
  for (let left = length; left > 0;) {
    const part = buffer.subarray(0, Math.min(left, buffer.length));
    for (let at = 0; at < part.length;) {
      const read = await opened.read(part.subarray(at));
      if (read === null) return false;
      at += read;
    }
    const words = word === 4
      ? new Uint32Array(part.buffer, 0, part.length / 4)
      : new Uint16Array(part.buffer, 0, part.length / 2);
    for (let i = every - 1; i < words.length; i += every) {
      if ((words[i] & exponent) === exponent) return true;
    }
    left -= part.length;
  }
  return false;
}
