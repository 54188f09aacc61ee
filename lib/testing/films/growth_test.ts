import { random } from "../../random.ts";
import { assertNear, assertOk } from "../assert.ts";
import { growthOf, texturedAreas } from "./growth.ts";
import type { Plane } from "../../vision/plane.ts";

const CELL = 12;

/**
 * Cells, dark rings around bright centres, on a noisy field; gain is the brightness of the light.
 */
function field(cells: number, gain: number): Plane {
  const [width, height, draw] = [200, 160, random(cells, gain, "growth test")];
  const data = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    let light = 150 + 8 * (draw() - 0.5);
    for (let c = 0; c < cells; c++) {
      const d = Math.hypot(x - 40 - 40 * (c % 4), y - 40 - 40 * Math.floor(c / 4));
      if (d < CELL / 2) light += d < CELL / 3 ? 60 : -60;
    }
    return Math.round(gain * light);
  });
  return { width, height, data };
}

Deno.test("area is proportional to the number of cells", () => {
  const areas = texturedAreas([1, 2, 4, 8].map((cells) => field(cells, 1)), CELL);
  areas.forEach((area, i) => assertNear(area / (areas[0] * 2 ** i), 1, 0.1, "area per cell"));
  assertNear(areas[0] / (Math.PI * CELL * CELL / 4), 1, 0.35, "area over that of the disc");
  const growth = growthOf(areas);
  assertNear("rate" in growth ? growth.rate : NaN, Math.LN2, 0.05, "rate");
});

Deno.test("a decrease of light to a fifth, or its recovery, is not growth", () => {
  const areas = texturedAreas([1, 0.6, 0.35, 0.2, 0.5, 1].map((gain) => field(6, gain)), CELL);
  for (const area of areas) assertNear(area / areas[0], 1, 0.05, "area");
});

Deno.test("an empty field or a film that is too short gives a reason", () => {
  const empty = growthOf(texturedAreas([0, 0, 0].map((cells) => field(cells, 1)), CELL));
  assertOk("reason" in empty && empty.reason.includes("nothing is seen in frame 0"));
  const short = growthOf([5, 6]);
  assertOk("reason" in short && short.reason.includes("2 frames are too few"));
});
