/** Describes a folder of Wan's weights. */
import { flopsOf, weightBytes } from "../transformer/cost.ts";
import { findLora } from "./find_lora.ts";
import { openWanFolder } from "./folder.ts";
import { describeLora, readLora } from "./lora.ts";
import { MICROVERSE_SAMPLING, WAN_CLIP } from "../settings.ts";
import { latentSize } from "../sampling/clip_size.ts";

/** The repository with all of Wan's parts in safetensors. */
const PUBLISHED = "Wan-AI/Wan2.1-T2V-1.3B-Diffusers";

/**
 * Describes a folder's contents and the cost of sampling with it, or what is missing and how to
 * download it.
 *
 * @param folder Omit it for download instructions.
 * @param fineTune A fully fine-tuned transformer; see `openWanFolder`.
 * @param lora A LoRA, or a training's folder; see `findLora`.
 * @returns Lines of text.
 * @throws {InputError} for a folder of another model, or a LoRA that cannot be used.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../../testing/assert.ts";
 * import { describeWan } from "./describe.ts";
 *
 * const [first] = await describeWan();
 * assertOk(first.includes("hf download Wan-AI/Wan2.1-T2V-1.3B-Diffusers"));
 * ```
 */
export async function describeWan(
  folder?: string,
  fineTune?: string,
  lora?: string,
): Promise<string[]> {
  if (folder === undefined) {
    return [
      `not checked; download with: ${downloadCommand(PUBLISHED)}`,
      "then: deno task models --model wan:DIR, deno task generate --model wan:DIR --benchmark release",
    ];
  }
  const wan = await openWanFolder(folder, { fineTune });
  const lines = [`${wan.folder}, ${wan.layout} layout`];
  for (
    const [name, part] of Object.entries({
      transformer: wan.transformer,
      "text encoder": wan.textEncoder,
      VAE: wan.vae,
    })
  ) {
    if (!part) continue;
    const { stored, widened } = weightBytes(part.weights);
    lines.push(`${name}: ${gigabytes(stored)} on disk, ${gigabytes(widened)} as 32-bit floats`);
  }
  if (wan.transformer) {
    const { width, height, frames } = WAN_CLIP;
    const latents = latentSize(WAN_CLIP, wan.vae?.config);
    const flops = 2 * MICROVERSE_SAMPLING.steps * flopsOf(wan.transformer.config, latents);
    lines.push(
      `a clip of ${width}×${height}, ${frames} frames, ${MICROVERSE_SAMPLING.steps} steps with ` +
        `guidance: ${(flops / 1e15).toFixed(1)} PFLOP in the transformer`,
    );
  }
  if (lora !== undefined && wan.transformer) {
    const path = await findLora(lora);
    lines.push(describeLora(path, await readLora(path, wan.transformer.weights)));
  }
  for (const { part, why, source } of wan.missing) {
    lines.push(`${part} is missing: ${why}`);
    if (source) lines.push(`  ${downloadCommand(source.repository, source.files)}`);
  }
  if (wan.missing.length === 0) {
    lines.push("nothing is missing: deno task generate --model wan:DIR --benchmark release");
  }
  return lines;
}

function downloadCommand(repository: string, files?: string): string {
  return `hf download ${repository}${files ? ` --include '${files}'` : ""} --local-dir DIR`;
}

function gigabytes(bytes: number): string {
  return bytes >= 1e8 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(2)} MB`;
}
