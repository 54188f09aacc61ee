/**
 * Measures of gas exchange compared with the ground truth of the simulated alveolus, which they
 * never see.
 */
import { ALVEOLUS_FIELD_UM, world } from "./world.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { asked } from "../../testing/vision/measured.ts";
import { thinned } from "../../testing/video.ts";
import type { Video } from "../../video/types.ts";
import { MEASURES, redCells } from "./measures.ts";
import { median } from "../../statistics.ts";
import { analyseClip } from "../../vision/clip_analysis.ts";

const { numberOf } = asked(MEASURES);
const rightwards = { field_um: ALVEOLUS_FIELD_UM, direction: "left to right" };
const clipOf = (parameters: Record<string, unknown>, seed: number, violation?: string) =>
  world.simulate(parameters, { seed, violation });

Deno.test("cells file evenly in a clip of variable rate too", () => {
  const { video } = world.simulate({}, { seed: 4, frames: 48, fps: 24 });
  const [whole, thin] = [video, thinned(video)]
    .map((clip) => numberOf(analyseClip(clip), "cells-filing"));
  assertNear(thin / whole, 1, 0.15, "cells");
});

Deno.test("all red cells are found in their true positions", () => {
  const errors: number[] = [];
  let [exact, frames] = [0, 0];
  for (const seed of [1, 2, 3]) {
    const { video, truth } = clipOf({ cells: 10 + 2 * seed }, seed);
    redCells(analyseClip(video)).forEach((cells, t) => {
      const whole = cells.filter(({ edge }) => !edge);
      const places = truth.objects[t].map(({ x_um, y_um }) => ({
        x: x_um / truth.um_per_pixel,
        y: y_um / truth.um_per_pixel,
      }));
      for (const { x, y } of whole) {
        errors.push(Math.min(...places.map((p) => Math.hypot(p.x - x, p.y - y))));
      }
      // Cells are cut off at the edge: those at the border of the counted area may or may not
      // count.
      const within = (margin: number) =>
        places.filter(({ x }) => x > 7 + margin && x < 121 - margin).length;
      const seen = cells.filter(({ x }) => x > 7 && x < 121).length;
      exact += seen >= within(0.5) && seen <= within(-0.5) ? 1 : 0;
      frames++;
    });
  }
  assertOk(median(errors) < 0.3, `median error ${median(errors)} px`);
  assertOk(exact / frames >= 0.95, `${exact} of ${frames} counts`);
});

Deno.test("speed, direction and share to equilibrium are recovered", () => {
  const cases = [
    { speed_um_s: 20, equilibrated_share: 0.3, direction: "left to right" },
    { speed_um_s: 33, equilibrated_share: 0.6, direction: "right to left" },
  ];
  for (const [seed, parameters] of cases.entries()) {
    const analysis = analyseClip(clipOf(parameters, seed).video);
    const { speed_um_s, equilibrated_share } = parameters;
    const args = { field_um: ALVEOLUS_FIELD_UM, direction: parameters.direction };
    assertNear(numberOf(analysis, "file-velocity", args) / speed_um_s, 1, 0.05, "velocity");
    assertNear(numberOf(analysis, "equilibrated-share") / equilibrated_share, 1, 0.1, "share");
    assertOk(numberOf(analysis, "cells-oxygenated") >= 3);
    assertEquals(
      numberOf(analysis, "cells-loaded-by-first-order"),
      numberOf(analysis, "cells-oxygenated"),
    );
    assertOk(numberOf(analysis, "cells-colour-steady") > 11);
    assertEquals(numberOf(analysis, "cells-in-air"), 0);
    assertEquals(numberOf(analysis, "red-cells-lost-share"), 0);
    assertEquals(numberOf(analysis, "off-file-share"), 0);
  }
  const backwards = analyseClip(clipOf(cases[1], 4).video);
  assertOk(numberOf(backwards, "file-velocity", rightwards) < -29);
});

Deno.test("each violation is distinguished from the true world", () => {
  for (const seed of [2]) {
    const of = (violation?: string) => analyseClip(clipOf({}, seed, violation).video);
    const [correct, loss] = [of(), of("oxygen-loss")];
    assertOk(numberOf(correct, "cells-oxygenated") >= 6);
    assertEquals(numberOf(loss, "cells-oxygenated"), 0);
    assertEquals(numberOf(loss, "equilibrated-share"), 1);
    const flips = of("flickering-oxygenation");
    assertOk(numberOf(flips, "cells-colour-steady") < 2);
    assertOk(numberOf(flips, "cells-filing") > 11);
    const breached = of("breached-barrier");
    assertOk(numberOf(breached, "cells-in-air") > 1.5);
    assertOk(numberOf(breached, "off-file-share") > 0.25);
  }
});

Deno.test("unmeasurable quantities have a reason, and absent objects count as zero", () => {
  const { video } = clipOf({}, 1);
  const short = analyseClip({ ...video, frames: video.frames.slice(0, 3) });
  for (const name of ["cells-oxygenated", "cells-filing", "equilibrated-share"]) {
    const found = MEASURES[name].measure(short, {});
    assertOk(found.value === null && found.reason.includes("3 frames"));
  }
  const filled = (level: (i: number) => number): Video => ({
    ...video,
    frames: video.frames.map((frame) => frame.map((_, i) => level(i))),
  });
  for (const level of [() => 0, () => 120, (i: number) => i % 3 === 1 ? 200 : 30]) {
    const analysis = analyseClip(filled(level));
    for (const name of ["cells-in-air", "off-file-share", "red-cells-lost-share"]) {
      assertEquals(MEASURES[name].measure(analysis, {}).value, null, name);
    }
    assertEquals(numberOf(analysis, "cells-filing"), 0);
    assertEquals(numberOf(analysis, "file-velocity", rightwards), 0);
  }
  const frozen = analyseClip({ ...video, frames: video.frames.map(() => video.frames[0]) });
  assertEquals([numberOf(frozen, "cells-filing"), numberOf(frozen, "cells-oxygenated")], [0, 0]);
});
