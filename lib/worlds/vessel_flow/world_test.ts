import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import type { Truth } from "../../sim/types.ts";
import { VESSEL_FIELD_UM, world } from "./world.ts";

/** Each cell's velocity between consecutive frames in which it did not re-enter, in µm/s. */
function velocities(truth: Truth, fps: number) {
  return truth.objects.slice(1).flatMap((frame, t) =>
    frame.flatMap((now, id) => {
      const before = truth.objects[t][id];
      const step = now.x_um - before.x_um;
      return Math.abs(step) > VESSEL_FIELD_UM / 2 ? [] : [{ v: step * fps, y: before.y_um }];
    })
  );
}

Deno.test("every cell moves at Poiseuille's speed for its distance from the axis", () => {
  const parameters = { vessel_radius_um: 20, peak_speed_um_s: 40, direction: "right to left" };
  const { truth } = world.simulate(parameters, { seed: 4 });
  const found = velocities(truth, 12);
  assertOk(found.length > 250);
  for (const { v, y } of found) {
    const r = (y - truth.quantities.axis_y_um) / 20;
    assertNear(v, -40 * (1 - r * r), 1e-9, `speed at r/R = ${r}`);
  }
});

Deno.test("plug flow has a single speed for all cells", () => {
  const { truth } = world.simulate({}, { seed: 4, violation: "plug-flow" });
  const speeds = velocities(truth, 12).map(({ v }) => v);
  assertNear(Math.max(...speeds), Math.min(...speeds), 1e-9);
});

Deno.test("cells stay in the lumen and keep their distance, unless made to leave it", () => {
  for (let seed = 0; seed < 8; seed++) {
    const parameters = { vessel_radius_um: 12 + seed, cells: 16, peak_speed_um_s: 50 };
    const { truth } = world.simulate(parameters, { seed });
    const axis = truth.quantities.axis_y_um;
    for (const frame of truth.objects) {
      for (const [i, cell] of frame.entries()) {
        assertOk(Math.abs(cell.y_um - axis) + 2.8 < parameters.vessel_radius_um);
        for (const other of frame.slice(i + 1)) {
          // Half lengths 4 and half heights 2.8: ellipses apart in the scaled plane do not touch.
          const [dx, dy] = [(cell.x_um - other.x_um) / 8, (cell.y_um - other.y_um) / 5.7];
          assertOk(Math.hypot(dx, dy) > 1, `seed ${seed}: cells touch at ${dx}, ${dy}`);
        }
      }
    }
  }
  const { truth } = world.simulate({}, { seed: 1, violation: "through-wall" });
  const outside = truth.objects.at(-1)!.filter((cell) =>
    Math.abs(cell.y_um - truth.quantities.axis_y_um) > truth.quantities.vessel_radius_um
  );
  assertOk(outside.length >= 3);
});

Deno.test("half of the cells vanish in full view only if planted", () => {
  const vanished = (violation?: string) =>
    world.simulate({ cells: 10 }, { seed: 2, violation }).truth.objects.at(-1)!
      .filter((cell) => cell.opacity === 0).length;
  assertEquals([vanished(), vanished("vanishing-cells")], [0, 5]);
});
