import { random } from "../../random.ts";
import { assertEquals, assertNear, assertOk } from "../assert.ts";
import { type Diffusion, diffusionOf, stepMemory, withoutDrift } from "./brownian.ts";
import type { Track } from "../../vision/tracks.ts";

/** Parameters of simulated tracks; lengths in pixels, times in frames. */
interface Motion {
  seed: number;
  /** D, in pixels² per frame. */
  coefficient: number;
  /** Standard deviation of the localisation error. */
  error?: number;
  /** Share of each position carried over into the next, as by a codec. */
  carried?: number;
  /** Common drift per frame. */
  drift?: number;
  /** Motion of each particle in its own direction, per frame. */
  straight?: number;
  /** Share of the distance to its anchor that a particle covers per frame. */
  pull?: number;
}

function simulate(motion: Motion, count = 150, length = 80): Track[] {
  const { seed, coefficient, error = 0, carried = 0, drift = 0, straight = 0, pull = 0 } = motion;
  const draw = random(seed, "brownian test");
  const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  const step = Math.sqrt(2 * coefficient);
  return Array.from({ length: count }, () => {
    const way = 2 * Math.PI * draw();
    const [place, seen] = [{ x: 0, y: 0 }, { x: 0, y: 0 }];
    const start = Math.floor(20 * draw());
    const points = Array.from({ length }, (_, i) => {
      const t = start + i;
      place.x += step * normal() - pull * place.x + straight * Math.cos(way);
      place.y += step * normal() - pull * place.y + straight * Math.sin(way);
      seen.x = i === 0 ? place.x : carried * seen.x + (1 - carried) * place.x;
      seen.y = i === 0 ? place.y : carried * seen.y + (1 - carried) * place.y;
      const [x, y] = [seen.x + drift * t + error * normal(), seen.y + error * normal()];
      return { x, y, area: 1, edge: false };
    });
    return { frames: points.map((_, i) => start + i), points };
  });
}

function measured(motion: Motion, lags = 24): Diffusion {
  const options = { fps: 24, pixel: 0.5, lags, resamplings: 100 };
  const found = diffusionOf(withoutDrift(simulate(motion)), options);
  assertOk(!("reason" in found), JSON.stringify(found));
  return found;
}

const D = 0.15;
/** µm²/s for `D` pixels² per frame, at 24 frames per second and 0.5 µm per pixel. */
const TRUE = D * 24 * 0.25;

Deno.test("D and the exponent are recovered despite localisation errors and drift", () => {
  const clean = measured({ seed: 1, coefficient: D });
  const rough = measured({ seed: 1, coefficient: D, error: 0.4, drift: 0.3 });
  for (const { coefficient, exponent } of [clean, rough]) {
    assertNear(coefficient.value, TRUE, 0.06 * TRUE, "D");
    assertNear(exponent.value, 1, 0.08, "exponent");
  }
  // Four times the variance of the localisation error.
  assertNear(rough.offset.value, 4 * 0.4 ** 2 * 0.25, 0.05, "offset");
  assertNear(clean.offset.value, 0, 0.03, "offset");
});

Deno.test("a codec that carries pictures over distorts the curve, which is then measured beyond", () => {
  const motion = { seed: 2, coefficient: D, carried: 0.5 };
  const found = measured(motion);
  assertOk(found.from >= 3, `fitted from lag ${found.from}`);
  assertNear(found.coefficient.value, TRUE, 0.08 * TRUE, "D");
  assertNear(found.exponent.value, 1, 0.1, "exponent");
  // Without the memory correction, the first lag alone would give this:
  assertOk(found.displacements[0].square < 0.6 * 4 * D);
});

Deno.test("step memory: none, from a localisation error, or from the motion itself", () => {
  assertEquals(stepMemory(simulate({ seed: 3, coefficient: D }), 6), 0);
  assertEquals(stepMemory(simulate({ seed: 3, coefficient: D, error: 0.4 }), 6), 1);
  assertEquals(stepMemory(simulate({ seed: 3, coefficient: D, straight: 0.5 }), 6), 6);
});

Deno.test("motion that is not Brownian is not reported as such", () => {
  const straight = measured({ seed: 4, coefficient: D, straight: 0.6 });
  assertOk(straight.exponent.low > 1.4, `straight: ${straight.exponent.low}`);
  const confined = measured({ seed: 4, coefficient: D, pull: 0.1 });
  assertOk(confined.exponent.high < 0.8, `confined: ${confined.exponent.high}`);
});

Deno.test("95% intervals have the right coverage without being too wide", () => {
  const runs = Array.from(
    { length: 40 },
    (_, i) => measured({ seed: 100 + i, coefficient: D }, 12),
  );
  const held = runs.filter(({ coefficient: c }) => c.low <= TRUE && TRUE <= c.high).length;
  // For 40, the binomial distribution gives fewer than 34 once in 200.
  assertOk(held >= 34, `${held} of 40`);
  const width = runs.reduce((sum, { coefficient: c }) => sum + (c.high - c.low) / TRUE / 40, 0);
  assertOk(width < 0.15, `mean width ${width}`);
});

Deno.test("too few tracks, too few lags and rest give reasons instead of numbers", () => {
  const options = { fps: 24, pixel: 0.5, lags: 12 };
  const reason = (tracks: Track[], lags = 12) => {
    const found = diffusionOf(tracks, { ...options, lags });
    return "reason" in found ? found.reason : "";
  };
  const tracks = simulate({ seed: 5, coefficient: D }, 7);
  assertOk(reason(tracks).includes("7 particles could be followed over 18 frames; 8 are needed"));
  assertOk(reason(simulate({ seed: 5, coefficient: D }, 9), 3).includes("3 lags"));
  assertOk(reason(simulate({ seed: 5, coefficient: 0 }, 9)).includes("stand still"));
});
