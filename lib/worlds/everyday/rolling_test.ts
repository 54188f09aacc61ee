import { assertNear, assertOk } from "../../testing/assert.ts";
import { GRAVITY } from "./mechanics.ts";
import { rolling } from "./rolling.ts";

const SMALL = { width: 32, height: 32, frames: 24 };

Deno.test("down a slope: 5/7, 2/3 and 1/2 of g sin θ for ball, wheel and hoop", () => {
  for (const [object, part] of [["ball", 5 / 7], ["wheel", 2 / 3], ["hoop", 1 / 2]] as const) {
    const scene = { object, slope_degrees: 12, start_speed_m_s: 0.5 };
    const { series, times_s } = rolling.simulate(scene, { seed: 2, ...SMALL }).truth;
    const acceleration = part * GRAVITY * Math.sin(12 * Math.PI / 180);
    for (const [i, time] of times_s.entries()) {
      assertNear(series.speed_m_s[i], 0.5 + acceleration * time, 1e-9, object);
      assertNear(series.way_m[i], 0.5 * time + acceleration * time ** 2 / 2, 1e-9, object);
    }
  }
});

Deno.test("on level ground the speed is constant", () => {
  const scene = { slope_degrees: 0, path: "hill", start_speed_m_s: 0.6 };
  for (const speed of rolling.simulate(scene, { seed: 2, ...SMALL }).truth.series.speed_m_s) {
    assertNear(speed, 0.6, 1e-12);
  }
});

Deno.test("on a hill the total of translational, rotational and potential energy is conserved", () => {
  for (const direction of ["left", "right"]) {
    const scene = { path: "hill", slope_degrees: 14, object: "hoop", direction };
    const { series, objects } = rolling.simulate(scene, { seed: 4, ...SMALL }).truth;
    const [first] = series.energy_j_kg;
    assertOk(objects.at(-1)![0].y_m - objects[0][0].y_m > 0.3, "it came down");
    for (const energy of series.energy_j_kg) assertNear(energy, first, 1e-6);
  }
});

Deno.test("no slipping: the rotation is the distance over the radius, clockwise to the right", () => {
  for (const [direction, sign] of [["left", -1], ["right", 1]] as const) {
    const { objects } = rolling.simulate({ direction, path: "slope" }, { seed: 1, ...SMALL }).truth;
    const [a, b] = [objects[3][0], objects[9][0]];
    const way = Math.hypot(b.x_m - a.x_m, b.y_m - a.y_m);
    assertNear(b.angle_rad - a.angle_rad, sign * way / a.radius_m, 1e-9);
    assertOk(sign * (b.x_m - a.x_m) > 0);
  }
});
