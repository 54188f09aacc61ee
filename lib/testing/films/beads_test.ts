import { random } from "../../random.ts";
import { assertEquals, assertOk } from "../assert.ts";
import { findBeads } from "./beads.ts";
import type { Plane } from "../../vision/plane.ts";

interface Mark {
  x: number;
  y: number;
  depth: number;
}

function film(marks: readonly Mark[], gain = 1): Plane {
  const [width, height, draw] = [120, 90, random(6, "beads test")];
  const data = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width + 0.5, Math.floor(i / width) + 0.5];
    const dark = marks.reduce(
      (sum, m) => sum + m.depth * Math.exp(-((x - m.x) ** 2 + (y - m.y) ** 2) / 8),
      0,
    );
    // Illumination that falls off to one side, as in most microscopes.
    return gain * (150 + 0.2 * x - dark + 3 * (draw() - 0.5));
  });
  return { width, height, data };
}

const focus = [[20.3, 20.7], [60.2, 30.1], [95.5, 60.5], [30.9, 65.4]]
  .map(([x, y]) => ({ x, y, depth: 60 }));
const options = { diameter: 11 };

Deno.test("beads out of focus do not count, whatever the illumination", () => {
  const faint = [{ x: 75, y: 75, depth: 15 }, { x: 55, y: 55, depth: 10 }];
  for (const gain of [1, 0.3]) {
    const [found] = findBeads([film([...focus, ...faint], gain)], options);
    assertEquals(found.length, focus.length);
    for (const { x, y } of focus) {
      assertOk(found.some((bead) => Math.hypot(bead.x - x, bead.y - y) < 0.1), `${x}, ${y}`);
    }
  }
  const [all] = findBeads([film([...focus, ...faint])], { ...options, leastMass: 0.1 });
  assertEquals(all.length, focus.length + faint.length);
});

Deno.test("a bead cut by the frame is excluded, and an empty frame has none", () => {
  const cut = [...focus, { x: 2, y: 45, depth: 60 }];
  assertEquals(findBeads([film(cut)], options)[0].length, focus.length);
  const empty = { width: 40, height: 40, data: new Float32Array(1600).fill(90) };
  assertEquals(findBeads([empty, empty], options), [[], []]);
});
