/** Weights that are not finite make no clip, and are named. */
import { join } from "node:path";
import type { Task } from "../../records/task.ts";
import { readHeader, readTensor } from "../../onnx/safetensors.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import { inFolder } from "../../testing/folder.ts";
import { fixture } from "../../testing/wan/fixtures.ts";
import { openWan, type WanOptions } from "./wan.ts";

const references = await fixture("pipeline", ["dit", "tokenizer", "umt5", "vae"]);
const skip = { ignore: references.folder === null };
const original = join(references.folder ?? "", "original");
const TRANSFORMER = "diffusion_pytorch_model.safetensors";
const VAE = "Wan2.1_VAE.safetensors";
const TEXT = "models_t5_umt5-xxl-enc-bf16.safetensors";

const task = (number: number, prompt: string): Task => ({
  ...{
    benchmark: "mini",
    task: number,
    scale: "cell",
    prompt,
    requirement: "",
    source: "",
  } as const,
});

/** Writes a file in which one value of a tensor is another. */
async function spoilt(
  from: string,
  to: string,
  name: string,
  value: number,
  at = 0,
): Promise<string> {
  const bytes = await Deno.readFile(from);
  const tensor = (await readHeader(from)).find((one) => one.name === name)!;
  new DataView(bytes.buffer).setFloat32(tensor.offset + 4 * at, value, true);
  await Deno.writeFile(to, bytes);
  return to;
}

/** A copy of the model with one spoilt file. */
async function copied(folder: string, file: string, ...what: [string, number, number?]) {
  const copy = join(folder, "copy");
  await Deno.mkdir(join(copy, "google", "umt5-xxl"), { recursive: true });
  for (const name of [TRANSFORMER, VAE, TEXT, "config.json", "google/umt5-xxl/tokenizer.json"]) {
    await Deno.copyFile(join(original, name), join(copy, name));
  }
  await spoilt(join(original, file), join(copy, file), ...what);
  return copy;
}

const small = {
  ...{ folder: original, provider: "cpu", size: { width: 32, height: 32, frames: 5 } },
  sampling: { steps: 2, guidance: 2 },
} satisfies WanOptions;

Deno.test({
  ...skip,
  name: "a fine-tune, a LoRA and a VAE that are not finite are named, with where it showed",
  fn: () =>
    inFolder(async (folder) => {
      const fineTune = await spoilt(
        ...[join(original, TRANSFORMER), join(folder, "ft.safetensors")] as const,
        ...["blocks.1.ffn.0.weight", NaN, 7] as const,
      );
      const lora = await spoilt(
        ...[join(original, "..", "lora.safetensors"), join(folder, "lora.safetensors")] as const,
        ...["blocks.0.self_attn.k.lora_A.default.weight", -Infinity] as const,
      );
      const vae = await copied(folder, VAE, "decoder.head.2.bias", Infinity);
      for (
        const [options, ...parts] of [
          [{ fineTune }, "in step 1 of 2, velocity", "blocks.1.ffn.0.weight of", "ft.safetensors"],
          [{ lora }, "in step 1 of 2", "self_attn.k.lora_A.default.weight of", "lora.safetensors"],
          [{ folder: vae }, "while decoding, frames", "decoder.head.2.bias of", VAE],
        ] as const
      ) {
        using wan = await openWan({ ...small, ...options });
        const first = await assertInputError(
          () => wan.generate(task(1, "a cell"), { seed: 0 }),
          "not finite",
          "holds NaN or infinity: use an earlier checkpoint",
          ...parts,
        );
        // Later clips fail of the same, without being computed.
        const again = await assertInputError(() => wan.generate(task(1, "b"), { seed: 1 }));
        assertEquals(again, first);
      }
    }),
});

Deno.test({
  ...skip,
  name: "a prompt whose text states are not finite fails alone",
  fn: () =>
    inFolder(async (folder) => {
      const text = join(original, TEXT);
      const table = (await readHeader(text)).find(({ name }) => name === "token_embedding.weight")!;
      // The row of "。", which one prompt has.
      const at = 30 * table.shape[1];
      assertOk(Number.isFinite((await readTensor(table))[at]));
      const copy = await copied(folder, TEXT, "token_embedding.weight", NaN, at);
      using wan = await openWan({ ...small, folder: copy });
      const [good, bad] = [task(1, "a cell."), task(2, "细胞。")];
      await wan.prepare([good, bad]);
      assertEquals((await wan.generate(good, { seed: 0 })).frames.length, 5);
      await assertInputError(
        () => wan.generate(bad, { seed: 0 }),
        "in the text encoder, of the prompt",
        "token_embedding.weight",
      );
      assertEquals((await wan.generate(good, { seed: 1 })).frames.length, 5);
    }),
});

Deno.test({
  ...skip,
  name: "guidance that overflows is told from weights that are not finite",
  fn: () =>
    inFolder(async (folder) => {
      const head = join(folder, "ft.safetensors");
      const fineTune = await spoilt(join(original, TRANSFORMER), head, "head.head.bias", 3e38);
      using wan = await openWan({ ...small, fineTune, sampling: { steps: 2, guidance: 100 } });
      await assertInputError(
        () => wan.generate(task(1, "a cell"), { seed: 0 }),
        "The stored weights are finite; try a guidance nearer to 1, or more steps",
      );
      // Not in the first step's velocity, which is computed before it.
      const weight = await spoilt(
        ...[join(original, TRANSFORMER), join(folder, "first.safetensors")] as const,
        ...["head.head.weight", 3.4e38] as const,
      );
      using other = await openWan({ ...small, fineTune: weight });
      await assertInputError(
        () => other.generate(task(1, "a cell"), { seed: 0 }),
        "in step 1 of 2, velocity",
        "The stored weights are finite; try another checkpoint, or the base alone",
      );
    }),
});
