/** Mechanics shared by several worlds. */
import type { Thing } from "./solids.ts";
import type { MacroObject } from "./types.ts";

/** Standard gravity, m/s². */
export const GRAVITY = 9.80665;

/**
 * An object's state in the ground truth.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { objectOf } from "./mechanics.ts";
 *
 * const ball = { x: 1, y: 2, radius: 0.1, angle: 0 };
 * assertEquals(objectOf(ball, 7), { id: 7, x_m: 1, y_m: 2, radius_m: 0.1, angle_rad: 0 });
 * ```
 */
export function objectOf(
  { x, y, radius, angle }: Pick<Thing, "x" | "y" | "radius" | "angle">,
  id: number,
): MacroObject {
  return { id, x_m: x, y_m: y, radius_m: radius, angle_rad: angle };
}

/**
 * One step of the classical fourth-order Runge–Kutta method.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { rungeKutta } from "./mechanics.ts";
 *
 * assertNear(rungeKutta(([x]) => [x], [1], 0.1)[0], Math.exp(0.1), 1e-7);
 * ```
 */
export function rungeKutta(
  rate: (state: readonly number[]) => number[],
  state: readonly number[],
  step: number,
): number[] {
  const ahead = (slope: readonly number[], part: number) =>
    state.map((value, i) => value + part * step * slope[i]);
  const a = rate(state);
  const b = rate(ahead(a, 0.5));
  const c = rate(ahead(b, 0.5));
  const d = rate(ahead(c, 1));
  return state.map((value, i) => value + step * (a[i] + 2 * b[i] + 2 * c[i] + d[i]) / 6);
}
