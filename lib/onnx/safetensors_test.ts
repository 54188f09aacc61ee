import { inFolder } from "../testing/folder.ts";
import { join } from "node:path";
import { assertEquals, assertInputError, assertNear } from "../testing/assert.ts";
import { graphBuilder } from "./graph.ts";
import { readHeader, readTensor } from "./safetensors.ts";
import { f32, writeRaw, writeSafetensors } from "../testing/onnx/safetensors.ts";
import { openGraph } from "./session.ts";

Deno.test(
  "tensors of every dtype are located",
  () =>
    inFolder(async (folder) => {
      const file = join(folder, "model.safetensors");
      await writeSafetensors(file, {
        scalar: { dtype: "F64", shape: [] },
        empty: { dtype: "I8", shape: [3, 0] },
        matrix: f32([2, 2], [1, 2, 3, 4]),
        "naïve.ключ": { dtype: "BOOL", shape: [3] },
      });
      const tensors = await readHeader(file);
      assertEquals(
        tensors.map(({ name, dtype, shape, length }) => [name, dtype, shape, length]),
        [
          ["scalar", "F64", [], 8],
          ["empty", "I8", [3, 0], 0],
          ["matrix", "F32", [2, 2], 16],
          ["naïve.ключ", "BOOL", [3], 3],
        ],
      );
      const bytes = await Deno.readFile(file);
      const { offset, length } = tensors[2];
      assertEquals(
        [...new Float32Array(bytes.slice(offset, offset + length).buffer)],
        [1, 2, 3, 4],
      );
      await writeSafetensors(file, {});
      assertEquals(await readHeader(file), []);
    }),
);

Deno.test(
  "a link is resolved to the file, which a graph reads in place",
  () =>
    inFolder(async (folder) => {
      const blob = join(folder, "blobs", "4f2a");
      const link = join(folder, "snapshots", "1", "model.safetensors");
      await Deno.mkdir(join(folder, "blobs"));
      await Deno.mkdir(join(folder, "snapshots", "1"), { recursive: true });
      await writeSafetensors(blob, { bias: f32([3], [1, 2, 4]) });
      await Deno.symlink("../../blobs/4f2a", link);
      const [bias] = await readHeader(link);
      assertEquals(bias.file, blob);
      const g = graphBuilder("linked");
      g.output("y", g.stored(bias), "F32", [3]);
      const network = await openGraph(g.build(), "cpu");
      assertEquals([...(await network.run({})).y], [1, 2, 4]);
      await network.close();
      await Deno.remove(blob);
      await assertInputError(() => readHeader(link), link);
    }),
);

Deno.test(
  "values are read from every float dtype, with any alignment",
  () =>
    inFolder(async (folder) => {
      const file = join(folder, "alpha.safetensors");
      const bytes = (values: ArrayBufferView) => new Uint8Array(values.buffer);
      await writeSafetensors(file, {
        odd: { dtype: "U8", shape: [1] },
        half: { dtype: "F16", shape: [4], bytes: bytes(Uint16Array.of(0x3c00, 0xc000, 1, 0x7c00)) },
        brain: { dtype: "BF16", shape: [2], bytes: bytes(Uint16Array.of(0x4200, 0xbf80)) },
        single: f32([2, 1], [0.1, -3]),
        double: { dtype: "F64", shape: [], bytes: bytes(Float64Array.of(Math.PI)) },
      });
      const [odd, half, brain, single, double] = await readHeader(file);
      assertEquals([...await readTensor(half)], [1, -2, 2 ** -24, Infinity]);
      assertEquals([...await readTensor(brain)], [32, -1]);
      assertEquals([...await readTensor(single)], [Math.fround(0.1), -3]);
      assertNear((await readTensor(double))[0], Math.PI, 1e-6);
      await assertInputError(() => readTensor(odd), "odd", file, "F32", "U8");
      await Deno.truncate(file, double.offset + 3);
      await assertInputError(() => readTensor(double), "double", file, "expected 8", "found 3");
    }),
);

const entry = (dtype: unknown, shape: unknown, offsets: unknown) =>
  JSON.stringify({ w: { dtype, shape, data_offsets: offsets } });

/** Rejected headers of 16 bytes of data, with parts of the message. */
const HOSTILE: Record<string, [string | Uint8Array, ...(string | RegExp)[]]> = {
  "not JSON": ["{bad", "expected a JSON header"],
  "not UTF-8": [Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), "expected a JSON header in UTF-8"],
  "a byte order mark": ["\ufeff{}", "expected a JSON header"],
  "a list": ["[]", "tensors by name", "found []"],
  "null": ["null", "tensors by name", "found null"],
  "a tensor that is a number": ['{"w":3}', "tensor w", "found 3"],
  "a name that changes a terminal's state": [
    '{"w\\u001b[31m\\nx":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}',
    "tensor w\\x1b[31m\\xax of",
    "without control characters",
  ],
  "no dtype": [entry(undefined, [4], [0, 16]), "tensor w", "a dtype of", "found nothing"],
  "an 8-bit float": [entry("F8_E4M3", [16], [0, 16]), "tensor w", "BF16", "found F8_E4M3"],
  "a name that every object has": [entry("toString", [16], [0, 16]), "tensor w", "found toString"],
  "a negative size": [entry("F32", [-4, -1], [0, 16]), "tensor w", "found [-4,-1]"],
  "a fraction of a size": [entry("F32", [0.5, 8], [0, 16]), "tensor w", "found [0.5,8]"],
  "a huge size": [entry("F32", [1e300], [0, 16]), "tensor w", "non-negative integers"],
  "huge sizes": [entry("F32", [2 ** 52, 2 ** 52], [0, 16]), "tensor w", "that fits in a file"],
  "sizes that overflow to zero": [
    entry("U8", [2 ** 32, 2 ** 32], [0, 0]),
    "that fits in a file",
  ],
  "a shape that is not a list": [entry("F32", 4, [0, 16]), "tensor w", "found 4"],
  "one offset": [entry("F32", [4], [16]), "tensor w", "two integers", "found [16]"],
  "offsets of text": [entry("F32", [4], ["0", "16"]), "tensor w", 'found ["0","16"]'],
  "a negative offset": [entry("F32", [4], [-8, 8]), "tensor w", "found [-8,8]"],
  "offsets reversed": [entry("F32", [4], [16, 0]), "tensor w", "ascending order", "found [16,0]"],
  "fewer bytes than the shape's": [
    entry("F32", [4], [0, 8]),
    "tensor w",
    "expected 16 bytes for F32 of shape [4]",
    "found 8, from 0 to 8",
  ],
  "bytes past the end": [
    entry("F32", [5], [0, 20]),
    "tensor w",
    /expected \d+ bytes in the file, found \d+/,
    "truncated",
  ],
  "bytes far past the end": [entry("U8", [8], [2 ** 52, 2 ** 52 + 8]), "tensor w", "truncated"],
  "overlapping tensors": [
    '{"a":{"dtype":"U8","shape":[10],"data_offsets":[0,10]},' +
    '"b":{"dtype":"U8","shape":[8],"data_offsets":[8,16]}}',
    "tensor b",
    "after those of a, from 10",
    "found them from 8",
    "overlap",
  ],
  "a tensor inside another": [
    '{"a":{"dtype":"U8","shape":[16],"data_offsets":[0,16]},' +
    '"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}',
    "tensor b",
    "overlap",
  ],
  "a gap before the first tensor": [
    entry("U8", [8], [8, 16]),
    "tensor w",
    "after the header",
    "from 8",
  ],
  "bytes after the last tensor": [entry("U8", [8], [0, 8]), /expected \d+ bytes, up to the last/],
};

for (const [what, [header, ...parts]] of Object.entries(HOSTILE)) {
  Deno.test(
    `rejected: ${what}`,
    () =>
      inFolder(async (folder) => {
        const file = join(folder, "hostile.safetensors");
        await writeRaw(file, header, [new Uint8Array(16)]);
        await assertInputError(() => readHeader(file), file, ...parts);
      }),
  );
}

Deno.test(
  "rejected: files that end before or within the header, and folders",
  () =>
    inFolder(async (folder) => {
      const file = join(folder, "short.safetensors");
      await Deno.writeFile(file, new Uint8Array(7));
      await assertInputError(() => readHeader(file), file, "at least 8 bytes", "found 7");
      const length = (bytes: bigint) => new Uint8Array(BigUint64Array.of(bytes).buffer);
      await Deno.writeFile(file, length(50n));
      await assertInputError(() => readHeader(file), file, "expected 58 bytes", "found 8");
      await Deno.writeFile(file, length(100_000_001n));
      await assertInputError(() => readHeader(file), file, "100000000", "found one of 100000001");
      await Deno.writeFile(file, length(2n ** 64n - 1n));
      await assertInputError(() => readHeader(file), file, "18446744073709551615");
      await assertInputError(() => readHeader(folder), folder, "expected a file");
      await assertInputError(() => readHeader(join(folder, "none")), "none");
    }),
);

Deno.test(
  "the error for a truncated shard names the expected and found sizes",
  () =>
    inFolder(async (folder) => {
      const file = join(folder, "model-00002-of-00002.safetensors");
      await writeSafetensors(file, { a: f32([8]), b: f32([1000]), c: f32([2]) });
      const { size } = await Deno.stat(file);
      await Deno.truncate(file, size - 9);
      await assertInputError(
        () => readHeader(file),
        "tensor b",
        file,
        `expected ${size} bytes`,
        `found ${size - 9}`,
      );
    }),
);
