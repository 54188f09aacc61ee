/** Simulated everyday motion: a parameter set and a seed in; frames, truth and a caption out. */
import { bouncing } from "./bouncing.ts";
import { falling } from "./falling.ts";
import { pouring } from "./pouring.ts";
import { rolling } from "./rolling.ts";
import { swinging } from "./swinging.ts";
import type { MacroWorld } from "./types.ts";

/** Every macroscopic world. None shows anything that a microscope would. */
export const MACRO_WORLDS: readonly MacroWorld[] = [falling, rolling, bouncing, swinging, pouring];

/**
 * Raised whenever a change alters the frames or truth of some world, so that clips made by earlier
 * code are made anew.
 */
export const MACROSIM_VERSION = 1;
