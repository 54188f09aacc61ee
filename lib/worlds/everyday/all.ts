/** Simulated everyday motion: parameters and a seed in; frames, ground truth and a caption out. */
import { EVERYDAY_NAMES, openEveryday } from "./registry.ts";
import type { MacroWorld } from "./types.ts";

/** All everyday worlds. None shows anything microscopic. */
export const MACRO_WORLDS: readonly MacroWorld[] = await Promise.all(
  EVERYDAY_NAMES.map(openEveryday),
);
