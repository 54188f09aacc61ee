import { assertEquals, assertInputError, assertNear, assertOk } from "../../../testing/assert.ts";
import { foreseen, type Step } from "../../flow_matching.ts";
import { roundToBfloat16 } from "./bfloat16.ts";
import { MICROVERSE_SAMPLING, sampleWan, type WanSampling, type WanVelocity } from "./sample.ts";
import { isVectorised, samplingFixture } from "../../../testing/wan/sampling.ts";
import { eulerSchedule, unipcSchedule } from "./schedule.ts";
import { torchNoise } from "./torch_noise.ts";

type Ask = WanVelocity["velocity"];

/** The velocity of `lib/testing/wan/sampling.py`, of operations that every machine rounds alike. */
const smooth: Ask = (latents, timestep, which) => {
  const t = timestep / 1000;
  const pull = which === "text" ? 0.3 : -0.2;
  const at = (x: number) => x * (0.4 + 0.5 * t) - x * x * x / (1 + x * x) + pull * (1 - t * t);
  return Promise.resolve(latents.map(at));
};

async function stepsOf(
  velocity: Ask,
  options: WanSampling & { shape: readonly number[]; seed: number },
): Promise<Step[]> {
  const steps: Step[] = [];
  for await (const step of sampleWan({ velocity }, options)) steps.push(step);
  return steps;
}

const made = await samplingFixture();

for (const solver of ["euler", "unipc"] as const) {
  for (const rounding of ["none", "bf16"] as const) {
    Deno.test({
      name: `${solver} with rounding ${rounding} takes the reference's every step`,
      ignore: made === null,
      async fn() {
        const paths = made!.trajectories.filter((path) =>
          path.solver === solver && path.rounding === rounding
        );
        assertEquals(paths.map(({ steps }) => steps), [10, 20]);
        for (const { latents: expected, ...options } of paths) {
          const steps = await stepsOf(smooth, options);
          assertEquals(steps.length, expected.length);
          for (const { step, latents } of steps) {
            // MicroVerse's latents are few bits each: the same ones, not merely near.
            if (solver === "euler" && rounding === "bf16" && isVectorised(made!)) {
              assertEquals([...latents], expected[step - 1], `step ${step} of ${options.steps}`);
            }
            const near = rounding === "bf16" && !isVectorised(made!) ? 2e-2 : 1e-4;
            const largest = Math.max(...expected[step - 1].map(Math.abs));
            latents.forEach((value, i) =>
              assertNear(value, expected[step - 1][i], near * largest, `step ${step}, value ${i}`)
            );
          }
        }
      },
    });
  }
}

const SMALL = { shape: [1, 2, 2, 5], seed: 7, steps: 6, guidance: 3, shift: 3 };

Deno.test("steps tell the sigma reached and what was foreseen at the one before", async () => {
  for (const solver of ["euler", "unipc"] as const) {
    const { sigmas } = (solver === "euler" ? eulerSchedule : unipcSchedule)(6, 3);
    const steps = await stepsOf(smooth, { ...SMALL, solver, rounding: "none" });
    assertEquals(steps.map(({ time }) => time), sigmas.slice(1));
    assertEquals(steps.map(({ step, steps }) => `${step}/${steps}`).at(-1), "6/6");
    const last = steps[5];
    assertEquals(last.foreseen.length, 20);
    // The last step goes all the way to what it foresees.
    last.foreseen.forEach((value, i) => assertNear(value, last.latents[i], 1e-6));
    const told = solver === "euler" ? 1000 : 999;
    const noise = torchNoise(7, 20);
    const [text, negative] = [
      await smooth(noise, told, "text"),
      await smooth(noise, told, "negative"),
    ];
    const velocity = negative.map((value, i) => value + 3 * (text[i] - value));
    foreseen(noise, { time: sigmas[0], velocity }).forEach((value, i) =>
      assertNear(steps[0].foreseen[i], value, 1e-5)
    );
  }
});

Deno.test("the network is asked with the text, then the negative prompt, or with guidance 1 once", async () => {
  const asked: string[] = [];
  const velocity: Ask = (latents, timestep, which) => {
    asked.push(`${which} ${timestep}`);
    return smooth(latents, timestep, which);
  };
  await stepsOf(velocity, { ...SMALL, steps: 2, solver: "unipc", rounding: "none" });
  assertEquals(asked.splice(0), ["text 999", "negative 999", "text 750", "negative 750"]);
  await stepsOf(velocity, { ...SMALL, steps: 2, guidance: 1, solver: "euler", rounding: "none" });
  assertEquals(asked.splice(0), ["text 1000", "text 750"]);
  const { timesteps } = eulerSchedule(50, 5);
  await stepsOf(velocity, { ...MICROVERSE_SAMPLING, shape: [1], seed: 42 });
  const told = [...roundToBfloat16(Float32Array.from(timesteps))];
  assertEquals(asked, told.flatMap((time) => [`text ${time}`, `negative ${time}`]));
  assertOk(told[1] !== timesteps[1]);
});

Deno.test("rounding leaves bfloat16 latents with Euler, and 32-bit ones with UniPC", async () => {
  const given: Float32Array[] = [];
  const velocity: Ask = (latents, timestep, which) => {
    given.push(latents);
    return smooth(latents, timestep, which);
  };
  const [rounded, kept] = await Promise.all(
    (["euler", "unipc"] as const).map((solver) =>
      stepsOf(velocity, { ...SMALL, solver, rounding: "bf16" })
    ),
  );
  for (const latents of given) assertEquals(latents, roundToBfloat16(latents));
  for (const { latents } of rounded) assertEquals(latents, roundToBfloat16(latents));
  assertOk(kept[0].latents.some((value, i) => value !== roundToBfloat16(kept[0].latents)[i]));
});

Deno.test("what the network cannot be sampled with is refused", async () => {
  const options = { ...MICROVERSE_SAMPLING, shape: [1, 1, 1, 4], seed: 42 };
  const refused: [Partial<typeof options>, string][] = [
    [{ guidance: -1 }, "guidance -1"],
    [{ guidance: NaN }, "guidance NaN"],
    [{ steps: 0 }, "0 steps"],
    [{ shift: 0 }, "shift 0"],
    [{ seed: -3 }, "seed -3"],
    [{ shape: [1, 0, 4] }, "[1, 0, 4]"],
    [{ solver: "heun" as "euler" }, "heun"],
    [{ rounding: "f16" as "bf16" }, "f16"],
  ];
  for (const [wrong, part] of refused) {
    await assertInputError(() => stepsOf(smooth, { ...options, ...wrong }), part);
  }
});
