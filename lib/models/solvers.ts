/** The solvers by name, apart from what they compute: help loads nothing else. */

/** Solvers of the sampling ODE: Euler, and second-order Adams–Bashforth. */
export const SOLVERS = ["euler", "adams"] as const;

/** One of them. */
export type SolverName = typeof SOLVERS[number];
