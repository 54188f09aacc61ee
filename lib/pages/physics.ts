/** Physical quantities of a clip's true state that have closed-form solutions. */
import type { Point } from "./closed_form.ts";
import { median } from "../statistics.ts";
import type { Truth } from "../sim/types.ts";

/**
 * Velocity profile: for each cell its distance from the vessel's axis in µm (x, downwards positive)
 * and its speed along the axis in µm/s (y), as medians over the clip, which ignore the one step in
 * which a cell leaves on one side and re-enters on the other. For Poiseuille flow,
 * v(r) = vmax (1 − (r/R)²).
 *
 * @param truth Ground truth of the world vessel-flow.
 *
 * @example
 * ```ts
 * import { assertNear } from "../testing/assert.ts";
 * import { world } from "../worlds/all.ts";
 * import { speedProfile } from "./physics.ts";
 *
 * const { truth } = world("vessel-flow").simulate({}, { seed: 0 });
 * for (const { x, y } of speedProfile(truth)) assertNear(y, 36 * (1 - (x / 18) ** 2), 1e-6);
 * ```
 */
export function speedProfile(truth: Truth): Point[] {
  return tracks(truth).filter((track) => track.length > 1).map((track) => ({
    x: median(track.map(({ y_um }) => y_um)) - truth.quantities.axis_y_um,
    y: median(
      track.slice(1).map(({ x_um, time }, i) =>
        Math.abs(x_um - track[i].x_um) / (time - track[i].time)
      ),
    ),
  })).toSorted((a, b) => a.x - b.x);
}

/**
 * Mean squared displacement: for each lag up to `longest` seconds (x), the mean over objects and
 * starting times of the squared distance in µm² (y). For free diffusion in the plane it is 4Dt.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { world } from "../worlds/all.ts";
 * import { meanSquaredDisplacement } from "./physics.ts";
 *
 * const { truth } = world("vesicle-diffusion").simulate({ diffusion_um2_s: 0.2 }, { seed: 0 });
 * for (const { x, y } of meanSquaredDisplacement(truth, 0.5)) {
 *   assertOk(y > 0.6 * 4 * 0.2 * x && y < 1.5 * 4 * 0.2 * x);
 * }
 * ```
 */
export function meanSquaredDisplacement(truth: Truth, longest: number): Point[] {
  const lags = truth.times_s.slice(1).filter((lag) => lag <= longest + 1e-9);
  return lags.map((lag, i) => {
    const squares = tracks(truth).flatMap((track) =>
      track.slice(i + 1).map((end, start) =>
        (end.x_um - track[start].x_um) ** 2 + (end.y_um - track[start].y_um) ** 2
      )
    );
    return { x: lag, y: squares.reduce((sum, square) => sum + square, 0) / squares.length };
  });
}

/**
 * Total visible area of all objects in µm² (y) over time in s (x). A dividing cell conserves it.
 *
 * @example
 * ```ts
 * import { assertNear } from "../testing/assert.ts";
 * import { world } from "../worlds/all.ts";
 * import { totalArea } from "./physics.ts";
 *
 * const { truth } = world("mitosis").simulate({ cell_radius_um: 7 }, { seed: 0 });
 * for (const { y } of totalArea(truth)) assertNear(y / (Math.PI * 49), 1, 0.01);
 * ```
 */
export function totalArea({ times_s, objects }: Truth): Point[] {
  return times_s.map((x, i) => ({
    x,
    y: objects[i].reduce((sum, { area_um2 }) => sum + area_um2, 0),
  }));
}

/** A formula evaluated at `count` positions from `from` to `to`, both included. */
export function curve(
  formula: (x: number) => number,
  from: number,
  to: number,
  count = 61,
): Point[] {
  return Array.from({ length: count }, (_, i): Point => {
    const x = from + (to - from) * i / (count - 1);
    return { x, y: formula(x) };
  });
}

/**
 * Root mean square deviation of points from a formula, in the unit of y.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { rmsDeviation } from "./physics.ts";
 *
 * assertEquals(rmsDeviation([{ x: 1, y: 3 }, { x: 2, y: 5 }], (x) => 2 * x), 1);
 * ```
 */
export function rmsDeviation(points: readonly Point[], formula: (x: number) => number): number {
  const squares = points.map(({ x, y }) => (y - formula(x)) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

/** Each object's states in order of time, from the start as long as it is visible. */
function tracks({ objects, times_s }: Truth) {
  const states = objects.flatMap((frame, i) =>
    frame.map((object) => ({ ...object, time: times_s[i] }))
  );
  return [...Map.groupBy(states, ({ id }) => id).values()].map((track) => {
    const end = track.findIndex(({ opacity }) => opacity <= 0.5);
    return end < 0 ? track : track.slice(0, end);
  });
}
