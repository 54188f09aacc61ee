/** The transformer's test cases against Diffusers: see `lib/testing/wan/dit.py`. */
import { join } from "node:path";
import { type Provider, relativeDifference } from "../../onnx/provider.ts";
import { readHeader, readTensor } from "../../onnx/safetensors.ts";
import { openGraph, type Values } from "../../onnx/session.ts";
import type { Graph, StoredTensor } from "../../onnx/types.ts";
import { transformerSchema } from "../../models/wan/checkpoint/configs.ts";
import {
  type DitConfig,
  ditGraph,
  type DitOptions,
  timestepEmbedding,
} from "../../models/wan/transformer/dit.ts";
import type { Lora } from "../../models/wan/transformer/dit_layers.ts";
import { readJson } from "../../models/wan/checkpoint/json.ts";
import { type Checkpoint, checkpointOf } from "../../models/wan/checkpoint/weights.ts";

/** The weights' naming scheme. */
export type Layout = "diffusers" | "original";

async function tensors(file: string): Promise<Map<string, StoredTensor>> {
  return new Map((await readHeader(file)).map((tensor) => [tensor.name, tensor]));
}

/** The weights in a model's folder. */
export async function weights(folder: string, layout: Layout): Promise<Checkpoint> {
  const file = join(folder, `${layout}.safetensors`);
  return checkpointOf(file, await tensors(file));
}

/** The configuration saved by Diffusers. */
export function config(folder: string): Promise<DitConfig> {
  return readJson(join(folder, "config.json"), transformerSchema);
}

/** The LoRA of all of a model's layers, with the fixture's scale. */
export async function lora(folder: string): Promise<Lora> {
  const found = await tensors(join(folder, "lora.safetensors"));
  const layers = [...found.keys()].filter((name) => name.includes("lora_A"))
    .map((name) => name.split(".lora_A")[0]);
  const part = (layer: string, which: string) =>
    found.get(`${layer}.lora_${which}.default.weight`)!;
  return new Map(
    layers.map((layer) => [layer, { a: part(layer, "A"), b: part(layer, "B"), scale: 0.5 }]),
  );
}

/** A graph, its inputs, and the expected output. */
export interface Case {
  graph: Graph;
  inputs: Record<string, Values>;
  /** Diffusers' output. */
  expected: Float32Array;
}

/** The test case of a model's folder. */
export async function prepare(
  folder: string,
  layout: Layout,
  options: DitOptions,
): Promise<Case> {
  const values = await tensors(join(folder, "values.safetensors"));
  const read = async (name: string): Promise<Values> => ({
    type: "float32",
    data: await readTensor(values.get(name)!),
    dims: values.get(name)!.shape,
  });
  const [latents, text] = [await read("latents"), await read("text")];
  const [, frames, height, width] = latents.dims;
  const parts = await config(folder);
  const [timestep] = await readTensor(values.get("timestep")!);
  const time = timestepEmbedding(timestep, parts.freqDim);
  return {
    graph: ditGraph(await weights(folder, layout), parts, { frames, height, width }, options),
    inputs: { latents, text, time: { type: "float32", data: time, dims: [1, time.length] } },
    expected: await readTensor(values.get(options.lora ? "merged" : "output")!),
  };
}

/** The relative difference between a provider's output and Diffusers'. */
export async function difference(
  provider: Provider,
  { graph, inputs, expected }: Case,
): Promise<number> {
  const network = await openGraph(graph, provider);
  const { velocity } = await network.run(inputs);
  await network.close();
  return relativeDifference(velocity, expected);
}
