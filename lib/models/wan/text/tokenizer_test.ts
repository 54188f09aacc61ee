import { join } from "node:path";
import { assertEquals, assertInputError, assertOk } from "../../../testing/assert.ts";
import { cleanPrompt } from "./clean_prompt.ts";
import { fixture } from "../../../testing/wan/fixtures.ts";
import { openTokenizer } from "./tokenizer.ts";

const references = await fixture("tokenizer");
const skip = { ignore: references.folder === null };
const read = async (name: string) =>
  JSON.parse(await Deno.readTextFile(join(references.folder!, `${name}.json`)));

interface Case {
  text: string;
  [ids: `${string}.${number}`]: number[];
}

for (const name of ["plain", "precompiled"] as const) {
  Deno.test({
    ...skip,
    name: `ids of the ${name} tokenizer match Hugging Face's library`,
    async fn() {
      const cases: Case[] = await read("cases");
      assertOk(cases.length > 150);
      const tokenizer = await openTokenizer(join(references.folder!, `${name}.json`));
      for (const one of cases) {
        for (const limit of [512, 8]) {
          const found = tokenizer.encode(one.text, limit);
          assertEquals(found, one[`${name}.${limit}`], JSON.stringify(one.text.slice(0, 80)));
        }
      }
    },
  });
}

Deno.test({
  ...skip,
  name: "prompts are cleaned as with Python's html and regex",
  async fn() {
    for (const [prompt, expected] of await read("cleaned")) {
      assertEquals(cleanPrompt(prompt), expected, JSON.stringify(prompt));
    }
  },
});

Deno.test({
  ...skip,
  name: "a file that is not such a tokenizer, and an endless prompt, are rejected",
  async fn() {
    const whole = await read("precompiled");
    const file = await Deno.makeTempFile({ suffix: ".json" });
    const rejects = async (changed: object, ...parts: string[]) => {
      await Deno.writeTextFile(file, JSON.stringify({ ...whole, ...changed }));
      await assertInputError(() => openTokenizer(file), file, ...parts);
    };
    await rejects({ model: { type: "BPE", vocab: {} } }, "model.type", "Unigram", "BPE");
    await rejects({ model: { ...whole.model, vocab: [["a"]] } }, "model.vocab.0");
    await rejects({ normalizer: { type: "Unheard" } }, "Unheard");
    await rejects({ post_processor: null }, "post_processor", "</s>");
    const map = (precompiled_charsmap: string) => ({
      normalizer: { type: "Precompiled", precompiled_charsmap },
    });
    await rejects(map("!"), "character map");
    await rejects(map("AAEAAAAA"), "character map", "256", "2");
    await Deno.remove(file);
    const tokenizer = await openTokenizer(join(references.folder!, "plain.json"));
    await assertInputError(() => tokenizer.encode("a".repeat(100_001), 512), "100001", "100000");
  },
});
