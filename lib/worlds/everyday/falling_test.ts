import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { falling, TERMINAL_M_S } from "./falling.ts";
import { GRAVITY } from "./mechanics.ts";

/** Times (s, of the scene) with the first object's distance fallen (m), until it lands. */
function fall(air_drag: "none" | "some" | "strong") {
  const scene = { air_drag, drop_height_m: 1.8, slow_motion: 3, objects: 3 };
  const { truth } = falling.simulate(scene, {
    seed: 5,
    width: 32,
    height: 32,
    frames: 80,
    fps: 30,
  });
  const { times_s, objects, quantities } = truth;
  return times_s.filter((t) => t < quantities.landing_s)
    .map((t, i) => ({ time: t / 3, way: objects[i][0].y_m - objects[0][0].y_m }));
}

Deno.test("without air, objects fall by g t² / 2", () => {
  const ways = fall("none");
  assertOk(ways.length > 40);
  for (const { time, way } of ways) assertNear(way, GRAVITY * time ** 2 / 2, 1e-12, `at ${time} s`);
});

Deno.test("drag grows with the square of the speed and leads to the terminal speed", () => {
  for (const drag of ["some", "strong"] as const) {
    const terminal = TERMINAL_M_S[drag];
    const ways = fall(drag);
    for (let i = 1; i + 1 < ways.length; i++) {
      const [a, b, c] = [ways[i - 1], ways[i], ways[i + 1]];
      const step = c.time - b.time;
      const speed = (c.way - a.way) / (2 * step);
      const acceleration = (c.way - 2 * b.way + a.way) / step ** 2;
      assertNear(
        acceleration,
        GRAVITY * (1 - (speed / terminal) ** 2),
        0.01,
        `${drag} at ${b.time}`,
      );
    }
    const [before, last] = ways.slice(-2);
    assertOk((last.way - before.way) / (last.time - before.time) < terminal);
  }
});

Deno.test("an object lands on the ground, rebounds less than it fell, and comes to rest on a face", () => {
  const scene = { object: "box", drop_height_m: 1.2, slow_motion: 2 };
  const { objects } = falling.simulate(scene, { seed: 3, frames: 60 }).truth;
  const ground = Math.max(...objects.map(([box]) => box.y_m));
  const landed = objects.findIndex(([box]) => ground - box.y_m < 0.02);
  const hop = Math.max(...objects.slice(landed).map(([box]) => ground - box.y_m));
  assertOk(landed > 0 && hop > 0.01 && hop < 0.1 * 1.2, `hops ${hop} m`);
  const end = objects.at(-1)![0];
  assertNear(end.y_m, ground, 1e-9);
  assertEquals(end, objects.at(-2)![0]);
  assertNear(Math.sin(2 * end.angle_rad), 0, 1e-12);
});
