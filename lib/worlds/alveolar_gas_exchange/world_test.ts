import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { saturationAt } from "./course.ts";
import { ALVEOLUS_FIELD_UM, world } from "./world.ts";
import type { Simulation, TrueObject } from "../../sim/types.ts";

const FPS = 12;

/**
 * Red as a share of red and blue at an object's centre: linear in saturation by the choice of
 * colours.
 */
function redness({ video, truth }: Simulation, frame: number, { x_um, y_um }: TrueObject): number {
  let [red, both] = [0, 0];
  const [x, y] = [x_um, y_um].map((um) => Math.floor(um / truth.um_per_pixel));
  for (let v = y - 1; v <= y + 1; v++) {
    for (let u = x - 1; u <= x + 1; u++) {
      const i = 3 * (v * video.width + u);
      red += video.frames[frame][i];
      both += video.frames[frame][i] + video.frames[frame][i + 2];
    }
  }
  return red / both;
}

/** Steps of each cell between frames, excluding jumps from one edge to the other, in µm. */
function steps({ truth }: Simulation) {
  return truth.objects.slice(1).flatMap((frame, t) =>
    frame.flatMap((now, id) => {
      const before = truth.objects[t][id];
      const [x, y] = [now.x_um - before.x_um, now.y_um - before.y_um];
      return Math.abs(x) > ALVEOLUS_FIELD_UM / 2 ? [] : [{ x, y, frame: t + 1, now, before }];
    })
  );
}

const inView = ({ x_um }: TrueObject) => x_um > 3 && x_um < ALVEOLUS_FIELD_UM - 3;

Deno.test("saturation solves dS/dt = (S_A − S)/τ and reaches 95% at the given share", () => {
  for (const equilibrated of [0.25, 0.35, 0.7]) {
    const tau = equilibrated / 3;
    for (let share = 0.01; share < 1; share += 0.07) {
      const slope = (saturationAt(share + 1e-6, equilibrated) -
        saturationAt(share - 1e-6, equilibrated)) / 2e-6;
      assertNear(slope, (0.98 - saturationAt(share, equilibrated)) / tau, 1e-6, "dS/dt");
    }
    assertNear(saturationAt(equilibrated, equilibrated), 0.98 - 0.23 * Math.exp(-3), 1e-12);
  }
  assertEquals(saturationAt(-0.2, 0.35), 0.75);
});

Deno.test("cells move at the given speed, in the given direction, outside the air", () => {
  for (const direction of ["left to right", "right to left"]) {
    const parameters = { speed_um_s: 24, alveolus_radius_um: 19, direction };
    const clip = world.simulate(parameters, { seed: 5 });
    const { air_x_um, air_y_um } = clip.truth.quantities;
    const sign = direction === "left to right" ? 1 : -1;
    for (const { x, y, now } of steps(clip)) {
      // A chord is at most as long as its arc, and slightly shorter where the path bends.
      const speed = Math.hypot(x, y) * FPS;
      assertOk(speed < 24 + 1e-6 && speed > 21, `speed ${speed}`);
      if (Math.abs(now.x_um - air_x_um) < 12) assertOk(sign * x > 0.5);
      assertOk(Math.hypot(now.x_um - air_x_um, now.y_um - air_y_um) > 19 * 0.9 + 3);
    }
  }
});

Deno.test("cells keep their distance for all parameters", () => {
  for (let seed = 0; seed < 6; seed++) {
    const parameters = { cells: 16, alveolus_radius_um: 18 + seed };
    const { truth } = world.simulate(parameters, { seed, frames: 17 });
    for (const frame of truth.objects) {
      for (const [i, cell] of frame.entries()) {
        for (const other of frame.slice(i + 1)) {
          const apart = Math.hypot(cell.x_um - other.x_um, cell.y_um - other.y_um);
          assertOk(apart > 6.6, `seed ${seed}: two cells are ${apart} µm apart`);
        }
      }
    }
  }
});

Deno.test("in the frames each cell's colour follows the closed form along its path", () => {
  const clip = world.simulate({ equilibrated_share: 0.5 }, { seed: 3 });
  const { air_x_um, air_y_um } = clip.truth.quantities;
  let seen = 0;
  for (const { frame, now } of steps(clip)) {
    if (!inView(now)) continue;
    const share = Math.acos(
      (air_x_um - now.x_um) / Math.hypot(now.x_um - air_x_um, now.y_um - air_y_um),
    ) / Math.PI;
    // The corners where the files part are rounded: there the angle is not exactly the distance
    // covered.
    if (share < 0.12) continue;
    const expected = (saturationAt((share - 0.06) / 0.88, 0.5) - 0.75) / 0.23;
    assertNear((redness(clip, frame, now) - 0.202) / 0.677, expected, 0.13, `at ${share}`);
    seen++;
  }
  assertOk(seen > 200);
});

Deno.test("oxygen loss, colour flips and straying cells occur only if planted", () => {
  const of = (violation?: string) => world.simulate({}, { seed: 4, violation });
  const trend = (clip: Simulation) => {
    const changes = steps(clip).filter(({ now, before, frame }) =>
      frame > 1 && inView(now) && inView(before)
    ).map(({ frame, now, before }) => redness(clip, frame, now) - redness(clip, frame - 1, before));
    return {
      mean: changes.reduce((a, b) => a + b, 0) / changes.length,
      leaps: changes.filter((change) => Math.abs(change) > 0.4).length / changes.length,
    };
  };
  const [correct, loss, flips] = [of(), of("oxygen-loss"), of("flickering-oxygenation")].map(trend);
  assertOk(correct.mean > 0.01 && correct.leaps === 0);
  assertOk(loss.mean < -0.01 && loss.leaps === 0);
  assertOk(flips.leaps > 0.4);
  const inAir = ({ truth: { objects, quantities } }: Simulation) =>
    objects.at(-1)!.filter(({ x_um, y_um }) =>
      Math.hypot(x_um - quantities.air_x_um, y_um - quantities.air_y_um) <
        0.9 * quantities.air_radius_um
    ).length;
  assertEquals(inAir(of()), 0);
  assertOk(inAir(of("breached-barrier")) >= 3);
});

Deno.test("captions are numerous, distinct, and state the direction of flow", () => {
  const parameters = world.parameters.parse({ direction: "right to left" });
  const captions = world.captions(parameters as Record<string, unknown>);
  assertOk(new Set(captions).size >= 20);
  assertOk(captions.every((caption) => caption.includes("right to left")));
});
