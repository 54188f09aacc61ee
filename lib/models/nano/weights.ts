/** The files of trained weights, checked before they are used. */
import { join } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../../errors.ts";
import { sha256 } from "../../store/mod.ts";

/** What `models.json` says of a folder of weights. */
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

/** The weights of one model. */
export interface Weights {
  shape: Omit<z.output<typeof weightsSchema>, "models" | "vae" | "files">;
  /** Networks by what they do, each with its file's path. */
  networks: Record<"text" | "velocity" | "decoder", { file: string; bytes: Uint8Array }>;
  /** SHA-256 over all of them. */
  sha256: string;
}

/**
 * Reads a model's weights.
 *
 * @param folder Holds `models.json` and the files that it names.
 * @throws {InputError} for a folder without weights, a model that it has not, or a file that is
 * missing, cut short or changed.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../testing.ts";
 * import { readWeights } from "./weights.ts";
 *
 * await assertInputError(() => readWeights("/tmp/no-such-folder", "nano"), "models.json");
 * ```
 */
export async function readWeights(folder: string, model: string): Promise<Weights> {
  const { models, vae: _, files, ...shape } = await readManifest(folder);
  if (!Object.hasOwn(models, model)) {
    throw new InputError(
      `${folder} has no weights of ${model}; expected one of ${Object.keys(models).join(", ")}`,
    );
  }
  const read = async (name: string) => {
    const file = join(folder, name);
    const said = files[name];
    if (!said) throw new InputError(`${join(folder, "models.json")} does not name ${name}`);
    let bytes: Uint8Array;
    try {
      bytes = await Deno.readFile(file);
    } catch (error) {
      throw new InputError(`Cannot read the weights ${file}: ${messageOf(error)}`);
    }
    const [found, wanted] = bytes.length === said.bytes
      ? [`SHA-256 ${sha256(bytes)}`, `SHA-256 ${said.sha256}`]
      : [`${bytes.length} bytes`, `${said.bytes} bytes`];
    if (found !== wanted) {
      throw new InputError(
        `Cannot use the weights ${file}: found ${found}, expected ${wanted}. ` +
          "Check the file out again, or export it anew with deno task train",
      );
    }
    return { file, bytes };
  };
  const names = [`${model}-text.onnx`, `${model}.onnx`, "decoder.onnx"];
  const [text, velocity, decoder] = await Promise.all(names.map(read));
  return {
    shape,
    networks: { text, velocity, decoder },
    sha256: sha256(names.map((name) => files[name].sha256).join()),
  };
}

async function readManifest(folder: string): Promise<z.output<typeof weightsSchema>> {
  const file = join(folder, "models.json");
  try {
    return weightsSchema.parse(JSON.parse(await Deno.readTextFile(file)));
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new InputError(`Cannot read ${file}: ${problem}`);
  }
}
