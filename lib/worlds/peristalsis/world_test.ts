import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { world } from "./world.ts";
import { displaced, lumenRadius, recirculate, scatter, volumeTable, waveOf } from "./flow.ts";

const SMALL = { width: 48, height: 48, seed: 3 };

Deno.test("granules stay on their streamline, and trapped fluid in its bolus", () => {
  const wave = waveOf(4, 1.8);
  const stream = ({ along, eta }: { along: number; eta: number }) =>
    lumenRadius(wave, along) ** 2 * eta ** 2 * (1 - eta ** 2) / 2;
  const start = scatter(wave, 1, 0);
  let moved = start;
  for (let step = 0; step < 240; step++) moved = recirculate(moved, wave, 4, 0.01);
  moved.forEach((granule, i) => {
    assertNear(stream(granule), stream(start[i]), 0.01, "stream function, mm²");
    assertOk(granule.along >= 0 && granule.along <= wave.length, "left its bolus");
  });
  // The granules of a bolus as a whole neither run ahead of the wave nor fall behind it.
  const mean = (granules: typeof start) => granules.reduce((sum, g) => sum + g.along, 0) / 60;
  assertNear(mean(moved), mean(start), 0.8, "mean place in the wave, mm");
});

Deno.test("squeezed in place, slabs of content conserve their volume", () => {
  const wave = waveOf(4, 1.8);
  const table = volumeTable(wave);
  const radius2 = (along: number, share: number) =>
    share * lumenRadius(wave, along) ** 2 +
    (1 - share) * lumenRadius(wave, along + wave.length / 2) ** 2;
  const volume = (from: number, to: number, share: number) => {
    let sum = 0;
    for (let i = 0; i < 400; i++) sum += radius2(from + (to - from) * (i + 0.5) / 400, share);
    return Math.PI * sum * (to - from) / 400;
  };
  for (const [from, to] of [[0.5, 2], [3, 5], [1, 8.2]]) {
    const [a, b] = [displaced(from, table, wave, 0.2), displaced(to, table, wave, 0.2)];
    assertNear(volume(a, b, 0.2) / volume(from, to, 1), 1, 0.02, `slab from ${from} to ${to} mm`);
  }
  assertNear(table.at(-1)!, volume(0, wave.length, 1), 1e-2, "volume of a bolus, mm³");
});

Deno.test("every bolus moves at the wave's speed, one wavelength behind the other, unchanged", () => {
  for (const direction of ["left to right", "right to left"]) {
    const { truth } = world.simulate({ direction, wave_speed_mm_s: 3.5 }, SMALL);
    const sign = direction === "left to right" ? 1 : -1;
    const [first, last] = [truth.objects[0], truth.objects.at(-1)!];
    const step = sign * 3500 * truth.times_s.at(-1)!;
    last.forEach((bolus, i) => assertNear(bolus.x_um - first[i].x_um, step, 1e-6));
    assertNear(Math.abs(first[0].x_um - first[1].x_um), 3500 * 1.8, 1e-6);
    assertNear(last[0].area_um2 / first[0].area_um2, 1, 1e-9);
  }
});

Deno.test("each violation breaks what it describes", () => {
  const course = (violation: string) => {
    const { truth } = world.simulate({}, { ...SMALL, violation });
    return { objects: truth.objects, seconds: truth.times_s };
  };
  const upstream = course("upstream-content");
  const [start, end] = [upstream.objects[0][2], upstream.objects[6][2]];
  // Rings that the content passes through squeeze it out of sight, which shifts its centroid.
  assertNear(end.x_um - start.x_um, -4000 * upstream.seconds[6], 500, "against the wave, µm");
  const vanishing = course("vanishing-content").objects;
  assertEquals([vanishing[0][0].opacity, vanishing.at(-1)![0].opacity], [1, 0]);
  const standing = course("standing-rings").objects;
  const places = standing.map((frame) => frame[2].x_um);
  assertOk(Math.max(...places) - Math.min(...places) < 2000, "content only moves to and fro");
  assertNear(places[0], places[Math.round(12 * 1.8)], 100, "and comes back after one interval, µm");
});

Deno.test("every caption names direction and colour, and all differ", () => {
  const captions = world.captions({
    wave_speed_mm_s: 5,
    interval_s: 2,
    direction: "right to left",
    content_colour: "green",
  });
  assertOk(captions.length >= 20 && new Set(captions).size === captions.length);
  for (const caption of captions) {
    assertOk(caption.includes("right to left") && caption.includes("green"), caption);
  }
});
