/**
 * Measures of phagocytosis compared with the ground truth of simulated cells, which they never see.
 */
import { world } from "./world.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import type { Video } from "../../video/types.ts";
import { cellAndParticles, MEASURES } from "./measures.ts";
import { median } from "../../statistics.ts";
import { analyseClip } from "../../vision/clip_analysis.ts";

const field = { field_um: 50 };

function ask(video: Video) {
  const analysis = analyseClip(video);
  return (name: string, args: Record<string, unknown> = {}) =>
    MEASURES[name].measure(analysis, args).value;
}

Deno.test("particles are counted and located to a third of a pixel, and their uptakes to a frame", () => {
  const errors: number[] = [];
  let [right, frames] = [0, 0];
  const scenes = [
    { cell: "macrophage", particles: 3, interval_s: 0.75 },
    { cell: "neutrophil", particles: 4, interval_s: 0.6 },
  ];
  scenes.forEach((p, seed) => {
    const { video, truth } = world.simulate(p, { seed });
    const detections = cellAndParticles(analyseClip(video));
    detections.forEach(({ particles }, t) => {
      frames++;
      if (particles.length === p.particles) right++;
      // Everything except the cell itself.
      const all = truth.objects[t].slice(1)
        .map((o) => ({ x: o.x_um / truth.um_per_pixel, y: o.y_um / truth.um_per_pixel }));
      for (const { x, y } of particles) {
        errors.push(Math.min(...all.map((o) => Math.hypot(o.x - x, o.y - y))));
      }
    });
    const found = ask(video);
    assertEquals(found("contact-uptakes"), p.particles);
    assertEquals(found("particles-engulfed"), p.particles);
    assertNear(found("first-uptake-time")!, p.interval_s, 1.01 / 12, "first uptake, s");
    assertNear(found("uptake-interval")!, p.interval_s, 1.01 / 12, "interval, s");
    assertNear(found("eater-speed", field)!, 12, 1.2, "speed, µm/s");
    assertEquals([found("particles-cleared-share"), found("particles-returned")], [1, 0]);
    assertOk(found("approach-to-nearest")! > 0.85 && found("eater-area-change")! < 0.3);
    assertOk(found("engulfed-fading")! < 0.9, "digested");
  });
  assertOk(right / frames >= 0.95, `${right} of ${frames} frames counted right`);
  assertOk(median(errors) < 0.3, `median error ${median(errors)} px`);
});

Deno.test("the same holds at other sizes and lengths", () => {
  const size = { seed: 3, width: 256, height: 256, frames: 21 };
  const large = ask(world.simulate({}, size).video);
  assertEquals([large("contact-uptakes"), large("particles-engulfed")], [2, 2]);
  const small = { seed: 5, width: 64, height: 64, frames: 41 };
  const analysis = ask(world.simulate({ particles: 2, interval_s: 0.9 }, small).video);
  assertEquals([analysis("contact-uptakes"), analysis("particles-returned")], [2, 0]);
  const brief = ask(world.simulate({}, { seed: 5, frames: 17 }).video);
  assertEquals([brief("particles-engulfed"), brief("uptake-interval")], [1, null]);
});

Deno.test("each violation is distinguished from the true world", () => {
  const seen = (violation: string) => ask(world.simulate({}, { seed: 6, violation }).video);
  const remote = seen("remote-uptake");
  assertEquals([remote("contact-uptakes"), remote("particles-cleared-share")], [0, 1]);
  const reappearing = seen("reappearing-particles");
  assertOk(reappearing("particles-returned")! >= 1);
  assertOk(reappearing("particles-cleared-share")! < 0.5);
  const pushed = seen("pushed-aside");
  assertEquals([pushed("particles-engulfed"), pushed("contact-uptakes")], [0, 0]);
  assertEquals(pushed("particles-outside-at-start"), 3);
  assertOk(pushed("eater-area-change")! < 0.2, "attached particles do not enlarge the cell");
});

Deno.test("unmeasurable quantities have a reason instead of a number", () => {
  const { video } = world.simulate({}, { seed: 2 });
  const still = ask({ ...video, frames: video.frames.map(() => video.frames[0]) });
  assertEquals([still("particles-engulfed"), still("approach-to-nearest")], [0, 0]);
  assertEquals([still("uptake-interval"), still("engulfed-fading")], [null, null]);
  const empty = video.frames.map((frame) => new Uint8Array(frame.length).fill(120));
  const blank = ask({ ...video, frames: empty });
  assertEquals([blank("eater-area-change"), blank("eater-diameter", field)], [null, null]);
  assertEquals([blank("eater-speed", field), blank("first-uptake-time")], [null, null]);
  assertEquals(blank("particles-outside-at-start"), 0);
});
