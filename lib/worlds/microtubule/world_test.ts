import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { world } from "./world.ts";
import type { Truth } from "../../sim/types.ts";

const PARAMETERS = { microtubules: 4, growth_um_min: 6, catastrophe_s: 1.1 };

const truthOf = (seed: number, violation?: string, frames = 33): Truth =>
  world.simulate(PARAMETERS, { seed, violation, frames }).truth;

/**
 * Lengths of one filament over time including its seed, in µm: the area over the apparent width.
 */
const lengths = ({ objects, quantities }: Truth, id: number) =>
  objects.map((frame) => frame[id].area_um2 / quantities.apparent_width_um);

/** Changes of length between frames, in µm per second of the clip. */
const rates = (truth: Truth, id: number) => {
  const found = lengths(truth, id);
  return found.slice(1).map((length, t) => (length - found[t]) * 12);
};

Deno.test("plus ends grow at the given speed, within 6%, and shrink at 27 µm/min", () => {
  for (const seed of [1, 2]) {
    const truth = truthOf(seed);
    assertNear(truth.quantities.growth_um_s, 3, 1e-9);
    for (let id = 0; id < 4; id++) {
      const found = rates(truth, id);
      const growing = found.filter((rate) => rate > 0).toSorted((a, b) => a - b);
      assertNear(growing[growing.length >> 1] / 3, 1, 0.061, "growth");
      assertNear(Math.min(...found), -13.5, 1e-6, "shrinkage");
    }
  }
});

Deno.test("the first catastrophe is at the given time, the others later", () => {
  const truth = truthOf(3);
  const first = [0, 1, 2, 3].map((id) => rates(truth, id).findIndex((rate) => rate < 0) / 12)
    .toSorted((a, b) => a - b);
  assertNear(first[0], 1.1, 1 / 12);
  assertOk(first[1] > first[0] + 0.1);
});

Deno.test("shrinkage stops short of the seed, and growth follows: rescue", () => {
  const truth = truthOf(4, undefined, 42);
  for (let id = 0; id < 4; id++) {
    const found = lengths(truth, id);
    const least = found.indexOf(Math.min(...found.slice(14)));
    assertOk(found[least] > truth.quantities.seed_length_um + 0.3);
    assertOk(found[Math.min(41, least + 6)] > found[least] + 0.8);
  }
});

Deno.test("filaments lie in view, straight and with fixed seeds, for clips of any length", () => {
  for (let seed = 0; seed < 6; seed++) {
    const parameters = { microtubules: 5, growth_um_min: 7, catastrophe_s: 1.6 };
    const options = { seed, frames: 81, width: 64, height: 64 };
    const { truth } = world.simulate(parameters, options);
    assertEquals(truth.counts, Array(81).fill(5));
    for (let id = 0; id < 5; id++) {
      // With the minus end fixed, the midpoint moves by half of the length change.
      const [all, objects] = [lengths(truth, id), truth.objects.map((frame) => frame[id])];
      for (let t = 1; t < 81; t++) {
        const moved = Math.hypot(
          objects[t].x_um - objects[0].x_um,
          objects[t].y_um - objects[0].y_um,
        );
        assertNear(moved, Math.abs(all[t] - all[0]) / 2, 1e-9);
      }
      assertOk(Math.max(...all) < 14);
    }
  }
});

Deno.test("each violation breaks what it describes", () => {
  const sine = truthOf(5, "symmetric-breathing");
  const fastest = rates(sine, 0);
  assertNear(Math.max(...fastest) / -Math.min(...fastest), 1, 0.02);
  assertEquals([truthOf(5).counts.at(-1), truthOf(5, "vanishing-filament").counts.at(-1)], [4, 3]);
  const light = (violation?: string) =>
    world.simulate(PARAMETERS, { seed: 5, violation }).video.frames[12];
  const [limp, straight] = [light("limp-filaments"), light()];
  assertOk(limp.filter((value, i) => Math.abs(value - straight[i]) > 60).length > 100);
});

Deno.test("captions are numerous, distinct, and name both colours", () => {
  const captions = world.captions({ ...world.parameters.parse({}) });
  assertOk(captions.length >= 20);
  assertEquals(new Set(captions).size, captions.length);
  assertOk(captions.every((text) => text.includes("green") && text.includes("magenta")));
});
