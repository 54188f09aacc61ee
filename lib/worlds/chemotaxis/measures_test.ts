import { world } from "./world.ts";
import type { SimulateOptions } from "../../sim/types.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { asked } from "../../testing/vision/measured.ts";
import { MEASURES } from "./measures.ts";
import { crawlers } from "./crawlers.ts";
import { median } from "../../statistics.ts";
import { analyseClip } from "../../vision/clip_analysis.ts";
import { PROGRESS } from "../../judges/probe/progress.ts";

const PACE = { field_um: 100, minutes_per_second: 1 };
const { numberOf, reasonOf } = asked({ ...MEASURES, ...PROGRESS });

function clip(parameters: Record<string, unknown>, options: SimulateOptions) {
  const { video, truth } = world.simulate(parameters, options);
  return { analysis: analyseClip(video), video, truth };
}

Deno.test("cells are counted and located to a third of a pixel", () => {
  for (const [seed, width] of [[1, 128], [2, 128], [3, 96]]) {
    const size = { width, height: width, frames: 24 };
    const { analysis, truth } = clip({ cells: 4 + seed % 3 }, { seed, ...size });
    const exact = crawlers(analysis).filter((found, t) => found.length === truth.counts[t]).length;
    assertOk(exact >= 0.95 * truth.counts.length, `counts, seed ${seed}`);
    const errors = crawlers(analysis).flatMap((found, t) =>
      found.map(({ x, y }) =>
        Math.min(
          ...truth.objects[t].map((cell) =>
            Math.hypot(cell.x_um / truth.um_per_pixel - x, cell.y_um / truth.um_per_pixel - y)
          ),
        )
      )
    );
    assertOk(median(errors) < 0.3, `median error ${median(errors)} px`);
  }
});

Deno.test("speed, source and direction are recovered", () => {
  for (const [seed, source, tracer_colour] of [[4, "right", "red"], [5, "top", "blue"]] as const) {
    const { analysis, truth } = clip({ source, tracer_colour }, { seed });
    // The chords over the same two frames that are measured, for cells on their way.
    const lag = 2;
    const [x, y] = [truth.quantities.source_x_um, truth.quantities.source_y_um];
    const chords = truth.objects.slice(lag).flatMap((frame, t) =>
      frame.flatMap((cell, id) => {
        const from = truth.objects[t][id];
        const near = Math.hypot(from.x_um - x, from.y_um - y) < 24;
        return near ? [] : [Math.hypot(cell.x_um - from.x_um, cell.y_um - from.y_um)];
      })
    );
    const speed = chords.reduce((a, b) => a + b) / chords.length / lag * 12;
    assertNear(numberOf(analysis, "crawl-speed", PACE) / speed, 1, 0.06, "speed over the true one");
    assertNear(speed / truth.quantities.speed_um_min, 1, 0.1);
    assertOk(numberOf(analysis, "source-bearing-error", { source }) < 10);
    assertEquals(numberOf(analysis, "source-hue-error", { colour: tracer_colour }), 0);
    assertOk(numberOf(analysis, "source-hue-error", { colour: "green" }) > 20);
    assertOk(numberOf(analysis, "chemotactic-index") > 0.75);
    assertOk(numberOf(analysis, "source-approach") > 0.2);
    assertOk(numberOf(analysis, "crawl-persistence") > 0.7);
    assertEquals(numberOf(analysis, "crawling-share"), 1);
  }
});

Deno.test("each violation shows in its measure, and only there", () => {
  const seen = (violation?: string) => {
    const { analysis } = clip({ cells: 5 }, { seed: 6, violation });
    return {
      up: numberOf(analysis, "chemotactic-index") > 0.5,
      whole: numberOf(analysis, "crawling-share") > 0.72,
      drawn: numberOf(analysis, "polarity-along-way") > 0.12,
      changing: numberOf(analysis, "outline-change") > 0.08,
    };
  };
  const right = { up: true, whole: true, drawn: true, changing: true };
  assertEquals(seen(), right);
  assertEquals(seen("down-gradient"), { ...right, up: false });
  assertEquals(seen("jumping-cells").whole, false);
  assertEquals(seen("gliding-discs"), { ...right, drawn: false, changing: false });
});

Deno.test("stationary cells have no direction, and shuffled frames are detected", () => {
  const { video } = clip({ cells: 4 }, { seed: 7 });
  const frozen = analyseClip({ ...video, frames: video.frames.map(() => video.frames[0]) });
  assertEquals(numberOf(frozen, "chemotactic-index"), 0);
  assertEquals(numberOf(frozen, "crawling-share"), 0);
  assertNear(numberOf(frozen, "crawl-speed", PACE), 0, 1e-9);
  const order = video.frames.map((_, i) => (i * 13 + 5) % video.frames.length);
  const mixed = analyseClip({ ...video, frames: order.map((i) => video.frames[i]) });
  assertOk(numberOf(mixed, "time-disorder") > 0.8);
  assertOk(numberOf(analyseClip(video), "time-disorder") < 0.4);
  assertOk(numberOf(mixed, "crawling-share") < 0.5);
});

Deno.test("unmeasurable quantities have a reason instead of a number", () => {
  const { video } = clip({}, { seed: 8, frames: 8 });
  const grey = { ...video, frames: video.frames.map((f) => new Uint8Array(f.length).fill(120)) };
  assertOk(reasonOf(grey, "chemotactic-index").includes("glow"));
  assertOk(reasonOf(grey, "crawl-speed", PACE).includes("followed"));
  assertOk(reasonOf(grey, "polarity-along-way").includes("followed"));
  assertOk(reasonOf(grey, "crawling-share").includes("followed"));
  assertOk(reasonOf(grey, "time-disorder").includes("too few"));
  assertEquals(numberOf(analyseClip(grey), "crawler-count"), 0);
  const short = { ...video, frames: video.frames.slice(0, 3) };
  assertOk(reasonOf(short, "crawling-share").includes("6 frames"));
  // Without its colours the picture shows cells but no source.
  const bleached = video.frames.map((f) => f.map((_, i) => f[i - i % 3 + 1]));
  assertOk(reasonOf({ ...video, frames: bleached }, "source-approach").includes("glow"));
});
