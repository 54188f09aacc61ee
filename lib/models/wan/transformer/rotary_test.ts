import { graphBuilder } from "../../../onnx/graph.ts";
import { openGraph } from "../../../onnx/session.ts";
import { random } from "../../../random.ts";
import { assertEquals, assertInputError, assertNear, assertOk } from "../../../testing/assert.ts";
import { rotaryTables, rotation, type TokenGrid } from "./rotary.ts";

Deno.test("Wan's heads of 128 channels have 22 pairs for the frame, 21 each for row and column", () => {
  const [frames, rows, columns] = [3, 4, 5];
  const { cos, sin } = rotaryTables(128, [frames, rows, columns]);
  assertEquals([cos.length, sin.length], [60 * 64, 60 * 64]);
  const [frame, row, column] = [2, 1, 4];
  const token = (frame * rows + row) * columns + column;
  const at = (pair: number) => Math.atan2(sin[token * 64 + pair], cos[token * 64 + pair]);
  // The first pair of each axis rotates by the position itself, the last by almost 1/10000 of it.
  for (const [pair, angle] of [[0, frame], [22, row], [43, column - 2 * Math.PI]]) {
    assertNear(at(pair), angle, 1e-6, `pair ${pair}`);
  }
  assertNear(at(21), frame * 10_000 ** (-42 / 44), 1e-9);
  assertNear(at(42), row * 10_000 ** (-40 / 42), 1e-9);
  assertNear(at(63), column * 10_000 ** (-40 / 42), 1e-9);
});

Deno.test("the score of a query and a key depends only on their relative position", async () => {
  const [heads, headDim, grid] = [2, 12, [3, 3, 4] as TokenGrid];
  const [tokens, dim] = [grid[0] * grid[1] * grid[2], heads * headDim];
  const g = graphBuilder("rotation");
  const x = g.input("x", "F32", [tokens, dim]);
  g.output("y", rotation(g, headDim, grid)(x), "F32", [tokens, dim]);
  const network = await openGraph(g.build(), "cpu");
  const uniform = random(1, "rotary");
  // The same query, or the same key, at every token.
  const rotated = async () => {
    const one = Float32Array.from({ length: dim }, () => uniform() - 0.5);
    const data = Float32Array.from({ length: tokens * dim }, (_, i) => one[i % dim]);
    return (await network.run({ x: { type: "float32", data, dims: [tokens, dim] } })).y;
  };
  const [query, key] = [await rotated(), await rotated()];
  await network.close();
  const place = ([frame, row, column]: TokenGrid) => (frame * grid[1] + row) * grid[2] + column;
  const score = (head: number, from: TokenGrid, to: TokenGrid) => {
    const of = (values: Float32Array, token: number) =>
      values.subarray(token * dim + head * headDim, token * dim + (head + 1) * headDim);
    const k = of(key, place(to));
    return of(query, place(from)).reduce((sum, value, i) => sum + value * k[i], 0);
  };
  for (const head of [0, 1]) {
    const before = score(head, [0, 0, 1], [1, 2, 0]);
    assertNear(score(head, [1, 0, 3], [2, 2, 2]), before, 1e-6);
    for (const other of [[1, 2, 1], [1, 1, 0], [0, 2, 0]] as TokenGrid[]) {
      const elsewhere = score(head, [0, 0, 1], other);
      assertOk(Math.abs(elsewhere - before) > 1e-4, `${other}`);
    }
  }
});

Deno.test("heads with an odd number of channels are rejected", async () => {
  await assertInputError(() => rotaryTables(13, [1, 1, 1]), "13", "even");
});
