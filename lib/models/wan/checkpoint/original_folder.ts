/** Wan as it was first published: all files in one folder, and a configuration of the transformer. */
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

/** Where text encoder and VAE, first published for PyTorch alone, are `.safetensors` files. */
const CONVERTED = "DiffSynth-Studio/Wan-Series-Converted-Safetensors";

/** A network of the folder: one of several files in it. */
interface Place<Config> {
  part: MissingPart["part"];
  /** The file that the text encoder or VAE is first published as. */
  published?: string;
  /** Names of its files, without `.safetensors` and what may follow. */
  files: RegExp;
  /** A tensor by which a prefix of all names is told. */
  telling: string;
  config(weights: Checkpoint): Config;
}

/**
 * Opens a folder with `config.json` of the original.
 *
 * @param trained A transformer that takes the place of the folder's.
 * @throws {InputError} for another model, or something broken.
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
  trained: Checkpoint | null,
): Promise<WanFolder> {
  const config = await readJson(join(folder, "config.json"), originalTransformerSchema);
  const names = await namesIn(folder);
  const size = publishedSize(config);
  const own = (files: string) => size && { repository: `Wan-AI/Wan2.1-T2V-${size}`, files };
  const missing: MissingPart[] = [];
  const lacks = (one: MissingPart) => {
    missing.push(one);
    return null;
  };
  const open = async <Config>(place: Place<Config>): Promise<Part<Config> | null> => {
    const { part, files, telling } = place;
    const only = new RegExp(`(${files.source}).*\\.safetensors(\\.index\\.json)?$`, "i");
    if (names.some((name) => only.test(name))) {
      const weights = withoutPrefix(
        await openCheckpoint(folder, `the ${part}`, { only }),
        telling,
        `the ${part}`,
      );
      return { weights, config: place.config(weights) };
    }
    return lacks(absent(folder, names, place, own));
  };
  const transformer: Part<TransformerConfig> | null = trained
    ? { weights: trained, config }
    : await open({
      part: "transformer",
      files: /^diffusion_pytorch_model/,
      telling: "patch_embedding.weight",
      config: () => config,
    });
  const textEncoder = await open({
    part: "text encoder",
    published: "models_t5_umt5-xxl-enc-bf16.pth",
    files: /t5/,
    telling: "token_embedding.weight",
    config: originalTextEncoder,
  });
  const vae = await open({
    part: "VAE",
    published: "Wan2.1_VAE.pth",
    files: /vae/,
    telling: "decoder.conv1.weight",
    config: originalVae,
  });
  const words = join(folder, "google", "umt5-xxl");
  const tokenizer = await tokenizerIn(words) ?? lacks({
    part: "tokenizer",
    why: `expected tokenizer.json in ${words}, ${found(await namesIn(words))}`,
    source: own("google/umt5-xxl/*"),
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

/** What is missing, and where it can be had. */
function absent(
  folder: string,
  names: readonly string[],
  { part, published, files }: Place<unknown>,
  own: (files: string) => MissingPart["source"],
): MissingPart {
  if (published === undefined) {
    const wanted = "diffusion_pytorch_model*.safetensors";
    const why = `expected ${wanted} in ${folder}, ${found(names)}`;
    return { part, why, source: own(wanted) };
  }
  const wanted = published.replace(/\.pth$/, ".safetensors");
  const forTorch = names.filter((name) =>
    /\.(pth|pt|ckpt|bin)$/.test(name) && new RegExp(files, "i").test(name)
  );
  const why = `expected ${wanted} in ${folder}, ` +
    (forTorch.length > 0
      ? `found ${forTorch.join(", ")}, which PyTorch alone can read; ${CONVERTED} has ${wanted}`
      : found(names));
  return { part, why, source: { repository: CONVERTED, files: wanted } };
}
