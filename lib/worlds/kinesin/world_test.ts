import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { STEP_UM, world } from "./world.ts";
import type { Truth } from "../../sim/types.ts";

const SMALL = { width: 32, height: 32 };

interface Step {
  id: number;
  frame: number;
  x: number;
  y: number;
}

/** Displacements between frames, of the motors present in both, in µm. */
function stepsOf({ objects }: Truth): Step[] {
  return objects.slice(1).flatMap((now, t) =>
    now.flatMap(({ id, x_um, y_um, opacity }) => {
      const before = objects[t][id];
      if (opacity === 0 || before.opacity === 0) return [];
      return [{ id, frame: t, x: x_um - before.x_um, y: y_um - before.y_um }];
    })
  );
}

Deno.test("motors step on a lattice of 8 nm, at the given speed, with a randomness of one half", () => {
  const speed_um_s = 0.8;
  const steps = [1, 2, 3].flatMap((seed) =>
    stepsOf(world.simulate({ speed_um_s }, { seed, frames: 81, ...SMALL }).truth)
  );
  const lengths = steps.map(({ x, y }) => Math.hypot(x, y));
  assertOk(lengths.every((l) => Math.abs(l / STEP_UM - Math.round(l / STEP_UM)) < 1e-6));
  const mean = lengths.reduce((a, b) => a + b) / lengths.length;
  assertNear(mean * 12, speed_um_s, 0.03, "speed");
  const variance = lengths.reduce((sum, l) => sum + (l - mean) ** 2, 0) / lengths.length;
  // The motors' individual speeds, which differ by 4%, add little to the variance over one frame.
  assertNear(variance / (STEP_UM * mean), 0.5, 0.08, "randomness");
});

Deno.test("motors detach at a constant rate per µm: one over the run length", () => {
  for (const run_length_um of [1.5, 4]) {
    const clips = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seed) =>
      world.simulate({ run_length_um }, { seed, frames: 81, ...SMALL }).truth.quantities
    );
    const sum = (name: string) => clips.reduce((total, clip) => total + clip[name], 0);
    // Some 80 or 200 events: 11% and 7% of sampling error.
    assertNear(sum("detachments") * run_length_um / sum("walked_um"), 1, 0.25, "rate × run length");
    assertOk(sum("landings") > 0.5 * sum("detachments"));
  }
});

Deno.test("every motor walks straight to the plus end, and only there", () => {
  for (const [plus_end, way] of [["right", [1, 0]], ["top", [0, -1]]] as const) {
    const { truth } = world.simulate({ plus_end }, { seed: 4, ...SMALL });
    for (const { x, y } of stepsOf(truth)) {
      assertOk(x * way[0] + y * way[1] >= 0.95 * Math.hypot(x, y));
    }
    const paths = Map.groupBy(stepsOf(truth), ({ id }) => id);
    for (const path of paths.values()) {
      const angles = path.filter(({ x, y }) => x || y).map(({ x, y }) => Math.atan2(y, x));
      assertOk(Math.max(...angles) - Math.min(...angles) < 1e-6);
    }
  }
});

Deno.test("each violation breaks what it describes, from the true world's first state on", () => {
  const truthOf = (violation?: string) => world.simulate({}, { seed: 5, violation }).truth;
  const truth = truthOf();
  const far = (steps: Step[]) => Math.max(...steps.map(({ x, y }) => Math.hypot(x, y)));
  const back = (steps: Step[]) => steps.filter(({ x }) => x < 0).length / steps.length;
  assertOk(far(stepsOf(truth)) < 0.2 && back(stepsOf(truth)) === 0);
  for (const violation of ["off-track", "leaping", "back-and-forth"]) {
    assertEquals(
      truthOf(violation).objects[0].filter((o) => o.opacity > 0),
      truth.objects[0]
        .filter((o) => o.opacity > 0),
    );
  }
  const leaping = stepsOf(truthOf("leaping"));
  assertOk(leaping.filter(({ x, y }) => Math.hypot(x, y) > 1).length >= 10);
  assertOk(back(stepsOf(truthOf("back-and-forth"))) > 0.35);
  // Off the track, motors cross it at their previous speed.
  const away = stepsOf(truthOf("off-track"));
  assertOk(far(away) < 0.2);
  const crossing = (steps: Step[]) =>
    steps.filter(({ x, y }) => Math.abs(y) > 0.6 * Math.hypot(x, y)).length / steps.length;
  assertEquals(crossing(stepsOf(truth)), 0);
  assertOk(crossing(away) > 0.6);
});

Deno.test("motors on a filament start at least a micrometre apart, all in view", () => {
  for (const seed of [1, 2, 3]) {
    const size = { width: 96, height: 64, frames: 17 };
    const { objects, counts } = world.simulate({ motors: 10 }, { seed, ...size }).truth;
    const visible = objects[0].filter(({ opacity }) => opacity > 0);
    assertEquals(counts[0], visible.length);
    assertEquals(visible.length, 10);
    for (const a of visible) {
      for (const b of visible) {
        assertOk(a === b || Math.hypot(a.x_um - b.x_um, a.y_um - b.y_um) > 0.99);
      }
    }
  }
});
