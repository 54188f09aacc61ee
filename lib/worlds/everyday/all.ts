/** Simulated everyday motion: a parameter set and a seed in; frames, truth and a caption out. */
import { EVERYDAY_NAMES, openEveryday } from "./registry.ts";
import type { MacroWorld } from "./types.ts";

/** Every everyday world. None shows anything that a microscope would. */
export const MACRO_WORLDS: readonly MacroWorld[] = await Promise.all(
  EVERYDAY_NAMES.map(openEveryday),
);
