/**
 * Measures of tubules compared with the ground truth of simulated mitochondria, which they never
 * see.
 */
import { world } from "./world.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { asked } from "../../testing/vision/measured.ts";
import type { Video } from "../../video/types.ts";
import { MEASURES } from "./measures.ts";
import { median } from "../../statistics.ts";
import { analyseClip } from "../../vision/clip_analysis.ts";
import { tubulesOf } from "../../vision/tubules.ts";
import { TUBULES } from "../../judges/probe/tubules.ts";

const FISSION = { event: "fission" };
const FUSION = { event: "fusion" };
const { numberOf, reasonOf } = asked({ ...MEASURES, ...TUBULES });

const SCENES = [
  { mitochondria: 6, fission_s: 1, fusion_s: 1.9, stain_colour: "red" },
  { mitochondria: 4, fission_s: 1.6, fusion_s: 0.9, stain_colour: "green" },
];

Deno.test("pieces match the mitochondria in position and number", () => {
  const { video, truth } = world.simulate(SCENES[0], { seed: 41 });
  const { pieces } = tubulesOf(analyseClip(video));
  const same = pieces.filter((found, t) => found.length === truth.counts[t]).length;
  assertOk(same >= 0.95 * pieces.length, `counts exact in ${same} of ${pieces.length} frames`);
  const scale = truth.um_per_pixel;
  const errors = pieces.flatMap((found, t) =>
    found.map(({ pixels }) => {
      const x = pixels.reduce((sum, p) => sum + p.x + 0.5, 0) / pixels.length;
      const y = pixels.reduce((sum, p) => sum + p.y + 0.5, 0) / pixels.length;
      const distances = truth.objects[t].map((o) =>
        Math.hypot(o.x_um / scale - x, o.y_um / scale - y)
      );
      return Math.min(...distances);
    })
  );
  assertOk(median(errors) < 0.3, `median error ${median(errors)} px`);
});

Deno.test("events are located to the frame, and conserved quantities are measured", () => {
  for (const [i, parameters] of SCENES.entries()) {
    const { video, truth } = world.simulate(parameters, { seed: 42 + i });
    const analysis = analyseClip(video);
    const changes = truth.objects.findIndex((frame) => frame.some(({ id }) => id === 1));
    assertNear(numberOf(analysis, "tubule-event-time", FISSION) * 12, changes, 1.01, "fission");
    const fused = truth.objects.findIndex((frame) => frame.some(({ id }) => id === 10));
    assertNear(numberOf(analysis, "tubule-event-time", FUSION) * 12, fused, 1.01, "fusion");
    const near = { from_s: parameters.fission_s - 0.2, to_s: parameters.fission_s + 0.2 };
    assertEquals(numberOf(analysis, "tubule-events", { ...FISSION, ...near }), 1);
    assertEquals(numberOf(analysis, "tubule-events", { ...FISSION, from_s: 0, to_s: 0.2 }), 0);
    assertEquals(numberOf(analysis, "tubules-at-start"), parameters.mitochondria);
    assertEquals(numberOf(analysis, "fission-products"), 2);
    assertNear(numberOf(analysis, "event-stain-ratio", FISSION), 1, 0.1);
    assertNear(numberOf(analysis, "event-stain-ratio", FUSION), 1, 0.1);
    assertNear(numberOf(analysis, "event-length-ratio", FUSION), 1, 0.25);
    assertOk(numberOf(analysis, "neck-deepening") > 0.3);
    assertEquals([numberOf(analysis, "tubules-kept"), numberOf(analysis, "partings-undone")], [
      1,
      0,
    ]);
    assertOk(numberOf(analysis, "tubule-elongation") > 3);
    assertNear(numberOf(analysis, "tubule-width", { field_um: 16 }), 0.65, 0.15);
    assertOk(numberOf(analysis, "tubule-speed", { field_um: 16 }) > 0.2);
  }
});

Deno.test("each violation is distinguished from the true world", () => {
  const seen = (violation: string) =>
    analyseClip(world.simulate(SCENES[0], { seed: 44, violation }).video);
  assertNear(numberOf(seen("mass-doubling"), "event-stain-ratio", FISSION), 2, 0.25);
  const gone = seen("vanishing-mitochondrion");
  const families = tubulesOf(gone).families.length;
  assertNear(numberOf(gone, "tubules-kept"), 1 - 1 / families, 1e-9);
  const burst = seen("shattering");
  assertOk(numberOf(burst, "fission-products") >= 4);
  assertOk(numberOf(burst, "neck-deepening") < 0.13);
});

Deno.test("clips of other sizes and lengths can be measured too", () => {
  for (const size of [{ width: 256, height: 256, frames: 24 }, { width: 64, height: 64 }]) {
    const { video } = world.simulate(SCENES[0], { seed: 45, ...size });
    const analysis = analyseClip(video);
    assertEquals(numberOf(analysis, "tubules-at-start"), 6);
    assertNear(numberOf(analysis, "tubule-event-time", FISSION), 1, 0.17);
    assertNear(numberOf(analysis, "event-stain-ratio", FISSION), 1, 0.15);
  }
});

Deno.test("clips without tubules, events or motion give no number", () => {
  const { video } = world.simulate(SCENES[0], { seed: 46 });
  const changed = (frames: Uint8Array[]): Video => ({ ...video, frames });
  const grey = analyseClip(changed(video.frames.map((f) => new Uint8Array(f.length).fill(128))));
  for (const name of ["tubules-at-start", "fission-products", "tubules-kept", "neck-deepening"]) {
    assertEquals(numberOf(grey, name), 0, name);
  }
  assertEquals(numberOf(grey, "event-stain-ratio", FUSION), 0);
  assertOk(reasonOf(grey, "tubule-width", { field_um: 16 }).includes("no bright tubules"));
  const still = analyseClip(changed(video.frames.map(() => video.frames[0])));
  assertOk(reasonOf(still, "tubule-event-time", FISSION).includes("no fission"));
  assertEquals([
    numberOf(still, "tubule-speed", { field_um: 16 }),
    numberOf(still, "fission-products"),
  ], [
    0,
    1,
  ]);
  const early = analyseClip(changed(video.frames.slice(11, 28)));
  assertOk(reasonOf(early, "event-stain-ratio", FISSION).includes("too early"));
  const mixed = analyseClip(changed(video.frames.map((_, t) => video.frames[t * 7 % 33])));
  assertOk(numberOf(mixed, "partings-undone") >= 3);
  assertOk(reasonOf(mixed, "tubule-event-time", FISSION).includes("again"));
});
