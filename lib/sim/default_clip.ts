/** The size of simulated clips, apart from the simulation: help loads nothing else. */

/** The clip that a simulation makes unless told otherwise. */
export const DEFAULT_CLIP = { width: 128, height: 128, frames: 33, fps: 12 } as const;
