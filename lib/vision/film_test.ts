import { random } from "../random.ts";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { noFilm } from "./film.ts";
import { analyseClip } from "./clip_analysis.ts";

const SIDE = 96;

/** A disc moving `step` pixels per frame, with noise of the given level. */
function disc(frames: number, step: number, noise: number, seed = 1) {
  const uniform = random(seed, "film test");
  return Array.from({ length: frames }, (_, t) => {
    const rgb = new Uint8Array(SIDE * SIDE * 3);
    for (let i = 0; i < SIDE * SIDE; i++) {
      const inside = Math.hypot(i % SIDE - 20 - step * t, Math.floor(i / SIDE) - 48) < 8;
      const level = (inside ? 150 : 50) + noise * 2 * Math.sqrt(3) * (uniform() - 0.5);
      rgb.fill(Math.max(0, Math.min(255, Math.round(level))), 3 * i, 3 * i + 3);
    }
    return rgb;
  });
}

const verdict = (frames: Uint8Array[]) =>
  noFilm(analyseClip({ width: SIDE, height: SIDE, fps: 12, frames }));

Deno.test("slow and fast motion in noise count as a film", () => {
  for (const step of [0.3, 1, 2]) {
    for (const noise of [0, 3, 8]) {
      assertEquals(verdict(disc(30, step, noise)), null, `step ${step}, noise ${noise}`);
    }
  }
});

Deno.test("noise on a still picture is not a film, and neither are shuffled frames", () => {
  for (const noise of [0, 1, 3, 6]) assertOk(verdict(disc(30, 0, noise)), `noise ${noise}`);
  const frames = disc(30, 1, 3);
  let refused = 0;
  for (let seed = 0; seed < 40; seed++) {
    const uniform = random(seed, "heap");
    const heap = frames.map((frame) => ({ frame, place: uniform() }))
      .toSorted((a, b) => a.place - b.place).map(({ frame }) => frame);
    if (verdict(heap)?.includes("order")) refused++;
  }
  assertEquals(refused, 40);
});

Deno.test("few frames show no process", () => {
  assertOk(verdict(disc(3, 4, 0))?.includes("3 frames"));
});
