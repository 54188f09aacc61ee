/** The files of trained weights, verified before use. */
import { join } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../../errors.ts";
import { sha256 } from "../../store/key.ts";
import { zodText } from "../../zod_text.ts";

/** `models.json`, the manifest of a folder of weights. */
export const weightsSchema = z.object({
  /** Channels, frames, rows and columns of a clip's latents. */
  latents: z.tuple([z.int(), z.int(), z.int(), z.int()]),
  frames: z.int().positive(),
  width: z.int().positive(),
  height: z.int().positive(),
  fps: z.number().positive(),
  models: z.record(
    z.string(),
    z.object({ size: z.string(), steps: z.int(), seed: z.int() }),
  ),
  vae: z.object({ steps: z.int(), seed: z.int() }),
  files: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })),
});

/** What the manifest says about a model. */
export interface Model {
  shape: Omit<z.output<typeof weightsSchema>, "models" | "vae" | "files">;
  /** SHA-256 of its files' hashes. */
  sha256: string;
}

/** The weights of one model. */
export interface Weights extends Model {
  /** Networks by role, each with its file's path. */
  networks: Record<"text" | "velocity" | "decoder", { file: string; bytes: Uint8Array }>;
}

/**
 * Reads a model's entry in a folder's manifest, without opening its weights.
 *
 * @throws {InputError} for a folder without weights, or an unknown model.
 */
export async function readModel(folder: string, model: string): Promise<Model> {
  const { models, vae: _, files, ...shape } = await readManifest(folder);
  if (!Object.hasOwn(models, model)) {
    throw new InputError(
      `${folder} has no weights of ${model}; expected one of ${Object.keys(models).join(", ")}`,
    );
  }
  const hashes = fileNames(model).map((name) => {
    if (files[name]) return files[name].sha256;
    throw new InputError(`${join(folder, "models.json")} does not list ${name}`);
  });
  return { shape, sha256: sha256(hashes.join()) };
}

function fileNames(model: string): [string, string, string] {
  return [`${model}-text.onnx`, `${model}.onnx`, "decoder.onnx"];
}

/**
 * Reads a model's weights.
 *
 * @param folder Holds `models.json` and the files it lists.
 * @throws {InputError} for a folder without weights, an unknown model, or a file that is missing,
 * truncated or changed.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../testing/assert.ts";
 * import { readWeights } from "./weights.ts";
 *
 * await assertInputError(() => readWeights("/tmp/no-such-folder", "nano"), "models.json");
 * ```
 */
export async function readWeights(folder: string, model: string): Promise<Weights> {
  const known = await readModel(folder, model);
  const { files } = await readManifest(folder);
  const read = async (name: string) => {
    const file = join(folder, name);
    const listed = files[name];
    let bytes: Uint8Array;
    try {
      bytes = await Deno.readFile(file);
    } catch (error) {
      throw new InputError(`Cannot read the weights ${file}: ${messageOf(error)}`);
    }
    const [found, wanted] = bytes.length === listed.bytes
      ? [`SHA-256 ${sha256(bytes)}`, `SHA-256 ${listed.sha256}`]
      : [`${bytes.length} bytes`, `${listed.bytes} bytes`];
    if (found !== wanted) {
      throw new InputError(
        `Cannot use the weights ${file}: found ${found}, expected ${wanted}. ` +
          "Check the file out again, or export it again with deno task train",
      );
    }
    return { file, bytes };
  };
  const [text, velocity, decoder] = await Promise.all(fileNames(model).map(read));
  return { ...known, networks: { text, velocity, decoder } };
}

async function readManifest(folder: string): Promise<z.output<typeof weightsSchema>> {
  const file = join(folder, "models.json");
  try {
    return weightsSchema.parse(JSON.parse(await Deno.readTextFile(file)));
  } catch (error) {
    const problem = error instanceof z.ZodError ? zodText(error) : messageOf(error);
    throw new InputError(`Cannot read ${file}: ${problem}`);
  }
}
