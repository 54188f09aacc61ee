import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { world } from "./world.ts";
import type { Simulation } from "../../sim/types.ts";

const of = (seed: number, violation?: string, more: Record<string, unknown> = {}) =>
  world.simulate({ mitochondria: 5, fission_s: 1, fusion_s: 1.5, ...more }, {
    seed,
    violation,
  });

/** Total stained area of a frame, in µm². */
const areaAt = ({ truth }: Simulation, frame: number) =>
  truth.objects[frame].reduce((sum, object) => sum + object.area_um2, 0);

/** Light of a frame above the background, estimated by the frame's median. */
function lightAt({ video }: Simulation, frame: number): number {
  const red = video.frames[frame].filter((_, i) => i % 3 === 0).map(Number);
  const ground = Float64Array.from(red).sort()[red.length >> 1];
  return red.reduce((sum, value) => sum + value - ground, 0);
}

Deno.test("counts follow fission and fusion, at the given times", () => {
  const { truth } = of(2);
  const at = (s: number) => truth.counts[Math.round(s * 12)];
  assertEquals([at(0), at(0.92), at(1.08), at(1.42), at(1.58), at(2.6)], [5, 5, 6, 6, 5, 5]);
});

Deno.test("length is conserved exactly, and light within the camera's noise", () => {
  for (const seed of [1, 2]) {
    const clip = of(seed);
    const { mother_length_um, total_length_um } = clip.truth.quantities;
    for (const frame of [0, 11, 13, 32]) {
      assertNear(areaAt(clip, frame), total_length_um * 0.5, 1e-9, `area of frame ${frame}`);
      assertNear(lightAt(clip, frame) / lightAt(clip, 0), 1, 0.06, `light of frame ${frame}`);
    }
    const daughters = clip.truth.objects[32].filter(({ id }) => id === 1 || id === 2);
    assertNear(daughters.reduce((sum, d) => sum + d.area_um2, 0), mother_length_um * 0.5, 1e-9);
    for (const { area_um2 } of clip.truth.objects[32]) {
      assertOk(area_um2 > 1.9 * 0.5 && area_um2 < 6 * 0.5, "2–6 µm long, 0.5 µm wide");
    }
  }
});

Deno.test("mitochondria stay in view and move by less than their width from frame to frame", () => {
  for (const options of [{ seed: 4 }, { seed: 5, width: 240, height: 128, frames: 60, fps: 24 }]) {
    const { truth } = world.simulate({ mitochondria: 7 }, options);
    truth.objects.slice(1).forEach((frame, t) => {
      for (const now of frame) {
        const before = truth.objects[t].find(({ id }) => id === now.id);
        if (!before) continue;
        assertOk(Math.hypot(now.x_um - before.x_um, now.y_um - before.y_um) < 0.3);
      }
      assertEquals(truth.counts[t], truth.objects[t].length);
    });
  }
});

Deno.test("each violation breaks what it describes", () => {
  const parts = (clip: Simulation, frame: number) =>
    clip.truth.objects[frame].filter(({ id }) => id < 10);
  const sum = (objects: { area_um2: number }[]) => objects.reduce((a, o) => a + o.area_um2, 0);
  const [truth, doubled] = [of(6), of(6, "mass-doubling")];
  assertNear(sum(parts(doubled, 32)) / sum(parts(truth, 32)), 2, 1e-9);
  const { mother_length_um, total_length_um } = truth.truth.quantities;
  const gained = (lightAt(doubled, 32) - lightAt(truth, 32)) / lightAt(truth, 0);
  assertNear(gained, mother_length_um / total_length_um, 0.12, "light gained");
  const burst = of(6, "shattering");
  assertEquals([parts(burst, 11).length, parts(burst, 13).length], [1, 6]);
  assertNear(areaAt(burst, 32), areaAt(truth, 32), 1e-9, "fragments keep the mother's length");
  const vanished = of(6, "vanishing-mitochondrion");
  assertEquals(vanished.truth.counts[32], truth.truth.counts[32] - 1);
});

Deno.test("captions are numerous, distinct, and name the colour", () => {
  const captions = world.captions({ ...world.parameters.parse({}) });
  assertOk(captions.length >= 20);
  assertEquals(new Set(captions).size, captions.length);
  assertOk(captions.every((caption) => caption.includes("red")));
});
