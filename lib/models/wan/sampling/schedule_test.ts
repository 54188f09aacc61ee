import { assertEquals, assertInputError, assertNear, assertOk } from "../../../testing/assert.ts";
import { shiftedTimesteps } from "../../flow_matching.ts";
import { roundToBfloat16 } from "./bfloat16.ts";
import { isVectorised, samplingFixture } from "../../../testing/wan/sampling.ts";
import { eulerSchedule, unipcSchedule } from "./schedule.ts";

const references = await samplingFixture();

/** Within a relative tolerance of 1e-5. */
function assertClose(actual: readonly number[], expected: readonly number[], what: string) {
  assertEquals(actual.length, expected.length, what);
  actual.forEach((value, i) => {
    assertNear(value, expected[i], 1e-5 * Math.abs(expected[i]), `${what}, ${i}`);
  });
}

Deno.test({
  name: "MicroVerse's schedule matches PyTorch's, including its bfloat16 timesteps",
  ignore: references === null,
  fn() {
    const schedules = references!.schedules.filter(({ solver }) => solver === "microverse");
    assertOk(schedules.length >= 20);
    for (const { steps, shift, sigmas, timesteps, rounded } of schedules) {
      const what = `${steps} steps, shift ${shift}`;
      const schedule = eulerSchedule(steps, shift);
      assertClose(schedule.sigmas, sigmas, what);
      assertClose(schedule.timesteps, timesteps, what);
      const inBfloat16 = roundToBfloat16(Float32Array.from(schedule.timesteps));
      // The last bit decides which way a tie is rounded: 950 lies between 948 and 952.
      inBfloat16.forEach((time, i) => assertNear(time, rounded![i], rounded![i] / 128, what));
      if (isVectorised(references!)) {
        assertEquals(schedule, { sigmas, timesteps }, what);
        assertEquals([...inBfloat16], rounded!, what);
      }
    }
  },
});

Deno.test({
  name: "schedules match those of Diffusers' Euler and UniPC",
  ignore: references === null,
  fn() {
    const others = references!.schedules.filter(({ solver }) => solver !== "microverse");
    assertOk(others.length >= 40);
    for (const { solver, steps, shift, sigmas, timesteps } of others) {
      const what = `${solver}, ${steps} steps, shift ${shift}`;
      const schedule = (solver === "euler" ? eulerSchedule : unipcSchedule)(steps, shift);
      assertClose(schedule.sigmas, sigmas, what);
      if (solver === "unipc") assertEquals([...schedule.timesteps], timesteps, what);
      else assertClose(schedule.timesteps, timesteps, what);
    }
  },
});

Deno.test("MicroVerse's schedule is nano's in 32 bits, and schedules decrease strictly", () => {
  for (const [steps, shift] of [[1, 1], [7, 0.5], [12, 3], [50, 5], [1000, 100]]) {
    const { sigmas, timesteps } = eulerSchedule(steps, shift);
    shiftedTimesteps(steps, shift).forEach((time, i) => assertNear(sigmas[i], time, 2e-6));
    assertEquals(timesteps.map((_, i) => Math.fround(sigmas[i] * 1000)), [...timesteps]);
    for (const schedule of [sigmas, unipcSchedule(steps, shift).sigmas]) {
      assertEquals(schedule.length, steps + 1);
      assertEquals(schedule[steps], 0);
      assertOk(schedule.every((sigma, i) => i === 0 || sigma < schedule[i - 1]));
    }
    assertOk(unipcSchedule(steps, shift).sigmas[0] < 1);
  }
});

Deno.test("steps and shifts out of range are rejected", async () => {
  for (const make of [eulerSchedule, unipcSchedule]) {
    for (const steps of [0, 1001, 2.5, NaN]) {
      await assertInputError(() => make(steps, 5), `${steps} steps`, "1 to 1000");
    }
    for (const shift of [0, -1, 101, NaN]) {
      await assertInputError(() => make(10, shift), `shift ${shift}`);
    }
  }
});
