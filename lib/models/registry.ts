/** The video models that can be named; each is one line here. */
import { choose, type Chosen, type Registry } from "../registry.ts";
import type { VideoModel } from "./video_model.ts";

/** Models by the word that names them. */
export const MODELS: Registry<VideoModel> = {
  "nano": () => import("./nano/entry.ts").then(({ nano }) => nano),
  "s-base": () => import("./nano/entry.ts").then(({ sBase }) => sBase),
  "l-base": () => import("./nano/entry.ts").then(({ lBase }) => lBase),
  "trained": () => import("./nano/entry.ts").then(({ trained }) => trained),
  "wan": () => import("./wan/entry.ts").then(({ wan }) => wan),
  "simulator": () => import("./simulator_entry.ts").then(({ simulator }) => simulator),
  "folder": () => import("./folder_entry.ts").then(({ folder }) => folder),
};

/** The models of the embedded benchmark: those of the paper's argument, the truth, and its opposite. */
export const EMBEDDED_MODELS: readonly string[] = [
  ...["s-base", "l-base", "nano"],
  ...["simulator", "simulator:each"],
];

/** Seeds of their clips: of simulated worlds enough that each violation is planted once. */
export const EMBEDDED_SEEDS = { simulated: [0, 1, 2], sampled: [0, 1] } as const;

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
 * const { entry, options } = await chooseModel("nano");
 * assertEquals([entry.name, options.steps], ["nano", 12]);
 * await assertInputError(() => chooseModel("nanno"), "did you mean nano?");
 * ```
 */
export function chooseModel(name: string): Promise<Chosen<VideoModel>> {
  return choose(MODELS, name, "model");
}
