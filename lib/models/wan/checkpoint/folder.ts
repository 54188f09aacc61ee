/** A folder of Wan's published files: its parts, and what is missing. */
import { join } from "node:path";
import { InputError, messageOf } from "../../../errors.ts";
import { openDiffusersFolder } from "./diffusers_folder.ts";
import { openFineTune } from "./fine_tune.ts";
import { openOriginalFolder } from "./original_folder.ts";
import { found, namesIn, type WanFolder } from "./parts.ts";

export type { MissingPart, Part, WanFolder } from "./parts.ts";

/** A complete folder. */
export type WholeWanFolder =
  & WanFolder
  & { [Key in "transformer" | "textEncoder" | "vae" | "tokenizer"]: NonNullable<WanFolder[Key]> };

/** See {@link openWanFolder}. */
export interface WanFolderOptions {
  /**
   * A fully fine-tuned transformer that replaces the folder's, which may then be missing: a file, a
   * folder, or a training run's folder, whose latest checkpoint is used.
   */
  fineTune?: string;
}

/**
 * Opens a folder of Wan 2.1 (text to video) in the Diffusers or the original layout. Tensors are
 * located, but no weights are read.
 *
 * @param folder A folder with `model_index.json` or the original's `config.json`; or a repository in
 * Hugging Face's cache (`models--…`), whose snapshot `main` is used.
 * @throws {InputError} if it is neither, contains another model, or has corrupt files; absent parts
 * are only listed in `missing`.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { openWanFolder, wholeWanFolder } from "./folder.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await assertInputError(() => openWanFolder(folder), folder, "model_index.json", "found nothing");
 * const sizes = { dim: 1536, ffn_dim: 8960, num_heads: 12, num_layers: 30 };
 * const config = { _class_name: "WanModel", model_type: "t2v", ...sizes };
 * await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(config));
 * await Deno.writeTextFile(`${folder}/Wan2.1_VAE.pth`, "");
 * const wan = await openWanFolder(folder);
 * assertEquals(wan.layout, "original");
 * assertEquals(
 *   wan.missing.map(({ source }) => source?.repository),
 *   [
 *     "Wan-AI/Wan2.1-T2V-1.3B",
 *     "DiffSynth-Studio/Wan-Series-Converted-Safetensors",
 *     "DiffSynth-Studio/Wan-Series-Converted-Safetensors",
 *     "Wan-AI/Wan2.1-T2V-1.3B",
 *   ],
 * );
 * await assertInputError(() => wholeWanFolder(wan), "Wan2.1_VAE.pth", "Wan2.1_VAE.safetensors");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openWanFolder(
  folder: string,
  { fineTune }: WanFolderOptions = {},
): Promise<WanFolder> {
  const root = await snapshotOf(folder);
  const names = await namesIn(root);
  const open = names.includes("model_index.json")
    ? openDiffusersFolder
    : names.includes("config.json")
    ? openOriginalFolder
    : null;
  if (open === null) {
    throw new InputError(
      `Cannot read Wan from ${folder}: expected model_index.json (Diffusers layout) or ` +
        `config.json (original layout), ${found(names)}`,
    );
  }
  return await open(root, fineTune === undefined ? null : await openFineTune(fineTune));
}

/**
 * The folder, if it is complete.
 *
 * @throws {InputError} listing all missing parts.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../../testing/assert.ts";
 * import { type WanFolder, wholeWanFolder } from "./folder.ts";
 *
 * const nothing = { transformer: null, textEncoder: null, vae: null, tokenizer: null };
 * const why = "expected tokenizer.json in /w/tokenizer, found nothing";
 * const wan: WanFolder = {
 *   ...{ folder: "/w", layout: "diffusers", scheduler: null, ...nothing },
 *   missing: [{ part: "tokenizer", why, source: null }],
 * };
 * await assertInputError(() => wholeWanFolder(wan), "/w", `tokenizer: ${why}`);
 * ```
 */
export function wholeWanFolder(wan: WanFolder): WholeWanFolder {
  const { transformer, textEncoder, vae, tokenizer, missing } = wan;
  if (transformer && textEncoder && vae && tokenizer !== null) {
    return { ...wan, transformer, textEncoder, vae, tokenizer };
  }
  const problems = missing.map(({ part, why }) => `${part}: ${why}`).join("; ");
  throw new InputError(`Cannot run Wan from ${wan.folder}: parts are missing. ${problems}`);
}

/** The folder itself or, for a repository in Hugging Face's cache, its snapshot. */
async function snapshotOf(folder: string): Promise<string> {
  const names = await namesIn(folder);
  if (!names.includes("snapshots") || !names.includes("refs")) return folder;
  const reference = join(folder, "refs", "main");
  try {
    return join(folder, "snapshots", (await Deno.readTextFile(reference)).trim());
  } catch (error) {
    throw new InputError(`Cannot read which snapshot ${reference} names: ${messageOf(error)}`);
  }
}
