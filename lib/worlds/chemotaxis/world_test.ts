import { mean } from "../../statistics.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { world } from "./world.ts";
import { BIAS } from "./walk.ts";
import type { Truth } from "../../sim/types.ts";

/**
 * Steps of every cell, with the cosine of the angle between each and the direction of the source.
 */
function steps({ objects, quantities, times_s }: Truth) {
  return objects.slice(1).flatMap((frame, t) =>
    frame.map((cell, id) => {
      const from = objects[t][id];
      const [x, y] = [cell.x_um - from.x_um, cell.y_um - from.y_um];
      const [u, v] = [quantities.source_x_um - from.x_um, quantities.source_y_um - from.y_um];
      const length = Math.hypot(x, y);
      const distance = Math.hypot(u, v);
      const cosine = (x * u + y * v) / (length * distance);
      return { time: times_s[t], length, distance, cosine };
    })
  );
}

/** Iₙ(b), the modified Bessel function, by its integral. */
function bessel(n: number, b: number): number {
  const count = 400;
  return mean(Array.from({ length: count }, (_, i) => {
    const angle = Math.PI * (i + 0.5) / count;
    return Math.exp(b * Math.cos(angle)) * Math.cos(n * angle);
  }));
}

Deno.test("headings follow a von Mises distribution: the chemotactic index is I1(b)/I0(b)", () => {
  const found = [1, 2, 3, 4, 5, 6].flatMap((seed) => {
    const size = { width: 32, height: 32, frames: 100, fps: 60 };
    const { truth } = world.simulate({ cells: 3, speed_um_min: 9 }, { seed, ...size });
    // After headings have settled, and before cells arrive.
    return steps(truth).filter(({ time, distance }) => time > 0.35 && distance > 25);
  });
  assertOk(found.length > 800);
  const expected = bessel(1, BIAS) / bessel(0, BIAS);
  assertNear(mean(found.map(({ cosine }) => cosine)), expected, 0.04, "chemotactic index");
  assertNear(mean(found.map(({ length }) => length * 60)), 9, 0.5, "speed, µm/min");
});

Deno.test("cells keep their number, area and distance from one another", () => {
  for (const frames of [17, 81]) {
    const size = { width: 48, height: 48, frames };
    const { truth, video } = world.simulate({ cells: 7 }, { seed: 4, ...size });
    assertEquals(video.frames.length, frames);
    for (const frame of truth.objects) {
      assertEquals(frame.length, 7);
      for (const [i, a] of frame.entries()) {
        assertNear(a.area_um2, Math.PI * 6.25 ** 2, 1e-9);
        for (const b of frame.slice(i + 1)) {
          assertOk(Math.hypot(a.x_um - b.x_um, a.y_um - b.y_um) > 12.5, "no cell overlaps another");
        }
      }
    }
  }
});

Deno.test("cells reach the source wherever it is, in crowded scenes and frames of any shape", () => {
  for (const source of ["left", "right", "top", "bottom"] as const) {
    const parameters = { cells: 7, cell_diameter_um: 14, source };
    const size = { width: 72, height: 40, frames: 30 };
    const { truth } = world.simulate(parameters, { seed: 2, ...size });
    assertOk(mean(steps(truth).map(({ cosine }) => cosine)) > 0.5, source);
  }
});

Deno.test("each violation breaks what it describes and nothing else", () => {
  const small = { seed: 3, width: 64, height: 64 };
  const index = (truth: Truth) => mean(steps(truth).map(({ cosine }) => cosine));
  const longest = (truth: Truth) => Math.max(...steps(truth).map(({ length }) => length));
  const right = world.simulate({}, small);
  assertOk(index(right.truth) > 0.6 && longest(right.truth) < 4);
  const down = world.simulate({}, { ...small, violation: "down-gradient" }).truth;
  assertOk(index(down) < -0.6 && longest(down) < 4);
  const leaping = world.simulate({}, { ...small, violation: "jumping-cells" }).truth;
  const leaps = steps(leaping).filter(({ length }) => length > 1.7 * 12.5);
  assertEquals(leaps.length, 4);
  const gliding = world.simulate({}, { ...small, violation: "gliding-discs" });
  assertEquals(gliding.truth.objects, right.truth.objects);
  assertOk(
    gliding.video.frames.some((frame, t) => frame.some((v, i) => v !== right.video.frames[t][i])),
  );
});

Deno.test("captions are numerous, distinct, and state the parameters", () => {
  const { parameters, captions } = world;
  const all = captions(parameters.parse({ source: "top", tracer_colour: "cyan" }));
  assertOk(all.length >= 20 && new Set(all).size === all.length);
  assertOk(all.some((caption) => caption.includes("cyan") && caption.includes("upper edge")));
  const lengths = all.map((caption) => caption.split(" ").length);
  assertOk(Math.min(...lengths) <= 8 && Math.max(...lengths) >= 50);
});
