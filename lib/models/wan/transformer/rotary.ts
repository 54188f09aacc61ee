/** Rotary position embedding over frames, rows and columns. */
import { InputError } from "../../../errors.ts";
import type { GraphBuilder } from "../../../onnx/graph.ts";
import type { Value } from "../../../onnx/types.ts";

/** Frames, rows and columns of tokens. */
export type TokenGrid = readonly [number, number, number];

/** The base of the wavelengths, as in training. */
const THETA = 10_000;

/** See {@link rotaryTables}. */
export interface RotaryTables {
  /** `tokens · headDim / 2` values, by token. */
  cos: Float32Array;
  sin: Float32Array;
}

/**
 * Cosines and sines of the rotation angles of a head's channel pairs (Su et al., 2021, "RoFormer"),
 * tokens ordered by frame, row, column. A third of the channels, rounded down to pairs, encodes the
 * row, as many the column, and the rest the frame; within an axis of d channels, pair i of a token at
 * position p is rotated by p · 10000^(−2i/d). Angles are computed in 64 bits: in 32 bits, a position
 * of 100 would leave 5 decimals.
 *
 * @param headDim Channels per head; even.
 * @throws {InputError} for an odd number of channels.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { rotaryTables } from "./rotary.ts";
 *
 * // Two frames of one token each: 4 of 8 channels, so 2 pairs, encode the frame.
 * const { cos } = rotaryTables(8, [2, 1, 1]);
 * const second = [Math.cos(1), Math.cos(0.01), 1, 1].map(Math.fround);
 * assertEquals([...cos], [1, 1, 1, 1, ...second]);
 * ```
 */
export function rotaryTables(headDim: number, grid: TokenGrid): RotaryTables {
  if (!Number.isInteger(headDim / 2)) {
    throw new InputError(`Cannot rotate heads of ${headDim} channels; expected an even number`);
  }
  const across = 2 * Math.floor(headDim / 6);
  const dims = [headDim - 2 * across, across, across];
  const frequencies = dims.map((dim) =>
    Array.from({ length: dim / 2 }, (_, i) => THETA ** (-2 * i / dim))
  );
  const [frames, rows, columns] = grid;
  const length = frames * rows * columns * headDim / 2;
  const tables = { cos: new Float32Array(length), sin: new Float32Array(length) };
  let at = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (const [axis, position] of [frame, row, column].entries()) {
          for (const frequency of frequencies[axis]) {
            tables.cos[at] = Math.cos(position * frequency);
            tables.sin[at++] = Math.sin(position * frequency);
          }
        }
      }
    }
  }
  return tables;
}

/**
 * Rotates neighbouring channels (2i, 2i + 1) of each head, by tables stored in the graph.
 *
 * @param headDim Channels per head; even.
 * @returns A function that rotates queries or keys of shape `[tokens, heads · headDim]`.
 * @throws {InputError} for an odd number of channels.
 *
 * @example
 * ```ts
 * import { graphBuilder } from "../../../onnx/graph.ts";
 * import { openGraph } from "../../../onnx/session.ts";
 * import { assertNear } from "../../../testing/assert.ts";
 * import { rotation } from "./rotary.ts";
 *
 * const g = graphBuilder("one head of one pair");
 * const x = g.input("x", "F32", [2, 2]);
 * g.output("y", rotation(g, 2, [2, 1, 1])(x), "F32", [2, 2]);
 * const network = await openGraph(g.build(), "cpu");
 * const values = { type: "float32", data: Float32Array.of(1, 0, 1, 0), dims: [2, 2] } as const;
 * const { y } = await network.run({ x: values });
 * [1, 0, Math.cos(1), Math.sin(1)].forEach((expected, i) => assertNear(y[i], expected, 1e-6));
 * await network.close();
 * ```
 */
export function rotation(
  g: GraphBuilder,
  headDim: number,
  grid: TokenGrid,
): (x: Value) => Value {
  const { cos, sin } = rotaryTables(headDim, grid);
  const shape = [grid[0] * grid[1] * grid[2], headDim / 2];
  const tables = [g.constant("F32", shape, cos), g.constant("F32", shape, sin)];
  const first = g.constant("I64", [1], [0]);
  const batch = g.constant("I64", [1], [0]);
  return (x) => {
    const rotated = g.node(
      "com.microsoft::RotaryEmbedding",
      [g.node("Unsqueeze", [x, batch]), first, ...tables],
      { interleaved: 1 },
    );
    return g.node("Squeeze", [rotated, batch]);
  };
}
