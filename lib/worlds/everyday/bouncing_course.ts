/**
 * A ball between floor and walls, from one impact to the next in closed form.
 *
 * In flight: constant acceleration g. At an impact, the velocity normal to the surface is reversed
 * and multiplied by the coefficient of restitution e, and the tangential velocity is unchanged
 * (smooth surfaces), so each bounce reaches e² of the previous height (Newton's law of restitution;
 * Goldstein, "Classical Mechanics", 3rd ed. 2002; Cross, American Journal of Physics 67 (1999)
 * 222–227).
 */
import { GRAVITY } from "./mechanics.ts";

/** Allowed positions of the centre (metres): between the walls, and above the floor at height 0. */
export interface Hall {
  left: number;
  right: number;
}

/** A ball's centre at one time: metres from the left and above its lowest position, and m/s. */
export interface Flight {
  x: number;
  height: number;
  vx: number;
  /** Upwards. */
  vy: number;
}

/** Bounces lower than this, in metres, count as rest. */
const REST_M = 0.002;

/**
 * The ball's state at each of the times.
 *
 * @param times Seconds, ascending from 0.
 * @param restitution Above 0, below 1.
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { bounce } from "./bouncing_course.ts";
 * import { GRAVITY } from "./mechanics.ts";
 *
 * const [, top] = bounce(
 *   { x: 0, height: 1, vx: 0, vy: 0 },
 *   { left: -1, right: 1 },
 *   0.8,
 *   [0, Math.sqrt(2 / GRAVITY) * 1.8],
 * );
 * assertNear(top.height, 0.64, 1e-9);
 * ```
 */
export function bounce(
  start: Flight,
  hall: Hall,
  restitution: number,
  times: readonly number[],
): Flight[] {
  let flight = start;
  let now = 0;
  return times.map((time) => {
    for (;;) {
      const [toFloor, toWall] = [untilFloor(flight), untilWall(flight, hall)];
      const next = Math.min(toFloor, toWall);
      if (now + next > time) break;
      now += next;
      const met = ahead(flight, next);
      if (toWall <= toFloor) {
        // Exactly at the wall, so that the same impact is not found again.
        const x = flight.vx > 0 ? hall.right : hall.left;
        flight = { ...met, x, vx: -restitution * met.vx };
      } else {
        const vy = -restitution * met.vy;
        flight = { ...met, height: 0, vy: vy * vy / (2 * GRAVITY) < REST_M ? 0 : vy };
      }
    }
    flight = ahead(flight, time - now);
    now = time;
    return flight;
  });
}

function atRest({ height, vy }: Flight): boolean {
  return height === 0 && vy === 0;
}

function ahead(flight: Flight, time: number): Flight {
  const { x, height, vx, vy } = flight;
  if (atRest(flight)) return { ...flight, x: x + vx * time };
  return {
    x: x + vx * time,
    height: height + vy * time - GRAVITY * time * time / 2,
    vx,
    vy: vy - GRAVITY * time,
  };
}

function untilFloor(flight: Flight): number {
  if (atRest(flight)) return Infinity;
  const { height, vy } = flight;
  return (vy + Math.sqrt(vy * vy + 2 * GRAVITY * Math.max(0, height))) / GRAVITY;
}

function untilWall({ x, vx }: Flight, { left, right }: Hall): number {
  if (vx === 0) return Infinity;
  return Math.max(0, ((vx > 0 ? right : left) - x) / vx);
}
