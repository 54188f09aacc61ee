import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { world } from "./world.ts";
import { SHRINKAGE } from "./shape.ts";
import type { Simulation } from "../../sim/types.ts";

const small = { seed: 5, width: 64, height: 64 };
const areas = ({ truth }: Simulation) =>
  truth.objects.map((frame) => frame.reduce((sum, body) => sum + body.area_um2, 0));

/** Light summed over each frame, by channel. */
function lights({ video }: Simulation): number[][] {
  return video.frames.map((frame) => {
    const sums = [0, 0, 0];
    frame.forEach((value, i) => sums[i % 3] += value);
    return sums;
  });
}

Deno.test("the cell keeps its size, shrinks as specified, and breaks into the given number of bodies", () => {
  for (const bodies of [5, 8]) {
    const clip = world.simulate({ bodies, blebbing_s: 0.6 }, small);
    const [counts, all] = [clip.truth.counts, areas(clip)];
    const intact = Math.PI * 9.5 ** 2;
    assertEquals([counts[0], counts.at(-1)], [1, bodies]);
    for (const area of all.slice(0, 4)) assertNear(area / intact, 1, 0.03, "intact area");
    assertNear(all.at(-1)! / intact, 1 - SHRINKAGE, 0.03, "area in the end");
    // The break-up is at 1.6 s.
    const parted = clip.truth.times_s[counts.findIndex((count) => count >= 3)];
    assertNear(parted, clip.truth.quantities.breakup_s, 0.2, "break-up");
    assertEquals(counts.toSorted((a, b) => a - b), counts, "bodies do not join again");
  }
});

Deno.test("no stain comes or goes while the cell shrinks and breaks up", () => {
  const light = lights(world.simulate({}, small));
  // Frames differ by the stains' contribution to the same background, and by noise.
  const change = (channel: number) =>
    Math.max(...light.map((sums) => Math.abs(sums[channel] / light[0][channel] - 1)));
  for (const channel of [0, 1, 2]) assertOk(change(channel) < 0.008, `channel ${channel}`);
  const doubled = lights(world.simulate({}, { ...small, violation: "content-doubling" }));
  assertOk(doubled.at(-1)![1] / doubled[0][1] > 1.05);
});

Deno.test("each violation breaks what it says", () => {
  const right = world.simulate({}, small);
  const back = world.simulate({}, { ...small, violation: "resurrection" });
  assertEquals(back.truth.counts.at(-1), 1);
  assertNear(areas(back).at(-1)! / areas(back)[0], 1, 1e-9);
  assertOk(Math.min(...areas(back)) < 0.65 * areas(back)[0], "it had shrunk before");
  const necrosis = world.simulate({}, { ...small, violation: "necrosis" });
  assertOk(Math.max(...areas(necrosis)) > 1.6 * areas(necrosis)[0]);
  assertOk(necrosis.truth.objects.every((frame) => frame.length === 1));
  assertOk(necrosis.truth.objects.at(-1)![0].opacity < 0.1);
  const doubled = world.simulate({}, { ...small, violation: "content-doubling" });
  assertNear(areas(doubled).at(-1)! / areas(right).at(-1)!, 2.1, 0.08);
  assertEquals(doubled.truth.counts.at(-1), right.truth.counts.at(-1));
});

Deno.test("clips of any length and shape are made, and captions are many", () => {
  for (const [width, height, frames] of [[40, 64, 17], [64, 36, 81]]) {
    const { video } = world.simulate({ bodies: 7 }, { seed: 1, width, height, frames });
    assertEquals([video.frames.length, video.frames[0].length], [frames, width * height * 3]);
  }
  const all = world.captions(world.parameters.parse({ bodies: 7 }));
  assertOk(all.length >= 20 && new Set(all).size === all.length);
  assertOk(all.some((caption) => caption.includes("seven")));
});
