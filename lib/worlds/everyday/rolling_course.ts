/**
 * Rolling without slipping along a path in a vertical plane.
 *
 * A body of radius r and moment of inertia β m r² (solid ball 2/5, solid wheel 1/2, hoop 1)
 * conserves ½ (1 + β) m v² + m g h, with v the speed of its centre; along the path that is dv/dt =
 * g sin θ / (1 + β), and it turns at v / r (Goldstein, "Classical Mechanics", 3rd ed. 2002, section
 * 2.4). On a curved path the distance covered by the centre differs from the surface's by the
 * curvature: |dC/du| = sec θ + r dθ/du.
 */
import { GRAVITY, rungeKutta } from "./mechanics.ts";

/** β of the moment of inertia β m r². */
export const INERTIA = { ball: 2 / 5, wheel: 1 / 2, hoop: 1 } as const;

/** A surface to roll on: its depth below the start in metres and its slope, at u metres along. */
export interface Surface {
  fall(u: number): number;
  slope(u: number): number;
  /** Derivative of the slope's angle, radians per metre. */
  bend(u: number): number;
}

/** The state of a body at one time. */
export interface Rolled {
  /** Point of contact, in metres along the horizontal. */
  u: number;
  /** Speed of the centre, m/s. */
  speed: number;
  /** Distance covered by the centre since the start, in metres. */
  way: number;
}

/**
 * A straight slope, or an S-shaped hill of about 4 metres whose steepest part has that slope.
 *
 * @param slope Radians, 0 to below π/2.
 * @param middle Position of the steepest part, in metres.
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { surfaceOf } from "./rolling_course.ts";
 *
 * const hill = surfaceOf("hill", 0.2, 2);
 * assertNear(hill.slope(2), 0.2, 1e-12);
 * assertNear(hill.fall(0), 0, 1e-12);
 * ```
 */
export function surfaceOf(shape: "slope" | "hill", slope: number, middle: number): Surface {
  const steep = Math.tan(slope);
  if (shape === "slope") return { fall: (u) => steep * u, slope: () => slope, bend: () => 0 };
  const half = 1;
  const tangent = (u: number) => steep / Math.cosh((u - middle) / half) ** 2;
  return {
    fall: (u) => steep * half * (Math.tanh((u - middle) / half) + Math.tanh(middle / half)),
    slope: (u) => Math.atan(tangent(u)),
    bend: (u) => -2 * tangent(u) * Math.tanh((u - middle) / half) / half / (1 + tangent(u) ** 2),
  };
}

/**
 * Rolls a body, using the classical Runge–Kutta method with steps of at most ten milliseconds.
 *
 * @param times Seconds, ascending from 0.
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { GRAVITY } from "./mechanics.ts";
 * import { roll, surfaceOf } from "./rolling_course.ts";
 *
 * const ramp = surfaceOf("slope", Math.PI / 6, 0);
 * const [, end] = roll(ramp, { u: 0, speed: 0, radius: 0.1, inertia: 2 / 5 }, [0, 2]);
 * assertNear(end.way, 5 / 7 * GRAVITY / 2 * 2 ** 2 / 2, 1e-9);
 * ```
 */
export function roll(
  surface: Surface,
  { u, speed, radius, inertia }: { u: number; speed: number; radius: number; inertia: number },
  times: readonly number[],
): Rolled[] {
  const rate = ([at, v]: readonly number[]): number[] => {
    const slope = surface.slope(at);
    return [
      v / (1 / Math.cos(slope) + radius * surface.bend(at)),
      GRAVITY * Math.sin(slope) / (1 + inertia),
      v,
    ];
  };
  let state = [u, speed, 0];
  let now = 0;
  return times.map((time) => {
    const steps = Math.ceil((time - now) / 0.01);
    for (let i = 0; i < steps; i++) state = rungeKutta(rate, state, (time - now) / steps);
    now = time;
    return { u: state[0], speed: state[1], way: state[2] };
  });
}
