import { assertEquals, assertNear, assertOk } from "../../../testing/assert.ts";
import { type Stepper, stepperOf } from "../../flow_matching.ts";
import { unipcSchedule } from "./schedule.ts";
import { unipc } from "./unipc.ts";

/** Steps through sigmas along a velocity of one value. */
function follow(
  start: number,
  sigmas: readonly number[],
  step: Stepper,
  velocity: (x: number, sigma: number) => number,
): number {
  let latents: Float32Array = Float32Array.of(start);
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const slope = { time: sigmas[i], velocity: latents.map((x) => velocity(x, sigmas[i])) };
    latents = step(latents, slope, sigmas[i + 1]);
  }
  return latents[0];
}

/**
 * Clips that are normal with this deviation: the flow from their noise is linear in x and known,
 * x(σ) ∝ √(α²s² + σ²).
 */
const DEVIATION = 0.5;
const spread = (sigma: number) => Math.hypot((1 - sigma) * DEVIATION, sigma);

function velocity(x: number, sigma: number): number {
  const clip = (1 - sigma) * DEVIATION ** 2 / spread(sigma) ** 2 * x;
  return (x - clip) / sigma;
}

/** Evenly spaced between shares of noise where the logarithms are tame and the order shows. */
const even = (steps: number) => Array.from({ length: steps + 1 }, (_, i) => 0.9 - 0.7 * i / steps);

function errorOf(step: Stepper, sigmas: readonly number[]): number {
  const end = sigmas[sigmas.length - 1];
  return Math.abs(follow(spread(sigmas[0]), sigmas, step, velocity) - spread(end));
}

const euler = () => stepperOf("euler");

Deno.test("UniPC is of third order on a linear flow, as its corrector makes it, and Euler of first", () => {
  const halvings = (stepper: () => Stepper) =>
    [32, 64].map((steps) => errorOf(stepper(), even(steps)) / errorOf(stepper(), even(2 * steps)));
  // 2^order; UniPC's first step, of lower order, keeps it just below.
  for (const ratio of halvings(unipc)) assertOk(ratio > 6.5 && ratio < 8.5, `UniPC: ${ratio}`);
  for (const ratio of halvings(euler)) assertNear(ratio, 2, 0.05, "Euler");
});

Deno.test("from noise to clip, the more steps the nearer to the known end, and nearer than Euler", () => {
  const schedules = [5, 10, 20, 40].map((steps) => unipcSchedule(steps, 5).sigmas);
  const [errors, eulers] = [unipc, euler].map((stepper) =>
    schedules.map((sigmas) => Math.abs(follow(1, sigmas, stepper(), velocity) - DEVIATION))
  );
  errors.forEach((error, i) => {
    assertOk(error < eulers[i], `${errors} against ${eulers}`);
    assertOk(i === 0 || error < errors[i - 1] * 0.6, `${errors}`);
  });
  assertOk(errors[3] < 0.01, `${errors}`);
});

Deno.test("the last step gives the clip foreseen, and one step is that alone", () => {
  assertEquals(follow(3, [0.5, 0], unipc(), () => 2), 2);
  const step = unipc();
  const first = step(Float32Array.of(1), { time: 0.75, velocity: Float32Array.of(1) }, 0.5);
  const last = step(first, { time: 0.5, velocity: Float32Array.of(3) }, 0);
  assertNear(last[0], first[0] - 1.5, 1e-6);
});

Deno.test("steppers are independent, and leave what they are given as it is", () => {
  const [a, b] = [unipc(), unipc()];
  const sigmas = unipcSchedule(6, 3).sigmas;
  let x: Float32Array = Float32Array.of(1, -2);
  let y: Float32Array = Float32Array.of(1, -2);
  for (let i = 0; i < 6; i++) {
    const slope = (of: Float32Array) => ({ time: sigmas[i], velocity: of.map((v) => v * v - i) });
    const [kept, now] = [x.slice(), slope(x)];
    const after = a(x, now, sigmas[i + 1]);
    assertEquals([x, now.velocity], [kept, slope(kept).velocity]);
    x = after;
  }
  for (let i = 0; i < 6; i++) {
    y = b(y, { time: sigmas[i], velocity: y.map((v) => v * v - i) }, sigmas[i + 1]);
  }
  assertEquals(x, y);
});
