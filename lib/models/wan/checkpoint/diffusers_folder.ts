/** Wan in the Diffusers layout: a folder per network, with its configuration and weights. */
import { join } from "node:path";
import { z } from "zod";
import { openCheckpoint } from "./checkpoint.ts";
import {
  modelIndexSchema,
  schedulerSchema,
  textEncoderSchema,
  transformerSchema,
} from "./configs.ts";
import { readJson } from "./json.ts";
import {
  found,
  type MissingPart,
  namesIn,
  type Part,
  publishedSize,
  tokenizerIn,
  type WanFolder,
} from "./parts.ts";
import { parseVaeConfig } from "../vae/vae_config.ts";
import type { Checkpoint } from "./weights.ts";

/** A network in the folder. */
interface Component<Config> {
  part: MissingPart["part"];
  /** Name of its subfolder. */
  subfolder: string;
  read(file: string): Promise<Config>;
  /** Weights that replace the folder's. */
  replacement?: Checkpoint | null;
}

/**
 * Opens a folder with `model_index.json`.
 *
 * @param fineTune A transformer that replaces the folder's.
 * @throws {InputError} for another model, or corrupt files.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { openDiffusersFolder } from "./diffusers_folder.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/model_index.json`, '{"_class_name":"WanPipeline"}');
 * const { missing } = await openDiffusersFolder(folder, null);
 * assertEquals(
 *   missing.map(({ part }) => part),
 *   ["transformer", "text encoder", "VAE", "tokenizer"],
 * );
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openDiffusersFolder(
  folder: string,
  fineTune: Checkpoint | null,
): Promise<WanFolder> {
  await readJson(join(folder, "model_index.json"), modelIndexSchema);
  const missing: { part: MissingPart["part"]; subfolder: string; why: string }[] = [];
  const addMissing = (part: MissingPart["part"], subfolder: string, why: string) => {
    missing.push({ part, subfolder, why });
    return null;
  };
  const open = async <Config>(component: Component<Config>): Promise<Part<Config> | null> => {
    const { part, subfolder, read, replacement = null } = component;
    const at = join(folder, subfolder);
    const names = await namesIn(at);
    const wanted = !names.includes("config.json")
      ? "config.json"
      : replacement === null && !names.some((name) => /\.safetensors(\.index\.json)?$/.test(name))
      ? "a .safetensors file"
      : null;
    if (wanted !== null) {
      return addMissing(part, subfolder, `expected ${wanted} in ${at}, ${found(names)}`);
    }
    const config = await read(join(at, "config.json"));
    return { config, weights: replacement ?? await openCheckpoint(at, `the ${part}`) };
  };
  const transformer = await open({
    part: "transformer",
    subfolder: "transformer",
    read: (file) => readJson(file, transformerSchema),
    replacement: fineTune,
  });
  const textEncoder = await open({
    part: "text encoder",
    subfolder: "text_encoder",
    read: (file) => readJson(file, textEncoderSchema),
  });
  const vae = await open({
    part: "VAE",
    subfolder: "vae",
    read: async (file) => parseVaeConfig(await readJson(file, z.unknown()), file),
  });
  const tokenizerFolder = join(folder, "tokenizer");
  const tokenizer = await tokenizerIn(tokenizerFolder) ??
    addMissing(
      "tokenizer",
      "tokenizer",
      `expected tokenizer.json in ${tokenizerFolder}, ` +
        found(await namesIn(tokenizerFolder)),
    );
  const schedulerFolder = join(folder, "scheduler");
  const name = "scheduler_config.json";
  const scheduler = (await namesIn(schedulerFolder)).includes(name)
    ? await readJson(join(schedulerFolder, name), schedulerSchema)
    : null;
  const size = transformer && publishedSize(transformer.config);
  const repository = `Wan-AI/Wan2.1-T2V-${size}-Diffusers`;
  return {
    folder,
    layout: "diffusers",
    transformer,
    textEncoder,
    vae,
    tokenizer,
    scheduler,
    missing: missing.map(({ part, subfolder, why }) => ({
      part,
      why,
      source: size && { repository, files: `${subfolder}/*` },
    })),
  };
}
