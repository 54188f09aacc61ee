import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import type { Truth } from "../../sim/types.ts";
import { world } from "./world.ts";

/** True mean squared displacement over a lag in frames, in µm². */
function meanSquare({ objects }: Truth, lag: number): number {
  const squares = objects.slice(lag).flatMap((frame, t) =>
    frame.map((now, id) =>
      (now.x_um - objects[t][id].x_um) ** 2 + (now.y_um - objects[t][id].y_um) ** 2
    )
  );
  return squares.reduce((a, b) => a + b) / squares.length;
}

Deno.test("the true mean squared displacement is 4Dt within sampling error", () => {
  for (const diffusion_um2_s of [0.06, 0.2]) {
    const clips = [1, 2, 3].map((seed) =>
      world.simulate({ vesicles: 36, diffusion_um2_s }, { seed, frames: 60 }).truth
    );
    for (const lag of [1, 3]) {
      const found = clips.reduce((sum, truth) => sum + meanSquare(truth, lag), 0) / clips.length;
      // 6,000 steps in two directions: about 2% for independent ones, somewhat more for
      // overlapping.
      assertNear(found / (4 * diffusion_um2_s * lag / 12), 1, 0.08, `D ${diffusion_um2_s}, ${lag}`);
    }
  }
});

Deno.test("ballistic vesicles keep their speed: displacement grows with time, not its square root", () => {
  const { truth } = world.simulate({}, { seed: 3, violation: "ballistic" });
  assertOk(meanSquare(truth, 4) / meanSquare(truth, 1) > 12);
});

Deno.test("vesicles stay within the cell unless they are made to escape", () => {
  const farthest = (violation?: string) => {
    const { truth } = world.simulate({ diffusion_um2_s: 0.4 }, { seed: 6, violation });
    return Math.max(...truth.objects.flat().map((v) => Math.hypot(v.x_um - 10, v.y_um - 10)));
  };
  assertOk(farthest() < 7.4 * 1.1);
  assertOk(farthest("escaping") > 7.4 + 0.8);
});

Deno.test("half of the vesicles go out only if planted", () => {
  const left = (violation?: string) =>
    world.simulate({ vesicles: 20 }, { seed: 6, violation }).truth.counts.at(-1);
  assertEquals([left(), left("vanishing-vesicles")], [20, 10]);
});
