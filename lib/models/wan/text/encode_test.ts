import { join } from "node:path";
import { relativeDifference } from "../../../onnx/provider.ts";
import { readTensor } from "../../../onnx/safetensors.ts";
import { assertEquals, assertInputError, assertOk } from "../../../testing/assert.ts";
import { openCheckpoint } from "../checkpoint/checkpoint.ts";
import { textEncoderSchema } from "../checkpoint/configs.ts";
import { encodeTokens, padded } from "./encode.ts";
import { readJson } from "../checkpoint/json.ts";
import { fixture } from "../../../testing/wan/fixtures.ts";

const references = await fixture("umt5");
const skip = { ignore: references.folder === null };

/** Largest accepted difference from Transformers, relative to the largest value. */
const PARITY = 1e-4;
const TOKENS = [1, 7, 150];

async function read(model: string, layout = "original") {
  const folder = join(references.folder!, model);
  const values = await openCheckpoint(join(folder, "values.safetensors"), "values");
  const value = (name: string) => readTensor(values.find(name)!);
  return {
    config: await readJson(join(folder, "config.json"), textEncoderSchema),
    checkpoint: await openCheckpoint(join(folder, `${layout}.safetensors`), "the text encoder"),
    prompts: await Promise.all(TOKENS.map(async (n) => [...await value(`ids.${n}`)])),
    states: await Promise.all(TOKENS.map((n) => value(`states.${n}`))),
    masked: await Promise.all(TOKENS.map((n) => value(`masked.${n}`))),
  };
}

for (const model of ["small", "wide", "bf16"]) {
  for (const layout of ["original", "transformers"]) {
    Deno.test({
      ...skip,
      name: `${model} under the ${layout} names matches Transformers`,
      async fn() {
        const { config, checkpoint, prompts, states, masked } = await read(model, layout);
        const found = await encodeTokens(prompts, checkpoint, config, "cpu");
        for (const [i, tokens] of TOKENS.entries()) {
          const off = relativeDifference(found[i], states[i]);
          assertOk(off <= PARITY, `${tokens} tokens: ${off}`);
          // Wan's pipelines pad to 512 tokens and mask, which does not change the tokens' states.
          assertOk(relativeDifference(found[i], masked[i]) <= PARITY, `${tokens} tokens, masked`);
        }
      },
    });
  }
}

Deno.test({
  ...skip,
  name: "a prompt gives the same states alone and in a batch, and progress is reported",
  async fn() {
    const { config, checkpoint, prompts } = await read("wide");
    const all = await encodeTokens(prompts, checkpoint, config, "cpu");
    const reported: number[][] = [];
    const onBlock = (...progress: [number, number]) => reported.push(progress);
    const [alone] = await encodeTokens([prompts[1]], checkpoint, config, "cpu", { onBlock });
    assertEquals(alone, all[1]);
    assertEquals(reported, [[1, 3], [2, 3], [3, 3]]);
  },
});

Deno.test({
  ...skip,
  name: "an id outside the table, an empty prompt and an aborted signal are errors",
  async fn() {
    const { config, checkpoint } = await read("small");
    const encode = (ids: number[], signal?: AbortSignal) =>
      encodeTokens([ids], checkpoint, config, "cpu", { signal });
    for (const id of [100, -1, 1.5]) {
      await assertInputError(
        () => encode([1, id]),
        ...["token_embedding.weight", "original.safetensors", "below 100", String(id)],
      );
    }
    const errorName = async (run: () => Promise<unknown>) =>
      await run().then(() => "none", (error) => error.name);
    assertEquals(await errorName(() => encode([])), "RangeError");
    assertEquals(await errorName(() => encode([1], AbortSignal.abort())), "AbortError");
    assertEquals(
      await errorName(() => Promise.resolve().then(() => padded(ones(9), 3, 2))),
      "RangeError",
    );
    assertEquals(
      await errorName(() => Promise.resolve().then(() => padded(ones(4), 3, 2))),
      "RangeError",
    );
  },
});

function ones(length: number): Float32Array {
  return new Float32Array(length).fill(1);
}
