import { join } from "node:path";
import type { StoredTensor } from "../../../onnx/types.ts";
import { memory, resetPeak } from "../../../process_memory.ts";
import { assertEquals, assertOk } from "../../../testing/assert.ts";
import { encodeTokens } from "./encode.ts";
import { checkpointOf } from "../checkpoint/weights.ts";

/** UMT5-XXL, except for the numbers of blocks and tokens. */
const CONFIG = {
  ...{ vocabSize: 64, dim: 4096, heads: 64, headDim: 64, ffnDim: 10_240, layers: 2 },
  ...{ buckets: 32, maxDistance: 128, eps: 1e-6 },
};
const { vocabSize, dim, heads, headDim, ffnDim, buckets } = CONFIG;

const OUTSIDE = { "token_embedding": [vocabSize, dim], "norm": [dim] };
const IN_BLOCK = {
  "norm1": [dim],
  "attn.q": [heads * headDim, dim],
  "attn.k": [heads * headDim, dim],
  "attn.v": [heads * headDim, dim],
  "attn.o": [dim, heads * headDim],
  "pos_embedding.embedding": [buckets, heads],
  "norm2": [dim],
  "ffn.gate.0": [ffnDim, dim],
  "ffn.fc1": [ffnDim, dim],
  "ffn.fc2": [dim, ffnDim],
};

const GIB = 2 ** 30;

Deno.test({
  name: "blocks of UMT5-XXL's size run one at a time in under 2 GiB",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const file = join(folder, "text.bin");
      const tensors = placed(file);
      await writeRandom(file, Math.max(...tensors.values().map((one) => one.offset + one.length)));
      const ids = Array.from({ length: 60 }, (_, i) => i);
      const left: number[] = [];
      resetPeak();
      const before = memory("VmRSS")!;
      const onBlock = () => left.push(memory("VmRSS")!);
      const [states] = await encodeTokens([ids], checkpointOf(file, tensors), CONFIG, "cpu", {
        onBlock,
      });
      const peak = memory("VmHWM")!;
      assertOk(peak < 2 * GIB, `${(peak / GIB).toFixed(2)} GiB`);
      // At least one block's weights in 32 bits were in memory.
      assertOk(peak - before > 0.7 * GIB, `${((peak - before) / GIB).toFixed(2)} GiB`);
      assertEquals(left.length, CONFIG.layers);
      for (const one of left) assertOk(one - before < 0.3 * GIB, `${(one / GIB).toFixed(2)} GiB`);
      assertEquals(states.length, 60 * dim);
      assertOk(states.every(Number.isFinite));
      assertOk(new Set(states.subarray(0, dim)).size > dim / 2);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** The tensors' places: both blocks share the same bytes, since a session never opens both. */
function placed(file: string): Map<string, StoredTensor> {
  let end = 0;
  const place = (name: string, shape: readonly number[]): StoredTensor => {
    const length = 2 * shape.reduce((a, b) => a * b, 1);
    end += length;
    return { name, dtype: "BF16", shape, file, offset: end - length, length };
  };
  const entries = (named: Record<string, readonly number[]>) =>
    Object.entries(named).map(([name, shape]) => [name, place(`${name}.weight`, shape)] as const);
  const outside = entries(OUTSIDE);
  const block = entries(IN_BLOCK);
  const all = [
    ...outside,
    ...[0, 1].flatMap((layer) =>
      block.map(([name, tensor]) => [`blocks.${layer}.${name}`, tensor] as const)
    ),
  ];
  return new Map(all.map(([name, tensor]) => [`${name}.weight`, tensor]));
}

/** Random bfloat16 numbers between 1/128 and 1/64, of either sign. */
async function writeRandom(path: string, length: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const words = new Uint32Array(2 ** 18);
  const bytes = new Uint8Array(words.buffer);
  let state = 1;
  for (let written = 0; written < length; written += bytes.length) {
    for (let i = 0; i < words.length; i++) {
      // Marsaglia's xorshift.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      words[i] = state & 0x807f807f | 0x3c003c00;
    }
    let at = 0;
    while (at < bytes.length) at += await file.write(bytes.subarray(at));
  }
}
