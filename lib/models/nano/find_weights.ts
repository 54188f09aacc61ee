/** Where a trained model is, by the path that names it. */
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../../errors.ts";
import { exists } from "../../store/file.ts";
import { zodText } from "../../zod_text.ts";

const manifestSchema = z.looseObject({ models: z.record(z.string(), z.unknown()) });

/**
 * Finds a model by the path of its folder of weights, or that path and the model's name.
 *
 * @param path `DIR` or `DIR/NAME`, where `DIR` holds `models.json`.
 * @param text What was typed, for the message.
 * @throws {InputError} where neither holds weights, or several models are there and none is named.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { PROJECT } from "../../paths.ts";
 * import { findWeights } from "./find_weights.ts";
 *
 * const { model } = await findWeights(`${PROJECT.models}/l-base`, "trained:…/l-base");
 * assertEquals(model, "l-base");
 * ```
 */
export async function findWeights(
  path: string,
  text: string,
): Promise<{ folder: string; model: string }> {
  const whole = resolve(path);
  const [parent, name] = [dirname(whole), basename(whole)];
  if (await isFolderOfWeights(whole)) {
    const models = await modelsIn(whole);
    if (models.length === 1) return { folder: whole, model: models[0] };
    throw new InputError(
      `Cannot use the model ${text}: ${whole} holds ${models.join(", ") || "no model"}; ` +
        "expected one of them by name: trained:DIR/NAME",
    );
  }
  if (await isFolderOfWeights(parent)) return { folder: parent, model: name };
  throw new InputError(
    `Cannot use the model ${text}: found no models.json in ${whole} or ${parent}; expected a folder ` +
      "that deno task train exported, or DIR/NAME with the name of one of its models",
  );
}

async function isFolderOfWeights(folder: string): Promise<boolean> {
  return await exists(join(folder, "models.json")).catch(() => false);
}

/**
 * Names of the models that a folder of weights holds; none where it has no `models.json`.
 *
 * @throws {InputError} if that file does not name models.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { modelsIn } from "./find_weights.ts";
 *
 * assertEquals(await modelsIn("/tmp/no-such-folder"), []);
 * ```
 */
export async function modelsIn(folder: string): Promise<string[]> {
  const file = join(folder, "models.json");
  try {
    return Object.keys(manifestSchema.parse(JSON.parse(await Deno.readTextFile(file))).models);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    const problem = error instanceof z.ZodError ? zodText(error) : messageOf(error);
    throw new InputError(`Cannot read ${file}: ${problem}`);
  }
}
