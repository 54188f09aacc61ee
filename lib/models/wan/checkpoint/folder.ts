/** A folder as Wan is published in: what it holds, and what it lacks. */
import { join } from "node:path";
import { InputError, messageOf } from "../../../errors.ts";
import { openDiffusersFolder } from "./diffusers_folder.ts";
import { openFineTune } from "./fine_tune.ts";
import { openOriginalFolder } from "./original_folder.ts";
import { found, namesIn, type WanFolder } from "./parts.ts";

export type { MissingPart, Part, WanFolder } from "./parts.ts";

/** A folder that lacks nothing. */
export type WholeWanFolder =
  & WanFolder
  & { [Key in "transformer" | "textEncoder" | "vae" | "tokenizer"]: NonNullable<WanFolder[Key]> };

/** See {@link openWanFolder}. */
export interface WanFolderOptions {
  /**
   * A fully fine-tuned transformer that takes the place of the folder's, which may be missing: a
   * file, a folder, or a training's folder, of which the latest checkpoint is taken.
   */
  fineTune?: string;
}

/**
 * Opens a folder of Wan 2.1, text to video, in the Diffusers or the original layout. No weights are
 * read, only where they lie.
 *
 * @param folder With `model_index.json` or the original's `config.json`; or what Hugging Face's cache
 * has of one repository (`models--…`), of which the snapshot named `main` is taken.
 * @throws {InputError} where it is neither, is of another model, or something in it is broken; what
 * is merely not there is said in `missing`.
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
      `Cannot read Wan from ${folder}: expected model_index.json (as Diffusers has it) or ` +
        `config.json (as the original has it), ${found(names)}`,
    );
  }
  return await open(root, fineTune === undefined ? null : await openFineTune(fineTune));
}

/**
 * The folder, if it lacks nothing.
 *
 * @throws {InputError} that says all that it lacks.
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
  const lacks = missing.map(({ part, why }) => `${part}: ${why}`).join("; ");
  throw new InputError(`Cannot run Wan from ${wan.folder}, which lacks parts. ${lacks}`);
}

/** The folder itself, or, for a repository of Hugging Face's cache, its snapshot. */
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
