import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { relativeDifference } from "../../../onnx/provider.ts";
import { readHeader, readTensor } from "../../../onnx/safetensors.ts";
import { hasSwiftShader, onSwiftShader } from "../../../testing/onnx/swiftshader.ts";
import type { StoredTensor } from "../../../onnx/types.ts";
import { assertEquals, assertInputError, assertOk } from "../../../testing/assert.ts";
import { AGREEMENT } from "./compute.ts";
import { ditGraph, type DitOptions } from "./dit.ts";
import { config, difference, lora, prepare, weights } from "../../../testing/wan/transformer.ts";
import { PUBLISHED, shapesOf } from "../checkpoint/published.ts";
import { rotaryTables } from "./rotary.ts";
import { fixture } from "../../../testing/wan/fixtures.ts";
import { type Checkpoint, checkpointOf } from "../checkpoint/weights.ts";

const made = await fixture("dit");
const skip = { ignore: made.folder === null };
const folderOf = (model: string) => join(made.folder!, model);

/** Largest difference from diffusers, of the largest value. */
const PARITY = 1e-4;

for (const model of ["small", "odd", "bf16"]) {
  for (const attention of [{ attention: "fused" }, { attention: "chunked", chunk: 7 }] as const) {
    Deno.test({
      ...skip,
      name: `${model} with ${attention.attention} attention is what diffusers computes`,
      async fn() {
        const folder = folderOf(model);
        const changed = { ...attention, lora: await lora(folder) };
        for (const layout of ["diffusers", "original"] as const) {
          const plain = await prepare(folder, layout, attention);
          const merged = await prepare(folder, layout, changed);
          assertOk(await difference("cpu", plain) <= PARITY, layout);
          assertOk(await difference("cpu", merged) <= PARITY, `${layout} with a LoRA`);
          // The LoRA is worth something.
          assertOk(relativeDifference(merged.expected, plain.expected) > 0.05);
        }
      },
    });
  }
}

Deno.test({
  ...skip,
  name:
    "16 bits are what matrices are multiplied in, near enough, and refused where there are none",
  async fn() {
    for (const model of ["small", "odd", "bf16"]) {
      for (const attention of ["fused", "chunked"] as const) {
        const options = { attention, lora: await lora(folderOf(model)), compute: "f16" } as const;
        const off = await difference(
          "cpu",
          await prepare(folderOf(model), "original", options),
        );
        assertOk(off <= AGREEMENT.f16, `${model}, ${attention}: ${off}`);
        // Not 32 bits under another name.
        assertOk(off > PARITY, `${model}, ${attention}: ${off}`);
      }
    }
    const options = { attention: "fused", compute: "bf16" } as const;
    const wide = await prepare(folderOf("small"), "original", options);
    await assertInputError(() => difference("cpu", wide), "original.safetensors", "on cpu");
  },
});

Deno.test({
  ...skip,
  name: "the angles of a grid of tokens are those of diffusers",
  async fn() {
    const tables = rotaryTables(128, [3, 4, 30]);
    for (const tensor of await readHeader(folderOf("rotary.safetensors"))) {
      const off = relativeDifference(
        tables[tensor.name as "cos" | "sin"],
        await readTensor(tensor),
      );
      assertOk(off < 1e-7, `${tensor.name}: ${off}`);
    }
  },
});

Deno.test({
  ...skip,
  name: "a LoRA is merged when the graph is loaded, not when it runs",
  async fn() {
    const folder = folderOf("small");
    const file = await Deno.makeTempFile({ suffix: ".onnx" });
    const products = async (options: DitOptions) => {
      const { graph } = await prepare(folder, "original", options);
      const session = await ort.InferenceSession.create(graph.bytes, {
        optimizedModelFilePath: file,
        logSeverityLevel: 3,
        extra: { session: { model_external_initializers_file_folder_path: graph.folder! } },
      });
      await session.release();
      const kept = countGemm(await Deno.readFile(file));
      return { written: countGemm(graph.bytes), kept };
    };
    const changes = await lora(folder);
    const plain = await products({ attention: "fused" });
    const merged = await products({ attention: "fused", lora: changes });
    await Deno.remove(file);
    assertEquals(merged.written, plain.written + changes.size);
    assertEquals(merged.kept, plain.kept);
  },
});

/** Matrix products in a model: nodes whose field 4, the operator, is so called. */
function countGemm(model: Uint8Array): number {
  const text = new TextDecoder("latin1").decode(model);
  return text.split("\x22\x04Gemm").length - 1;
}

const webgpu = await hasSwiftShader("Wan's transformer on WebGPU");

Deno.test({
  ignore: skip.ignore || !webgpu,
  name: "WebGPU with chunked attention computes what diffusers does",
  async fn() {
    const script = `
      import { difference, lora, prepare } from "${
      import.meta.resolve("../../../testing/wan/transformer.ts")
    }";
      const [folder] = Deno.args;
      const options = { attention: "chunked", chunk: 24, lora: await lora(folder) };
      console.log(await difference("webgpu", await prepare(folder, "diffusers", options)));
      Deno.exit(0);
    `;
    const { said, error } = await onSwiftShader(script, [folderOf("small")]);
    assertOk(said !== "" && Number(said) <= PARITY, said + error);
  },
});

Deno.test({
  ...skip,
  name: "the published sizes ask for as many tensors and parameters as diffusers has",
  async fn() {
    const counts = JSON.parse(await Deno.readTextFile(folderOf("counts.json")));
    const sizes = Object.entries(PUBLISHED);
    for (const [size, given] of sizes) {
      const shapes = [...shapesOf(given).values()];
      const parameters = shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0);
      assertEquals([shapes.length, parameters], counts[size], size);
    }
  },
});

const LATENTS = { frames: 1, height: 4, width: 4 };

/** A checkpoint with some tensors changed or, where null, left out. */
function altered(checkpoint: Checkpoint, changes: Record<string, StoredTensor | null>): Checkpoint {
  const tensors = new Map(checkpoint.names().map((name) => [name, checkpoint.find(name)!]));
  for (const [name, tensor] of Object.entries(changes)) {
    if (tensor) tensors.set(name, tensor);
    else tensors.delete(name);
  }
  return checkpointOf(checkpoint.name, tensors);
}

Deno.test({
  ...skip,
  name: "a tensor that is missing or of another shape is refused by its name",
  async fn() {
    const folder = folderOf("small");
    const found = await weights(folder, "original");
    const parts = await config(folder);
    const build = (changes: Record<string, StoredTensor | null>, options?: Partial<DitOptions>) =>
      ditGraph(altered(found, changes), parts, LATENTS, { attention: "fused", ...options });
    const name = "blocks.1.cross_attn.norm_k.weight";
    await assertInputError(() => build({ [name]: null }), name, "original.safetensors", "[24]");
    const norm = found.get(name, [24]);
    const file = norm.file;
    await assertInputError(
      () => build({ [name]: { ...norm, shape: [12, 2] } }),
      ...[name, file, "expected shape [24]", "found [12, 2]"],
    );
    // Under Diffusers' names, the message has Diffusers' name.
    const theirs = await weights(folder, "diffusers");
    await assertInputError(
      () => ditGraph(theirs, { ...parts, ffnDim: 40 }, LATENTS, { attention: "fused" }),
      ...["blocks.0.ffn.net.0.proj.weight", "diffusers.safetensors", "[40, 24]", "[32, 24]"],
    );
    const layer = "blocks.0.ffn.2";
    const { a, b, scale } = (await lora(folder)).get(layer)!;
    await assertInputError(
      () => build({}, { lora: new Map([[layer, { a, b: { ...b, shape: [4, 24] }, scale }]]) }),
      ...[`${layer}.lora_B`, "lora.safetensors", "expected shape [24, 4]", "found [4, 24]"],
    );
    await assertInputError(
      () => build({}, { lora: new Map([["blocks.2.ffn.2", { a, b, scale }]]) }),
      ...["lora.safetensors", "blocks.2.ffn.2"],
    );
  },
});

Deno.test({
  ...skip,
  name: "latents that do not fit, and chunks of no size, are refused",
  async fn() {
    const folder = folderOf("small");
    const [found, parts] = [await weights(folder, "original"), await config(folder)];
    for (const size of [{ height: 5 }, { frames: 0 }, { width: 4.5 }]) {
      const shape = { ...LATENTS, ...size };
      await assertInputError(
        () => ditGraph(found, parts, shape, { attention: "fused" }),
        ...["1, 2, 2", Object.values(shape).join(", ")],
      );
    }
    for (const chunk of [0, -1, 1.5]) {
      await assertInputError(
        () => ditGraph(found, parts, LATENTS, { attention: "chunked", chunk }),
        ...[`${chunk}`, "1 or more"],
      );
    }
  },
});
