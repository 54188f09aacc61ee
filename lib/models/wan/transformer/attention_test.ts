import { relativeDifference } from "../../../onnx/provider.ts";
import { graphBuilder } from "../../../onnx/graph.ts";
import { openGraph, type Values } from "../../../onnx/session.ts";
import { random } from "../../../random.ts";
import { assertEquals, assertOk } from "../../../testing/assert.ts";
import { attention, type AttentionKind, chunkFor } from "./attention.ts";

const [heads, headDim, queries, keys] = [3, 8, 10, 13];
const dim = heads * headDim;
const uniform = random(1, "attention");

function values(rows: number): Values & { data: Float32Array } {
  const data = Float32Array.from({ length: rows * dim }, () => 4 * uniform() - 2);
  return { type: "float32", data, dims: [rows, dim] };
}

const inputs = { q: values(queries), k: values(keys), v: values(keys) };

/** By the definition, in 64 bits. */
function expected(): Float32Array {
  const out = new Float32Array(queries * dim);
  const at = (of: "q" | "k" | "v", row: number, head: number, i: number) =>
    inputs[of].data[row * dim + head * headDim + i];
  for (let head = 0; head < heads; head++) {
    for (let query = 0; query < queries; query++) {
      const weights = Array.from({ length: keys }, (_, key) => {
        let dot = 0;
        for (let i = 0; i < headDim; i++) dot += at("q", query, head, i) * at("k", key, head, i);
        return Math.exp(dot / Math.sqrt(headDim));
      });
      const total = weights.reduce((a, b) => a + b);
      for (let i = 0; i < headDim; i++) {
        const sum = weights.reduce(
          (found, weight, key) => found + weight * at("v", key, head, i),
          0,
        );
        out[query * dim + head * headDim + i] = sum / total;
      }
    }
  }
  return out;
}

async function found(kind: AttentionKind, chunk: number): Promise<Float32Array> {
  const g = graphBuilder(kind);
  const [q, k, v] = ["q", "k", "v"].map((name) =>
    g.input(name, "F32", [name === "q" ? queries : "keys", dim])
  );
  const attended = attention(g, q, k, v, { heads, headDim, queries }, kind, chunk);
  g.output("attended", attended, "F32", [queries, dim]);
  const network = await openGraph(g.build(), "cpu");
  const outputs = await network.run(inputs);
  await network.close();
  return outputs.attended;
}

Deno.test("both forms compute attention, with chunks of any size", async () => {
  const cases = [["fused", 1], ...[1, 3, 5, 10, 11].map((chunk) => ["chunked", chunk])];
  for (const [kind, chunk] of cases as [AttentionKind, number][]) {
    const off = relativeDifference(await found(kind, chunk), expected());
    assertOk(off < 1e-6, `${kind} ${chunk}: ${off}`);
  }
});

Deno.test("chunks hold a bounded number of scores, and at least one query", () => {
  for (const [count, all] of [[12, 512], [40, 32_760], [40, 75_600]]) {
    const chunk = chunkFor(count, all);
    assertOk(count * all * chunk * 4 <= 2 ** 28 && count * all * (chunk + 1) * 4 > 2 ** 28);
  }
  assertEquals(chunkFor(40, 10_000_000), 1);
});
