/** Measures of growing filaments compared with the ground truth of simulated microtubules. */
import { thinned } from "../../testing/video.ts";
import { world } from "./world.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { asked } from "../../testing/vision/measured.ts";
import type { Video } from "../../video/types.ts";
import { MEASURES } from "./measures.ts";
import { median } from "../../statistics.ts";
import { analyseClip } from "../../vision/clip_analysis.ts";
import { axisOf, tubulesOf } from "../../vision/tubules.ts";

const FIELD = { field_um: 20 };
const { numberOf, reasonOf } = asked(MEASURES);
const SCENES = [
  { microtubules: 4, growth_um_min: 6, catastrophe_s: 1.1 },
  { microtubules: 3, growth_um_min: 4.4, catastrophe_s: 1.5, tubulin_colour: "cyan" },
];

Deno.test("filaments are found in their true positions and number", () => {
  const { video, truth } = world.simulate(SCENES[0], { seed: 51 });
  const { pieces } = tubulesOf(analyseClip(video));
  const same = pieces.filter((found, t) => found.length === truth.counts[t]).length;
  assertOk(same >= 0.95 * pieces.length, `counts exact in ${same} of ${pieces.length} frames`);
  const errors = pieces.flatMap((found, t) =>
    found.map(({ pixels }) => {
      // The centroid is biased towards dense labelling; the midpoint between the ends is not.
      const axis = axisOf(pixels);
      const middle = (axis.low + axis.high) / 2;
      const [x, y] = [axis.x + middle * axis.cos, axis.y + middle * axis.sin];
      return Math.min(...truth.objects[t].map((o) =>
        Math.hypot(o.x_um / truth.um_per_pixel - x, o.y_um / truth.um_per_pixel - y)
      ));
    })
  );
  assertOk(median(errors) < 0.3, `median error ${median(errors)} px`);
});

Deno.test("speeds are recovered from a clip of variable rate", () => {
  const { video, truth } = world.simulate(SCENES[0], { seed: 52, frames: 48 });
  const analysis = analyseClip(thinned(video));
  const { growth_um_s, shrinkage_um_s } = truth.quantities;
  const growth = numberOf(analysis, "filament-growth-speed", FIELD);
  const shrinkage = numberOf(analysis, "filament-shrinkage-speed", FIELD);
  assertNear(growth / growth_um_s, 1, 0.1, "growth");
  assertNear(shrinkage / shrinkage_um_s, 1, 0.1, "shrinkage");
});

Deno.test("speeds are recovered within 10%, the first catastrophe to the frame", () => {
  for (const [i, parameters] of SCENES.entries()) {
    for (const size of [{}, { width: 256, height: 256, frames: 30 }]) {
      const { video, truth } = world.simulate(parameters, { seed: 52 + i, ...size });
      const analysis = analyseClip(video);
      const { growth_um_s, shrinkage_um_s } = truth.quantities;
      assertNear(
        numberOf(analysis, "filament-growth-speed", FIELD) / growth_um_s,
        1,
        0.1,
        "growth",
      );
      assertNear(
        numberOf(analysis, "filament-shrinkage-speed", FIELD) / shrinkage_um_s,
        1,
        0.1,
        "fall",
      );
      assertNear(
        numberOf(analysis, "shrinkage-over-growth") * growth_um_s / shrinkage_um_s,
        1,
        0.15,
      );
      const { catastrophe_s } = parameters;
      assertNear(numberOf(analysis, "first-catastrophe-time"), catastrophe_s, 1.01 / 12);
      const near = { from_s: catastrophe_s - 0.2, to_s: catastrophe_s + 0.2 };
      assertEquals(numberOf(analysis, "first-catastrophes", near), 1);
      assertEquals(numberOf(analysis, "first-catastrophes", { from_s: 0, to_s: 0.5 }), 0);
      assertEquals([
        numberOf(analysis, "filaments-kept"),
        numberOf(analysis, "steady-growth-share"),
      ], [
        1,
        1,
      ]);
      assertOk(numberOf(analysis, "filament-bend") < 0.025);
      assertOk(numberOf(analysis, "held-end-share") < 0.1);
    }
  }
});

Deno.test("each violation is distinguished from the true world", () => {
  const seen = (violation: string) =>
    analyseClip(world.simulate(SCENES[0], { seed: 54, violation }).video);
  const sine = seen("symmetric-breathing");
  assertNear(numberOf(sine, "shrinkage-over-growth"), 1, 0.5);
  assertEquals(numberOf(sine, "first-catastrophes", { from_s: 0, to_s: 3 }), 0);
  assertOk(reasonOf(sine, "first-catastrophe-time").includes("no filament turns"));
  assertEquals(numberOf(seen("vanishing-filament"), "filaments-kept"), 0.75);
  assertOk(numberOf(seen("limp-filaments"), "filament-bend") > 0.05);
});

Deno.test("clips without filaments, change or order give no number", () => {
  const { video } = world.simulate(SCENES[0], { seed: 55 });
  const changed = (frames: Uint8Array[]): Video => ({ ...video, frames });
  const grey = analyseClip(changed(video.frames.map((f) => new Uint8Array(f.length).fill(128))));
  for (const name of ["shrinkage-over-growth", "steady-growth-share", "filaments-kept"]) {
    assertEquals(numberOf(grey, name), 0, name);
  }
  assertOk(reasonOf(grey, "filament-bend").includes("too few"));
  assertOk(reasonOf(grey, "held-end-share").includes("no bright filaments"));
  const still = analyseClip(changed(video.frames.map(() => video.frames[0])));
  assertEquals(
    [numberOf(still, "filament-growth-speed", FIELD), numberOf(still, "held-end-share")],
    [0, 1],
  );
  const mixed = analyseClip(changed(video.frames.map((_, t) => video.frames[t * 7 % 33])));
  assertOk(numberOf(mixed, "steady-growth-share") < 0.5);
  const short = analyseClip(changed(video.frames.slice(0, 4)));
  assertOk(reasonOf(short, "filament-growth-speed", FIELD).includes("too few"));
});
