import { world } from "../worlds/all.ts";
import { assertEquals, assertNear, assertOk } from "../testing/assert.ts";
import { curve, meanSquaredDisplacement, speedProfile, totalArea } from "./physics.ts";

const vessel = world("vessel-flow");
const vesicles = world("vesicle-diffusion");
const cell = world("mitosis");

Deno.test("the velocity profile is Poiseuille's in either direction, and flat for plug flow", () => {
  for (const direction of ["left to right", "right to left"]) {
    const { truth } = vessel.simulate({ direction, vessel_radius_um: 20 }, { seed: 3 });
    const profile = speedProfile(truth);
    assertEquals(profile.length, truth.objects[0].length);
    for (const { x, y } of profile) assertNear(y, 36 * (1 - (x / 20) ** 2), 1e-6);
  }
  const { truth } = vessel.simulate({}, { seed: 3, violation: "plug-flow" });
  const speeds = speedProfile(truth).map(({ y }) => y);
  assertNear(Math.max(...speeds), Math.min(...speeds), 1e-6);
});

Deno.test("the mean squared displacement is 4Dt over many clips, and grows as t² when ballistic", () => {
  const seeds = Array.from({ length: 12 }, (_, seed) => seed);
  const small = { width: 48, height: 48, frames: 9 };
  const clips = seeds.map((seed) => vesicles.simulate({ vesicles: 36 }, { seed, ...small }).truth);
  const means = clips.map((truth) => meanSquaredDisplacement(truth, 0.25));
  assertEquals(means[0].length, 3);
  // At longer lags the effect of the reflecting border shows.
  for (const [i, { x }] of means[0].entries()) {
    const mean = means.reduce((sum, points) => sum + points[i].y, 0) / means.length;
    assertNear(mean / (4 * 0.12 * x), 1, 0.1, `lag ${x}`);
  }
  const straight = vesicles.simulate({}, { seed: 0, violation: "ballistic" }).truth;
  const [one, two] = meanSquaredDisplacement(straight, 0.2);
  assertNear(two.y / one.y, 4, 0.4);
});

Deno.test("a dividing cell conserves its area; planted violations change it", () => {
  const ratio = (violation?: string) => {
    const area = totalArea(cell.simulate({}, { seed: 2, violation }).truth);
    return area.at(-1)!.y / area[0].y;
  };
  assertNear(ratio(), 1, 0.01);
  assertNear(ratio("area-doubling"), 2, 0.1);
  assertNear(ratio("vanishing-daughter"), 0.5, 0.05);
});

Deno.test("a vanishing object is followed only while visible", () => {
  const { truth } = vessel.simulate({}, { seed: 3, violation: "vanishing-cells" });
  assertOk(truth.counts.at(-1)! < truth.counts[0]);
  for (const { x, y } of speedProfile(truth)) assertNear(y, 36 * (1 - (x / 18) ** 2), 1e-6);
});

Deno.test("a formula is evaluated at evenly spaced positions, both ends included", () => {
  const law = curve((x) => x, 0, 1, 3);
  assertEquals(law.map(({ x, y }) => [x, y]), [[0, 0], [0.5, 0.5], [1, 1]]);
});
