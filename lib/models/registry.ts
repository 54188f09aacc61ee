/** The video models by name. */
import { choose, type Chosen, type Registry, registryOf } from "../registry.ts";
import * as entries from "./entries.ts";
import type { VideoModel } from "./video_model.ts";

/** Models by the word that names them. */
export const MODELS: Registry<VideoModel> = registryOf(Object.values(entries));

/** The models of the embedded benchmark: those of the paper's argument, the truth, and its opposite. */
export const EMBEDDED_MODELS: readonly string[] = [
  ...["s-base", "l-base", "nano"],
  ...["simulator", "simulator:each"],
];

/** Seeds of their clips: of simulated worlds enough that each violation is planted once. */
export const EMBEDDED_SEEDS = { simulated: [0, 1, 2], sampled: [0, 1] } as const;

/** Seeds of a model's clips where none are named. */
export const OWN_SEEDS: readonly number[] = [0, 1, 2];

/**
 * A model by its name, such as `nano`, `wan:DIR` or `mine=folder:DIR`, with its options' defaults.
 *
 * @throws {InputError} for an unknown name, with the nearest one and the list.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { chooseModel } from "./registry.ts";
 *
 * const { entry, options } = chooseModel("nano");
 * assertEquals([entry.name, options.steps], ["nano", 12]);
 * await assertInputError(() => chooseModel("nanno"), "did you mean nano?");
 * ```
 */
export function chooseModel(name: string): Chosen<VideoModel> {
  return choose(MODELS, name, "model");
}
