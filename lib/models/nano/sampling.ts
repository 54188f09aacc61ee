/** How the small models are sampled, apart from the sampling: help loads nothing else. */
import type { SolverName } from "../solvers.ts";

/** How to sample clips. */
export interface Sampling {
  /** Sampling steps. */
  steps: number;
  /** Guidance scale: 1 is the conditional velocity, 0 the unconditional one. */
  guidance: number;
  /** How the velocity is followed. */
  solver: SolverName;
  /** Timestep shift; see `shiftedTimesteps`. */
  shift: number;
}

/** The defaults. Wan's guidance and shift are 5; small models need less. */
export const SAMPLING: Sampling = { steps: 12, guidance: 3, solver: "adams", shift: 3 };
