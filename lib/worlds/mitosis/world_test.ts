import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { world } from "./world.ts";

const areas = (violation?: string) =>
  world.simulate({}, { seed: 5, violation }).truth.objects
    .map((frame) => frame.map((cell) => cell.area_um2));

Deno.test("the true area is conserved and halved between equal daughters", () => {
  for (const frame of areas()) {
    assertNear(frame.reduce((a, b) => a + b), Math.PI * 7.2 ** 2, 1e-9);
    if (frame.length === 2) assertNear(frame[0], frame[1], 1e-9);
  }
  assertEquals([areas()[0].length, areas().at(-1)!.length], [1, 2]);
});

Deno.test("the drawn area is the true one in every phase", () => {
  const { video, truth } = world.simulate({ cytoplasm_colour: "green" }, { seed: 5 });
  video.frames.forEach((frame, t) => {
    // Half of the green level at the edge of the body, which is at least 60 levels.
    let pixels = 0;
    for (let i = 0; i < frame.length; i += 3) {
      if (Math.max(frame[i], frame[i + 1], frame[i + 2]) > 38) pixels++;
    }
    const drawn = pixels * truth.um_per_pixel ** 2;
    const asked = truth.objects[t].reduce((sum, cell) => sum + cell.area_um2, 0);
    assertNear(drawn / asked, 1, 0.08, `drawn over true area in frame ${t}`);
  });
});

Deno.test("daughters appear at the given time and along the given axis", () => {
  for (const [axis, degrees] of [["horizontal", 0], ["vertical", 90], ["diagonal", 45]] as const) {
    const { truth } = world.simulate({ axis, division_s: 1.25 }, { seed: 8 });
    const first = truth.objects.findIndex((frame) => frame.length === 2);
    assertNear(truth.times_s[first], 1.25, 1 / 12 + 1e-9);
    const [one, other] = truth.objects.at(-1)!;
    const angle = Math.atan2(other.y_um - one.y_um, other.x_um - one.x_um) * 180 / Math.PI;
    assertNear(angle, degrees, 6, axis);
  }
});

Deno.test("each violation breaks what it describes, and the true world has no trace of it", () => {
  const [left, right] = areas("unequal-daughters").at(-1)!;
  assertOk(Math.min(left, right) / Math.max(left, right) < 0.5);
  assertNear(left + right, Math.PI * 7.2 ** 2, 1e-9);
  assertEquals(areas("vanishing-daughter").at(-1)![1], 0);
  const doubled = areas("area-doubling");
  assertNear(doubled.at(-1)!.reduce((a, b) => a + b) / doubled[0][0], 2, 1e-9);
});
