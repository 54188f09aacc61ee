/** How Wan is run, apart from running it: help loads nothing else. */
import type { ClipSize } from "../clip_size.ts";

/** The size of MicroVerse's clips. */
export const WAN_CLIP: ClipSize = { width: 832, height: 480, frames: 81 };

/** Dtypes of matrix products: 32-bit floats, or 16-bit ones if the provider supports them. */
export const COMPUTE_DTYPES = ["f32", "f16", "bf16"] as const;

/** One of them. Norms, sums and softmax are always computed in 32 bits. */
export type ComputeDtype = typeof COMPUTE_DTYPES[number];

/** MicroVerse's solver and Diffusers'. */
export const WAN_SOLVERS = ["euler", "unipc"] as const;

/** One of them. */
export type WanSolverName = typeof WAN_SOLVERS[number];

/** Whether values are rounded between steps. */
export const ROUNDINGS = ["none", "bf16"] as const;

/** How to sample Wan's clips. */
export interface WanSampling {
  /** 1 to 1000. */
  steps: number;
  /** Guidance scale, 0 to 100; 1 evaluates the prompt only. */
  guidance: number;
  /** Timestep shift, above 0 and at most 100. */
  shift: number;
  solver: WanSolverName;
  /**
   * `bf16` rounds to bfloat16 where the reference does when its network computes in bfloat16.
   * MicroVerse (`euler`) rounds the noise, the latents after each step, the timesteps, the velocities
   * and all arithmetic on them. Diffusers (`unipc`) rounds only the network's inputs, the velocities
   * and the arithmetic on them; noise and latents stay in 32 bits.
   */
  rounding: typeof ROUNDINGS[number];
}

/** The settings of MicroVerse's `inference.py`; its seed is 42. */
export const MICROVERSE_SAMPLING: WanSampling = {
  steps: 50,
  guidance: 5,
  shift: 5,
  solver: "euler",
  rounding: "bf16",
};
