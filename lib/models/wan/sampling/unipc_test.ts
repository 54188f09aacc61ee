import { assertEquals, assertNear, assertOk } from "../../../testing/assert.ts";
import { createSolver, type Solver } from "../../flow_matching.ts";
import { unipcSchedule } from "./schedule.ts";
import { unipc } from "./unipc.ts";

/** Integrates a scalar velocity through the sigmas. */
function integrate(
  start: number,
  sigmas: readonly number[],
  solver: Solver,
  velocity: (x: number, sigma: number) => number,
): number {
  let latents: Float32Array = Float32Array.of(start);
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const current = { time: sigmas[i], velocity: latents.map((x) => velocity(x, sigmas[i])) };
    latents = solver(latents, current, sigmas[i + 1]);
  }
  return latents[0];
}

/**
 * Standard deviation of normally distributed clips, whose flow is linear in x and known in closed
 * form, x(σ) ∝ √(α²s² + σ²).
 */
const DEVIATION = 0.5;
const spread = (sigma: number) => Math.hypot((1 - sigma) * DEVIATION, sigma);

function velocity(x: number, sigma: number): number {
  const clip = (1 - sigma) * DEVIATION ** 2 / spread(sigma) ** 2 * x;
  return (x - clip) / sigma;
}

/** Evenly spaced noise levels, away from the ends where the logarithms diverge. */
const even = (steps: number) => Array.from({ length: steps + 1 }, (_, i) => 0.9 - 0.7 * i / steps);

function errorOf(solver: Solver, sigmas: readonly number[]): number {
  const end = sigmas[sigmas.length - 1];
  return Math.abs(integrate(spread(sigmas[0]), sigmas, solver, velocity) - spread(end));
}

const euler = () => createSolver("euler");

Deno.test("on a linear flow UniPC is of third order, thanks to its corrector, and Euler of first", () => {
  const halvings = (create: () => Solver) =>
    [32, 64].map((steps) => errorOf(create(), even(steps)) / errorOf(create(), even(2 * steps)));
  // Ratios are 2^order, slightly less for UniPC, whose first step is of lower order.
  for (const ratio of halvings(unipc)) assertOk(ratio > 6.5 && ratio < 8.5, `UniPC: ${ratio}`);
  for (const ratio of halvings(euler)) assertNear(ratio, 2, 0.05, "Euler");
});

Deno.test("from noise to clip, UniPC converges with the steps, and is closer than Euler", () => {
  const schedules = [5, 10, 20, 40].map((steps) => unipcSchedule(steps, 5).sigmas);
  const [errors, eulers] = [unipc, euler].map((create) =>
    schedules.map((sigmas) => Math.abs(integrate(1, sigmas, create(), velocity) - DEVIATION))
  );
  errors.forEach((error, i) => {
    assertOk(error < eulers[i], `${errors} against ${eulers}`);
    assertOk(i === 0 || error < errors[i - 1] * 0.6, `${errors}`);
  });
  assertOk(errors[3] < 0.01, `${errors}`);
});

Deno.test("the last step, or a single one, returns the x0 prediction", () => {
  assertEquals(integrate(3, [0.5, 0], unipc(), () => 2), 2);
  const solver = unipc();
  const first = solver(Float32Array.of(1), { time: 0.75, velocity: Float32Array.of(1) }, 0.5);
  const last = solver(first, { time: 0.5, velocity: Float32Array.of(3) }, 0);
  assertNear(last[0], first[0] - 1.5, 1e-6);
});

Deno.test("solvers are independent, and do not modify their inputs", () => {
  const [a, b] = [unipc(), unipc()];
  const sigmas = unipcSchedule(6, 3).sigmas;
  let x: Float32Array = Float32Array.of(1, -2);
  let y: Float32Array = Float32Array.of(1, -2);
  for (let i = 0; i < 6; i++) {
    const at = (of: Float32Array) => ({ time: sigmas[i], velocity: of.map((v) => v * v - i) });
    const [copy, current] = [x.slice(), at(x)];
    const next = a(x, current, sigmas[i + 1]);
    assertEquals([x, current.velocity], [copy, at(copy).velocity]);
    x = next;
  }
  for (let i = 0; i < 6; i++) {
    y = b(y, { time: sigmas[i], velocity: y.map((v) => v * v - i) }, sigmas[i + 1]);
  }
  assertEquals(x, y);
});
