/**
 * The default size of simulated clips, separate from the simulation so that help loads nothing
 * else.
 */

/** The default clip of a simulation. */
export const DEFAULT_CLIP = { width: 128, height: 128, frames: 33, fps: 12 } as const;
