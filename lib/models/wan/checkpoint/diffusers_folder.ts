/** Wan as Diffusers lays it out: a folder for each network, with a configuration beside its weights. */
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

/** A network of the folder. */
interface Place<Config> {
  part: MissingPart["part"];
  /** The folder's name. */
  below: string;
  read(file: string): Promise<Config>;
  /** Weights that take the place of the folder's. */
  given?: Checkpoint | null;
}

/**
 * Opens a folder with `model_index.json`.
 *
 * @param trained A transformer that takes the place of the folder's.
 * @throws {InputError} for another model, or something broken.
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
  trained: Checkpoint | null,
): Promise<WanFolder> {
  await readJson(join(folder, "model_index.json"), modelIndexSchema);
  const missing: { part: MissingPart["part"]; below: string; why: string }[] = [];
  const lacks = (part: MissingPart["part"], below: string, why: string) => {
    missing.push({ part, below, why });
    return null;
  };
  const open = async <Config>(place: Place<Config>): Promise<Part<Config> | null> => {
    const { part, below, read, given = null } = place;
    const at = join(folder, below);
    const names = await namesIn(at);
    const wanted = !names.includes("config.json")
      ? "config.json"
      : given === null && !names.some((name) => /\.safetensors(\.index\.json)?$/.test(name))
      ? "a .safetensors file"
      : null;
    if (wanted !== null) return lacks(part, below, `expected ${wanted} in ${at}, ${found(names)}`);
    const config = await read(join(at, "config.json"));
    return { config, weights: given ?? await openCheckpoint(at, `the ${part}`) };
  };
  const transformer = await open({
    part: "transformer",
    below: "transformer",
    read: (file) => readJson(file, transformerSchema),
    given: trained,
  });
  const textEncoder = await open({
    part: "text encoder",
    below: "text_encoder",
    read: (file) => readJson(file, textEncoderSchema),
  });
  const vae = await open({
    part: "VAE",
    below: "vae",
    read: async (file) => parseVaeConfig(await readJson(file, z.unknown()), file),
  });
  const words = join(folder, "tokenizer");
  const tokenizer = await tokenizerIn(words) ??
    lacks(
      "tokenizer",
      "tokenizer",
      `expected tokenizer.json in ${words}, ` +
        found(await namesIn(words)),
    );
  const sampler = join(folder, "scheduler");
  const name = "scheduler_config.json";
  const scheduler = (await namesIn(sampler)).includes(name)
    ? await readJson(join(sampler, name), schedulerSchema)
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
    missing: missing.map(({ part, below, why }) => ({
      part,
      why,
      source: size && { repository, files: `${below}/*` },
    })),
  };
}
