/** The small autoencoders of the fixture `vae`, and Diffusers' results with them. */
import { join } from "node:path";
import type { Provider } from "../../onnx/provider.ts";
import { readHeader, readTensor } from "../../onnx/safetensors.ts";
import { type Latents, openVae, type VaeDecoder } from "../../models/wan/vae/decode.ts";
import { parseVaeConfig, type VaeConfig } from "../../models/wan/vae/vae_config.ts";
import { type Checkpoint, checkpointOf } from "../../models/wan/checkpoint/weights.ts";

/** A decoder of the fixture, with weights in either naming scheme. */
export async function openFixture(
  folder: string,
  layout: "diffusers" | "original",
  provider: Provider = "cpu",
): Promise<VaeDecoder> {
  return await openVae(await checkpointAt(folder, layout), await configAt(folder), provider);
}

export async function configAt(folder: string): Promise<VaeConfig> {
  const file = join(folder, "config.json");
  return parseVaeConfig(JSON.parse(await Deno.readTextFile(file)), file);
}

export async function checkpointAt(folder: string, layout: string): Promise<Checkpoint> {
  const file = join(folder, `${layout}.safetensors`);
  const tensors = await readHeader(file);
  return checkpointOf(file, new Map(tensors.map((tensor) => [tensor.name, tensor])));
}

/** Readers of the fixture's tensors: plain values, and latents. */
export async function valuesAt(folder: string) {
  const tensors = await readHeader(join(folder, "values.safetensors"));
  const found = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const read = (name: string) => readTensor(found.get(name)!);
  const latentsOf = async (name: string): Promise<Latents> => {
    const [, frames, height, width] = found.get(name)!.shape;
    return { values: await read(name), frames, height, width };
  };
  return { read, latentsOf };
}

/** A clip's frames in PyTorch's layout: `[channels, frames, height, width]`. */
export async function clipOf(frames: AsyncIterable<Float32Array>): Promise<Float32Array> {
  const all = await Array.fromAsync(frames);
  const size = all[0].length / 3;
  const clip = new Float32Array(all.length * 3 * size);
  for (const [t, frame] of all.entries()) {
    for (let c = 0; c < 3; c++) {
      clip.set(frame.subarray(c * size, (c + 1) * size), (c * all.length + t) * size);
    }
  }
  return clip;
}
