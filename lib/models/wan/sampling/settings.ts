/** How Wan is sampled, apart from the sampling: help loads nothing else. */

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
