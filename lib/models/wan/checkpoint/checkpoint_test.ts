import { inFolder } from "../../../testing/folder.ts";
import { join } from "node:path";
import { f32, writeSafetensors } from "../../../testing/onnx/safetensors.ts";
import { assertEquals, assertInputError } from "../../../testing/assert.ts";
import { openCheckpoint } from "./checkpoint.ts";

const WHAT = "the transformer";

/** Writes an index. */
async function writeIndex(folder: string, shards: unknown): Promise<string> {
  const file = join(folder, "model.safetensors.index.json");
  await Deno.writeTextFile(file, JSON.stringify({ metadata: {}, weight_map: shards }));
  return file;
}

Deno.test(
  "a file, a folder with one, an index with shards, and numbered shards can be opened",
  () =>
    inFolder(async (folder) => {
      const file = join(folder, "model.safetensors");
      await writeSafetensors(file, { b: f32([2]), a: f32([3, 1]) });
      for (const path of [file, folder]) {
        const checkpoint = await openCheckpoint(path, WHAT);
        assertEquals([checkpoint.name, checkpoint.names()], [path, ["a", "b"]]);
        assertEquals(checkpoint.get("a", [3, 1]).length, 12);
        assertEquals([checkpoint.has("a"), checkpoint.has("c")], [true, false]);
      }
      await Deno.remove(file);
      const shard = (i: number) => `model-0000${i}-of-00002.safetensors`;
      await writeSafetensors(join(folder, shard(1)), { a: f32([3, 1]) });
      await writeSafetensors(join(folder, shard(2)), { b: f32([2]) });
      const numbered = await openCheckpoint(folder, WHAT);
      assertEquals(numbered.get("b", [2]).file, join(folder, shard(2)));
      await writeIndex(folder, { a: shard(1), b: shard(2) });
      const indexed = await openCheckpoint(folder, WHAT);
      assertEquals(indexed.names(), ["a", "b"]);
      assertEquals(indexed.get("b", [2]), numbered.get("b", [2]));
    }),
);

Deno.test(
  "a cache's links to shards are resolved to the files",
  () =>
    inFolder(async (folder) => {
      const snapshot = join(folder, "snapshots", "9f3c");
      await Deno.mkdir(join(folder, "blobs"));
      await Deno.mkdir(snapshot, { recursive: true });
      const link = async (name: string, blob: string) =>
        await Deno.symlink(`../../blobs/${blob}`, join(snapshot, name));
      await writeSafetensors(join(folder, "blobs", "11aa"), { a: f32([4]) });
      await writeSafetensors(join(folder, "blobs", "22bb"), { b: f32([5]) });
      await Deno.rename(
        await writeIndex(folder, { a: "one.safetensors", b: "two.safetensors" }),
        join(folder, "blobs", "33cc"),
      );
      await link("one.safetensors", "11aa");
      await link("two.safetensors", "22bb");
      await link("model.safetensors.index.json", "33cc");
      const checkpoint = await openCheckpoint(snapshot, WHAT);
      assertEquals(checkpoint.get("b", [5]).file, join(folder, "blobs", "22bb"));
      await assertInputError(() => checkpoint.get("b", [4]), "b", snapshot, "22bb", "[4]", "[5]");
    }),
);

Deno.test(
  "a tensor of another shape or name is rejected with what was expected and found",
  () =>
    inFolder(async (folder) => {
      const file = join(folder, "model.safetensors");
      await writeSafetensors(file, { "norm.weight": f32([8, 2]) });
      const checkpoint = await openCheckpoint(file, WHAT);
      for (const shape of [[2, 8], [16], [8, 2, 1], []]) {
        await assertInputError(
          () => checkpoint.get("norm.weight", shape),
          `norm.weight of ${file}`,
          `[${shape.join(", ")}]`,
          "found [8, 2]",
        );
      }
      await assertInputError(() => checkpoint.get("norm.bias", [8]), "norm.bias", file, "[8]");
    }),
);

Deno.test(
  "an index must match its shards",
  () =>
    inFolder(async (folder) => {
      const path = (name: string) => join(folder, name);
      await writeSafetensors(path("one.safetensors"), { a: f32([4]) });
      const index = await writeIndex(folder, { a: "one.safetensors", b: "two.safetensors" });
      const open = () => openCheckpoint(folder, WHAT);
      await assertInputError(open, "tensor b", WHAT, `two.safetensors in ${folder}`, "found none");
      await writeSafetensors(path("two.safetensors"), { c: f32([4]) });
      await assertInputError(open, "tensor b", path("two.safetensors"), "found none");
      await writeIndex(folder, { a: "two.safetensors", c: "one.safetensors" });
      await assertInputError(open, "tensor a", path("two.safetensors"), path("one.safetensors"));
      await writeIndex(folder, { a: "one.safetensors", b: "two.safetensors" });
      await writeSafetensors(path("two.safetensors"), { a: f32([4]), b: f32([4]) });
      await assertInputError(open, "tensor a", path("one.safetensors"), path("two.safetensors"));
      const { size } = await Deno.stat(path("two.safetensors"));
      await Deno.truncate(path("two.safetensors"), size - 1);
      await assertInputError(open, "tensor b", path("two.safetensors"), `${size}`, `${size - 1}`);
      await writeIndex(folder, { a: "../one.safetensors" });
      await assertInputError(open, "tensor a", "../one.safetensors", "found none");
      await writeIndex(folder, { a: 3 });
      await assertInputError(open, index, "weight_map.a", "found 3");
      await writeIndex(folder, {});
      await assertInputError(open, index, "no tensors");
      await Deno.writeTextFile(index, "{");
      await assertInputError(open, index);
    }),
);

Deno.test(
  "a folder without exactly one checkpoint is rejected",
  () =>
    inFolder(async (folder) => {
      const open = () => openCheckpoint(folder, WHAT);
      const write = async (name: string, tensor: string) =>
        await writeSafetensors(join(folder, name), { [tensor]: f32([1]) });
      await assertInputError(open, WHAT, folder, "found none");
      await Deno.writeTextFile(join(folder, "weights.pth"), "");
      await assertInputError(open, "found none among weights.pth");
      await write("m-00001-of-00003.safetensors", "a");
      await write("m-00003-of-00003.safetensors", "b");
      await assertInputError(open, "expected 00003 shards", "found no shard 2");
      await write("n-00002-of-00003.safetensors", "c");
      await assertInputError(open, "shards of one checkpoint", "n-00002-of-00003.safetensors");
      await write("other.safetensors", "d");
      await assertInputError(open, "expected one .safetensors file", "other.safetensors");
      const { length } = (await openCheckpoint(folder, WHAT, { only: /^other/ })).names();
      assertEquals(length, 1);
      await Deno.writeTextFile(join(folder, "x.safetensors.index.json"), "{}");
      await Deno.writeTextFile(join(folder, "y.safetensors.index.json"), "{}");
      await assertInputError(open, "expected one index", "x.safe", "y.safe");
      await assertInputError(() => openCheckpoint(join(folder, "none"), WHAT), WHAT, "none");
    }),
);
