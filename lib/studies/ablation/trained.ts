/** The models in a folder of weights, and those that differ in the number of training clips. */
import { join } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../../errors.ts";

const manifestSchema = z.looseObject({ models: z.record(z.string(), z.unknown()) });

/**
 * Names of the models in a folder of weights; empty if it has no `models.json`.
 *
 * @throws {InputError} if that file is malformed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { modelsIn } from "./trained.ts";
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
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new InputError(`Cannot read ${file}: ${problem}`);
  }
}

/**
 * The models fine-tuned like `model`, but on fewer clips, with their numbers of clips: those named
 * `MODEL-N`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { trainedOnFewer } from "./trained.ts";
 *
 * const found = trainedOnFewer("nano", ["nano", "s-base", "nano-64", "nano-draft"]);
 * assertEquals(found, [{ model: "nano-64", clips: 64 }]);
 * ```
 */
export function trainedOnFewer(
  model: string,
  names: readonly string[],
): { model: string; clips: number }[] {
  return names.filter((name) => name.startsWith(`${model}-`))
    .filter((name) => /^[1-9]\d*$/.test(name.slice(model.length + 1)))
    .map((name) => ({ model: name, clips: Number(name.slice(model.length + 1)) }));
}
