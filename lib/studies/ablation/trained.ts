/** The models of a folder that differ in the number of training clips. */

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
