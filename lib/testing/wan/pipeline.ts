/** A complete small Wan compared with Diffusers: see `lib/testing/wan/pipeline.py`. */
import { join } from "node:path";
import type { Provider } from "../../onnx/provider.ts";
import { readHeader, readTensor } from "../../onnx/safetensors.ts";
import type { AttentionKind } from "../../models/wan/transformer/attention.ts";
import { cleanPrompt } from "../../models/wan/text/clean_prompt.ts";
import { decodeLatents, openVae } from "../../models/wan/vae/decode.ts";
import type { Tiling } from "../../models/wan/vae/vae_tiles.ts";
import { TEXT_ROWS } from "../../models/wan/transformer/dit_block.ts";
import { encodeTokens, padded } from "../../models/wan/text/encode.ts";
import { openWanFolder, wholeWanFolder } from "../../models/wan/checkpoint/folder.ts";
import { readLora } from "../../models/wan/checkpoint/lora.ts";
import type { LatentSize } from "../../models/wan/transformer/dit.ts";
import { openTransformer } from "../../models/wan/transformer/networks.ts";
import { sampleWan } from "../../models/wan/sampling/sample.ts";
import type { WanSolverName } from "../../models/wan/settings.ts";
import { openTokenizer } from "../../models/wan/text/tokenizer.ts";

/** The script's settings. */
export const PIPELINE = {
  prompt: "A red blood cell flows through a capillary.",
  negativePrompt: "the camera moves",
  clip: { width: 48, height: 32, frames: 9 },
  latents: { frames: 3, height: 4, width: 6 },
  seed: 42,
  sampling: { steps: 4, guidance: 5, rounding: "none" },
  shifts: { euler: 5, unipc: 3 },
} as const;

/** The script's results, by name. */
export async function expected(folder: string): Promise<Map<string, Float32Array>> {
  const tensors = await readHeader(join(folder, "values.safetensors"));
  return new Map(
    await Promise.all(
      tensors.map(async (tensor) => [tensor.name, await readTensor(tensor)] as const),
    ),
  );
}

/**
 * Our latents and frames `[3, frames, height, width]` of the script's prompt; no frames unless
 * `decoded`, which is slow on SwiftShader.
 */
export async function sampled(
  folder: string,
  { layout, solver, lora, provider, attention, decoded = true, size = PIPELINE.latents, tiling }: {
    layout: "diffusers" | "original";
    solver: WanSolverName;
    lora: boolean;
    provider: Provider;
    attention: AttentionKind;
    decoded?: boolean;
    /** Of the latents; the script's by default. */
    size?: LatentSize;
    /** Decoded whole by default. */
    tiling?: Tiling;
  },
): Promise<{ latents: Float32Array; frames: Float32Array }> {
  const wan = wholeWanFolder(await openWanFolder(join(folder, layout)));
  const { textEncoder: { weights, config } } = wan;
  const tokenizer = await openTokenizer(wan.tokenizer);
  const { prompt, negativePrompt, seed, sampling, shifts } = PIPELINE;
  const ids = [prompt, negativePrompt].map((text) =>
    tokenizer.encode(cleanPrompt(text), TEXT_ROWS)
  );
  const states = await encodeTokens(ids, weights, config, provider);
  const [positive, negative] = states.map((state) => padded(state, config.dim, TEXT_ROWS));
  const update = lora
    ? await readLora(join(folder, "lora.safetensors"), wan.transformer.weights)
    : undefined;
  const transformer = await openTransformer(
    wan,
    size,
    { provider, attention, dtype: "f32" },
    update,
  );
  const shape = [wan.transformer.config.inChannels, size.frames, size.height, size.width];
  const steps = sampleWan({
    velocity: (latents, timestep, condition) =>
      transformer.velocity(latents, timestep, condition === "prompt" ? positive : negative),
  }, { ...sampling, solver, shift: shifts[solver], shape, seed });
  let latents = new Float32Array();
  for await (const step of steps) latents = step.latents as typeof latents;
  await transformer.close();
  if (!decoded) return { latents, frames: new Float32Array() };
  const vae = await openVae(wan.vae.weights, wan.vae.config, provider);
  const decodedFrames = await Array.fromAsync(
    decodeLatents(vae, { values: latents, ...size }, { tiling }),
  );
  await vae.close();
  return { latents, frames: planes(decodedFrames) };
}

/** Frames of `[3, height, width]` as `[3, frames, height, width]`. */
export function planes(frames: readonly Float32Array[]): Float32Array {
  const plane = frames[0].length / 3;
  const all = new Float32Array(frames.length * frames[0].length);
  frames.forEach((frame, t) => {
    for (let c = 0; c < 3; c++) {
      all.set(frame.subarray(c * plane, (c + 1) * plane), (c * frames.length + t) * plane);
    }
  });
  return all;
}
