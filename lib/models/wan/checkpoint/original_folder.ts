/** Wan in the original layout: all files in one folder, with a configuration of the transformer. */
import { join } from "node:path";
import { openCheckpoint } from "./checkpoint.ts";
import type { TransformerConfig } from "./configs.ts";
import { readJson } from "./json.ts";
import { originalTextEncoder, originalTransformerSchema, originalVae } from "./original_configs.ts";
import {
  found,
  type MissingPart,
  namesIn,
  type Part,
  publishedSize,
  tokenizerIn,
  type WanFolder,
} from "./parts.ts";
import { type Checkpoint, withoutPrefix } from "./weights.ts";

/** A repository of text encoder and VAE, originally published for PyTorch only, as safetensors. */
const CONVERTED = "DiffSynth-Studio/Wan-Series-Converted-Safetensors";

/** A network in the folder. */
interface Component<Config> {
  part: MissingPart["part"];
  /** The original file of the text encoder or VAE. */
  published?: string;
  /** Pattern of its files' names, up to `.safetensors`. */
  files: RegExp;
  /** A tensor that reveals a prefix of all names. */
  marker: string;
  config(weights: Checkpoint): Config;
}

/**
 * Opens a folder with the original's `config.json`.
 *
 * @param fineTune A transformer that replaces the folder's.
 * @throws {InputError} for another model, or corrupt files.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../../testing/assert.ts";
 * import { openOriginalFolder } from "./original_folder.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const sizes = { dim: 5120, ffn_dim: 13824, num_heads: 40, num_layers: 40 };
 * const config = { _class_name: "WanModel", model_type: "i2v", ...sizes };
 * await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(config));
 * await assertInputError(() => openOriginalFolder(folder, null), "config.json", "t2v", "i2v");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openOriginalFolder(
  folder: string,
  fineTune: Checkpoint | null,
): Promise<WanFolder> {
  const config = await readJson(join(folder, "config.json"), originalTransformerSchema);
  const names = await namesIn(folder);
  const size = publishedSize(config);
  const ownSource = (files: string) => size && { repository: `Wan-AI/Wan2.1-T2V-${size}`, files };
  const missing: MissingPart[] = [];
  const addMissing = (part: MissingPart) => {
    missing.push(part);
    return null;
  };
  const open = async <Config>(component: Component<Config>): Promise<Part<Config> | null> => {
    const { part, files, marker } = component;
    const only = new RegExp(`(${files.source}).*\\.safetensors(\\.index\\.json)?$`, "i");
    if (names.some((name) => only.test(name))) {
      const weights = withoutPrefix(
        await openCheckpoint(folder, `the ${part}`, { only }),
        marker,
        `the ${part}`,
      );
      return { weights, config: component.config(weights) };
    }
    return addMissing(missingPart(folder, names, component, ownSource));
  };
  const transformer: Part<TransformerConfig> | null = fineTune
    ? { weights: fineTune, config }
    : await open({
      part: "transformer",
      files: /^diffusion_pytorch_model/,
      marker: "patch_embedding.weight",
      config: () => config,
    });
  const textEncoder = await open({
    part: "text encoder",
    published: "models_t5_umt5-xxl-enc-bf16.pth",
    files: /t5/,
    marker: "token_embedding.weight",
    config: originalTextEncoder,
  });
  const vae = await open({
    part: "VAE",
    published: "Wan2.1_VAE.pth",
    files: /vae/,
    marker: "decoder.conv1.weight",
    config: originalVae,
  });
  const tokenizerFolder = join(folder, "google", "umt5-xxl");
  const tokenizer = await tokenizerIn(tokenizerFolder) ?? addMissing({
    part: "tokenizer",
    why: `expected tokenizer.json in ${tokenizerFolder}, ${found(await namesIn(tokenizerFolder))}`,
    source: ownSource("google/umt5-xxl/*"),
  });
  return {
    folder,
    layout: "original",
    transformer,
    textEncoder,
    vae,
    tokenizer,
    scheduler: null,
    missing,
  };
}

/** A missing part, and its download source. */
function missingPart(
  folder: string,
  names: readonly string[],
  { part, published, files }: Component<unknown>,
  ownSource: (files: string) => MissingPart["source"],
): MissingPart {
  if (published === undefined) {
    const wanted = "diffusion_pytorch_model*.safetensors";
    const why = `expected ${wanted} in ${folder}, ${found(names)}`;
    return { part, why, source: ownSource(wanted) };
  }
  const wanted = published.replace(/\.pth$/, ".safetensors");
  const forTorch = names.filter((name) =>
    /\.(pth|pt|ckpt|bin)$/.test(name) && new RegExp(files, "i").test(name)
  );
  const why = `expected ${wanted} in ${folder}, ` +
    (forTorch.length > 0
      ? `found ${forTorch.join(", ")}, which only PyTorch can read; ${CONVERTED} has ${wanted}`
      : found(names));
  return { part, why, source: { repository: CONVERTED, files: wanted } };
}
