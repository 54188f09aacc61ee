import { assertNear, assertOk } from "../../testing/assert.ts";
import { bouncing } from "./bouncing.ts";
import { bounce } from "./bouncing_course.ts";
import { GRAVITY } from "./mechanics.ts";

Deno.test("each bounce reaches restitution² of the previous height", () => {
  for (const restitution of [0.6, 0.8, 0.9]) {
    const scene = { restitution, drop_height_m: 1.2 };
    const clip = { seed: 1, width: 32, height: 32, frames: 900, fps: 240 };
    const heights = bouncing.simulate(scene, clip).truth.series.height_m;
    const tops = heights.filter((h, i) =>
      i > 0 && i < heights.length - 1 && h > heights[i - 1] && h >= heights[i + 1]
    );
    assertOk(tops.length >= 3, `${tops.length} tops`);
    for (const [i, top] of tops.slice(0, 3).entries()) {
      // Between two frames, at most g / 8 · (1/240 s)² below the true top.
      assertNear(
        top,
        1.2 * restitution ** (2 * (i + 1)),
        3e-5,
        `bounce ${i + 1} at ${restitution}`,
      );
    }
  }
});

Deno.test("energy is conserved in flight, lost at impacts, and never gained", () => {
  const times = Array.from({ length: 400 }, (_, i) => i / 100);
  const start = { x: 0.2, height: 1, vx: 1.3, vy: 0 };
  const flights = bounce(start, { left: 0, right: 1 }, 0.7, times);
  const energies = flights.map(({ height, vx, vy }) => GRAVITY * height + (vx * vx + vy * vy) / 2);
  let conserved = 0;
  for (let i = 1; i < energies.length; i++) {
    assertOk(energies[i] <= energies[i - 1] + 1e-9, `gained at ${times[i]} s`);
    if (Math.abs(energies[i] - energies[i - 1]) < 1e-9) conserved++;
  }
  assertOk(conserved > 350, `conserved in ${conserved} steps`);
  for (const { x, height } of flights) assertOk(x >= 0 && x <= 1 && height >= -1e-9);
  assertOk(flights.some(({ vx }) => vx < 0), "a wall turned it back");
});

Deno.test("balls stay in the room and keep their number", () => {
  const scene = { balls: 4, speed_m_s: 1.2, restitution: 0.92 };
  const { objects, m_per_pixel } = bouncing.simulate(scene, { seed: 8, frames: 60 }).truth;
  for (const frame of objects) {
    assertOk(frame.length === 4);
    for (const { x_m, y_m, radius_m } of frame) {
      assertOk(x_m >= radius_m && x_m <= 128 * m_per_pixel - radius_m && y_m <= 128 * m_per_pixel);
    }
  }
});
