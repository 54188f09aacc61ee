import { join } from "node:path";
import { assertEquals, assertInputError } from "../../../testing/assert.ts";
import { relativeBuckets, umt5Block } from "./umt5.ts";
import { textEncoderSchema } from "../checkpoint/configs.ts";
import { openCheckpoint } from "../checkpoint/checkpoint.ts";
import { readJson } from "../checkpoint/json.ts";
import { fixture } from "../../../testing/wan/fixtures.ts";
import { transformersName, umt5Naming } from "./umt5_keys.ts";
import { checkpointOf } from "../checkpoint/weights.ts";

const references = await fixture("umt5");
const skip = { ignore: references.folder === null };
const configOf = (model: string) =>
  readJson(join(references.folder!, model, "config.json"), textEncoderSchema);

Deno.test({
  ...skip,
  name: "buckets of 1,201 relative positions match Transformers",
  async fn() {
    const known = JSON.parse(await Deno.readTextFile(join(references.folder!, "buckets.json")));
    for (const model of ["small", "wide"]) {
      const expected: number[] = known[model];
      const farthest = (expected.length - 1) / 2;
      const buckets = relativeBuckets(farthest + 1, await configOf(model));
      // The last query's row has the distances backwards, the first one's forwards.
      const found = [
        ...buckets.subarray(-farthest - 1),
        ...buckets.subarray(1, farthest + 1),
      ].map(Number);
      assertEquals(found, expected, model);
    }
  },
});

Deno.test({
  ...skip,
  name: "every tensor of a checkpoint has a counterpart in the other scheme, and is used",
  async fn() {
    const original = await openCheckpoint(
      join(references.folder!, "wide/original.safetensors"),
      "it",
    );
    const published = await openCheckpoint(
      join(references.folder!, "wide/transformers.safetensors"),
      "it",
    );
    assertEquals(original.names().map(transformersName).sort(), published.names());
    const used = new Set<string>(["token_embedding.weight"]);
    const watched = {
      ...original,
      get: (name: string, shape: readonly number[]) => {
        used.add(name);
        return original.get(name, shape);
      },
    };
    const config = await configOf("wide");
    for (let layer = 0; layer < config.layers; layer++) umt5Block(watched, config, layer);
    assertEquals([...used].sort(), original.names());
  },
});

Deno.test({
  ...skip,
  name: "a tensor that is missing or of another shape is rejected, in both schemes",
  async fn() {
    const config = await configOf("small");
    for (const layout of ["original", "transformers"]) {
      const file = join(references.folder!, "small", `${layout}.safetensors`);
      const whole = await openCheckpoint(file, "it");
      const nameOf = umt5Naming(whole);
      for (const name of ["blocks.1.ffn.fc1.weight", "norm.weight"].map(nameOf)) {
        const others = whole.names().filter((one) => one !== name);
        const broken = checkpointOf(file, new Map(others.map((one) => [one, whole.find(one)!])));
        await assertInputError(() => umt5Block(broken, config, 1), name, file);
      }
      await assertInputError(
        () => umt5Block(whole, { ...config, ffnDim: 64 }, 0),
        ...[nameOf("blocks.0.ffn.gate.0.weight"), file, "[64, 32]", "[48, 32]"],
      );
    }
  },
});

Deno.test("an embedding under Transformers' second name is found", () => {
  const at = { dtype: "F32", shape: [1, 1], file: "/w/t5.safetensors", offset: 8, length: 4 };
  const names = ["encoder.embed_tokens.weight", transformersName("blocks.0.attn.q.weight")];
  const tensors = names.map((name) => [name, { name, ...at, dtype: "F32" }] as const);
  const nameOf = umt5Naming(checkpointOf("/w", new Map(tensors)));
  assertEquals(nameOf("token_embedding.weight"), names[0]);
});
