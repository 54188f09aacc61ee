/**
 * Measures of a valve compared with the ground truth of the simulated one, which they never see.
 */
import { openAt, pressureAt } from "./opening.ts";
import { world } from "./world.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { asked } from "../../testing/vision/measured.ts";
import type { Video } from "../../video/types.ts";
import { median } from "../../statistics.ts";
import { analyseClip } from "../../vision/clip_analysis.ts";
import { labelledCells } from "./labelled_cells.ts";
import { valveOpening } from "./leaflets.ts";
import { MEASURES } from "./measures.ts";

const { numberOf } = asked(MEASURES);
const clipOf = (parameters: Record<string, unknown>, seed: number, violation?: string) =>
  world.simulate(parameters, { seed, violation });

Deno.test("all labelled cells are found in their true positions", () => {
  const errors: number[] = [];
  let [exact, frames] = [0, 0];
  for (const [seed, label_colour] of ["green", "orange", "magenta"].entries()) {
    const { video, truth } = clipOf({ label_colour, cells: 8 }, seed);
    labelledCells(analyseClip(video)).forEach((cells, t) => {
      const places = truth.objects[t].map(({ x_um, y_um }) => ({
        x: x_um / truth.um_per_pixel,
        y: y_um / truth.um_per_pixel,
      }));
      for (const { x, y } of cells.filter(({ edge }) => !edge)) {
        errors.push(Math.min(...places.map((p) => Math.hypot(p.x - x, p.y - y))));
      }
      // Cells are cut off at the edge: those at the border of the counted area may or may not
      // count.
      const within = (margin: number) =>
        places.filter(({ x }) => x > 6 + margin && x < 122 - margin).length;
      const seen = cells.filter(({ x }) => x > 6 && x < 122).length;
      exact += seen >= within(0.5) && seen <= within(-0.5) ? 1 : 0;
      frames++;
    });
  }
  assertOk(median(errors) < 0.3, `median error ${median(errors)} px`);
  assertOk(exact / frames >= 0.95, `${exact} of ${frames} counts`);
});

Deno.test("the leaflets' opening is recovered, with changes of state within a frame", () => {
  for (const seed of [1, 4]) {
    const { video, truth: { quantities, um_per_pixel } } = clipOf({ period_s: 1.2 }, seed);
    const tips = valveOpening(analyseClip(video))!;
    const open = tips.map((_, t) =>
      openAt(pressureAt(t / 12 / quantities.period_s + quantities.phase))
    );
    const errors = tips.flatMap((tip, t) =>
      Number.isNaN(tip) ? [] : [Math.abs(tip * um_per_pixel - 0.5 - 16.5 * open[t])]
    );
    assertOk(errors.length > 0.8 * tips.length);
    assertOk(median(errors) < 1, `median error ${median(errors)} µm`);
    const middle = 8.75 / um_per_pixel;
    for (let t = 1; t < tips.length; t++) {
      const [before, now] = [tips[t - 1], tips[t]];
      if (Number.isNaN(before) || Number.isNaN(now) || (before < middle) === (now < middle)) {
        continue;
      }
      const near = open.slice(Math.max(0, t - 2), t + 2).map((o) => o < 0.5);
      assertOk(new Set(near).size === 2, `seed ${seed}: no true change near frame ${t}`);
    }
  }
});

Deno.test("period, direction and symmetry are recovered", () => {
  const cases = [
    { period_s: 0.9, direction: "left to right", label_colour: "magenta" },
    { period_s: 1.3, direction: "right to left", label_colour: "orange" },
  ];
  for (const [seed, parameters] of cases.entries()) {
    const analysis = analyseClip(clipOf(parameters, seed).video);
    const { period_s, direction } = parameters;
    assertNear(numberOf(analysis, "valve-period") / period_s, 1, 0.06, "period");
    assertOk(numberOf(analysis, "valve-flow-direction", { direction }) > 0.9);
    assertOk(numberOf(analysis, "valve-flow-correlation") > 0.75);
    assertOk(numberOf(analysis, "one-way-share") > 0.9);
    assertOk(numberOf(analysis, "backflow-ratio") < 0.05);
    assertOk(numberOf(analysis, "leaflet-symmetry") > 0.9);
    assertOk(numberOf(analysis, "leaflets-seen-share") > 0.9);
    assertNear(numberOf(analysis, "valve-cycles"), 2.75 / period_s, 1, "cycles");
  }
});

Deno.test("each violation is distinguished from the true world", () => {
  const of = (violation: string) => analyseClip(clipOf({}, 2, violation).video);
  const back = of("backflow");
  assertOk(numberOf(back, "one-way-share") < 0.4);
  assertOk(numberOf(back, "backflow-ratio") > 0.5);
  assertOk(numberOf(of("vanishing-leaflet"), "leaflets-seen-share") < 0.3);
  assertOk(numberOf(of("stuck-leaflet"), "leaflet-symmetry") < 0.2);
});

Deno.test("unmeasurable quantities have a reason, and absent objects count as zero", () => {
  const { video } = clipOf({}, 1);
  const short = analyseClip({ ...video, frames: video.frames.slice(0, 6) });
  for (const name of ["valve-flow-correlation", "valve-cycles", "valve-period"]) {
    const found = MEASURES[name].measure(short, {});
    assertOk(found.value === null && found.reason.includes("6 frames"));
  }
  const filled = (level: (i: number) => number): Video => ({
    ...video,
    frames: video.frames.map((frame) => frame.map((_, i) => level(i))),
  });
  for (const level of [() => 0, () => 150, (i: number) => i % 3 === 1 ? 200 : 30]) {
    const analysis = analyseClip(filled(level));
    for (const name of ["valve-period", "leaflets-seen-share", "backflow-ratio"]) {
      assertEquals(MEASURES[name].measure(analysis, {}).value, null, name);
    }
    for (const name of ["valve-cycles", "one-way-share", "leaflet-symmetry"]) {
      assertEquals(numberOf(analysis, name), 0);
    }
  }
  const frozen = analyseClip({ ...video, frames: video.frames.map(() => video.frames[0]) });
  assertEquals(numberOf(frozen, "valve-flow-correlation"), 0);
  assertEquals(MEASURES["valve-period"].measure(frozen, {}).value, null);
});
