import { assertNear, assertOk } from "../../testing/assert.ts";
import { GRAVITY } from "./mechanics.ts";
import { swing, swinging } from "./swinging.ts";

/** K(k) by its integral, at midpoints: exact up to rounding for a periodic integrand. */
function completeElliptic(k: number): number {
  const count = 400;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const phi = Math.PI / 2 * (i + 0.5) / count;
    sum += 1 / Math.sqrt(1 - (k * Math.sin(phi)) ** 2);
  }
  return sum * Math.PI / 2 / count;
}

Deno.test("the period matches the elliptic integral, also at large amplitude", () => {
  for (const degrees of [15, 60, 100]) {
    const scene = { amplitude_degrees: degrees, length_m: 0.7, side: "right" };
    const clip = { seed: 1, width: 32, height: 32, frames: 480, fps: 240 };
    const { series, times_s, quantities } = swinging.simulate(scene, clip).truth;
    const crossings = series.angle_rad.flatMap((angle, i, angles) =>
      i > 0 && angles[i - 1] > 0 && angle <= 0
        ? [times_s[i - 1] + angles[i - 1] / (angles[i - 1] - angle) / 240]
        : []
    );
    const k = Math.sin(degrees * Math.PI / 360);
    const expected = 4 * Math.sqrt(0.7 / GRAVITY) * completeElliptic(k);
    assertNear(quantities.period_s, expected, 1e-12);
    // Released at the right-hand turning point: downward crossings after a quarter and 5/4 periods.
    assertNear(crossings[0], expected / 4, 1e-5, `${degrees}°`);
  }
  const small = 2 * Math.PI * Math.sqrt(0.7 / GRAVITY);
  const { quantities } = swinging.simulate(
    { amplitude_degrees: 100, length_m: 0.7 },
    { seed: 1, frames: 1 },
  ).truth;
  assertOk(quantities.period_s > 1.2 * small, "longer than a small swing");
});

Deno.test("energy is conserved: it rises equally high on the other side, and returns", () => {
  const times = Array.from({ length: 1000 }, (_, i) => i / 100);
  const angles = swing(0.8, -1.6, times);
  assertNear(Math.max(...angles), 1.6, 2e-3);
  assertNear(Math.min(...angles), -1.6, 1e-9);
});

Deno.test("bobs keep their distance from the pivot", () => {
  const { objects, quantities: q } = swinging.simulate({ pendulums: 3 }, { seed: 6 }).truth;
  for (const [bob] of objects) {
    assertNear(Math.hypot(bob.x_m - q.pivot_x_m, bob.y_m - q.pivot_y_m), q.length_m, 1e-12);
  }
});
