import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { relativeDifference } from "../../../onnx/provider.ts";
import { readHeader, readTensor } from "../../../onnx/safetensors.ts";
import { hasSwiftShader, onSwiftShader } from "../../../testing/onnx/swiftshader.ts";
import type { StoredTensor } from "../../../onnx/types.ts";
import { assertEquals, assertInputError, assertOk } from "../../../testing/assert.ts";
import { DTYPE_TOLERANCE } from "./compute_dtype.ts";
import { ditGraph, type DitOptions } from "./dit.ts";
import { config, difference, lora, prepare, weights } from "../../../testing/wan/transformer.ts";
import { PUBLISHED, shapesOf } from "../checkpoint/published.ts";
import { rotaryTables } from "./rotary.ts";
import { fixture } from "../../../testing/wan/fixtures.ts";
import { type Checkpoint, checkpointOf } from "../checkpoint/weights.ts";

const references = await fixture("dit");
const skip = { ignore: references.folder === null };
const folderOf = (model: string) => join(references.folder!, model);

/** Largest accepted difference from Diffusers, relative to the largest value. */
const PARITY = 1e-4;

for (const model of ["small", "odd", "bf16"]) {
  for (const attention of [{ attention: "fused" }, { attention: "chunked", chunk: 7 }] as const) {
    Deno.test({
      ...skip,
      name: `${model} with ${attention.attention} attention matches Diffusers`,
      async fn() {
        const folder = folderOf(model);
        const withLora = { ...attention, lora: await lora(folder) };
        for (const layout of ["diffusers", "original"] as const) {
          const plain = await prepare(folder, layout, attention);
          const merged = await prepare(folder, layout, withLora);
          assertOk(await difference("cpu", plain) <= PARITY, layout);
          assertOk(await difference("cpu", merged) <= PARITY, `${layout} with a LoRA`);
          // The LoRA has an effect.
          assertOk(relativeDifference(merged.expected, plain.expected) > 0.05);
        }
      },
    });
  }
}

Deno.test({
  ...skip,
  name: "16-bit matrix products agree within their tolerance; unsupported ones are rejected",
  async fn() {
    for (const model of ["small", "odd", "bf16"]) {
      for (const attention of ["fused", "chunked"] as const) {
        const options = { attention, lora: await lora(folderOf(model)), dtype: "f16" } as const;
        const off = await difference(
          "cpu",
          await prepare(folderOf(model), "original", options),
        );
        assertOk(off <= DTYPE_TOLERANCE.f16, `${model}, ${attention}: ${off}`);
        // Not 32 bits in disguise.
        assertOk(off > PARITY, `${model}, ${attention}: ${off}`);
      }
    }
    const options = { attention: "fused", dtype: "bf16" } as const;
    const unsupported = await prepare(folderOf("small"), "original", options);
    await assertInputError(() => difference("cpu", unsupported), "original.safetensors", "on cpu");
  },
});

Deno.test({
  ...skip,
  name: "rotary tables match Diffusers",
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
  name: "a LoRA is merged at load time, not at run time",
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
      const optimized = countGemm(await Deno.readFile(file));
      return { written: countGemm(graph.bytes), optimized };
    };
    const updates = await lora(folder);
    const plain = await products({ attention: "fused" });
    const merged = await products({ attention: "fused", lora: updates });
    await Deno.remove(file);
    assertEquals(merged.written, plain.written + updates.size);
    assertEquals(merged.optimized, plain.optimized);
  },
});

/** The number of Gemm nodes in a model, by the operator's name in field 4. */
function countGemm(model: Uint8Array): number {
  const text = new TextDecoder("latin1").decode(model);
  return text.split("\x22\x04Gemm").length - 1;
}

const webgpu = await hasSwiftShader("Wan's transformer on WebGPU");

Deno.test({
  ignore: skip.ignore || !webgpu,
  name: "WebGPU with chunked attention matches Diffusers",
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
    const { output, error } = await onSwiftShader(script, [folderOf("small")]);
    assertOk(output !== "" && Number(output) <= PARITY, output + error);
  },
});

Deno.test({
  ...skip,
  name: "the published sizes have as many tensors and parameters as in Diffusers",
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

/** A checkpoint with some tensors replaced or, if null, removed. */
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
  name: "a tensor that is missing or of another shape is rejected by name",
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
    // The message uses the checkpoint's naming scheme.
    const renamed = await weights(folder, "diffusers");
    await assertInputError(
      () => ditGraph(renamed, { ...parts, ffnDim: 40 }, LATENTS, { attention: "fused" }),
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
  name: "latents that do not fit the patches and invalid chunks are rejected",
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
