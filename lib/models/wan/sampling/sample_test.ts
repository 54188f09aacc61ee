import { assertEquals, assertInputError, assertNear, assertOk } from "../../../testing/assert.ts";
import { type Step, x0Prediction } from "../../flow_matching.ts";
import { roundToBfloat16 } from "./bfloat16.ts";
import { sampleWan, type WanVelocity } from "./sample.ts";
import { MICROVERSE_SAMPLING, type WanSampling } from "../settings.ts";
import { isVectorised, samplingFixture } from "../../../testing/wan/sampling.ts";
import { eulerSchedule, unipcSchedule } from "./schedule.ts";
import { torchNoise } from "./torch_noise.ts";

type VelocityFunction = WanVelocity["velocity"];

/** The velocity of `lib/testing/wan/sampling.py`: only operations that round alike everywhere. */
const smooth: VelocityFunction = (latents, timestep, condition) => {
  const t = timestep / 1000;
  const pull = condition === "prompt" ? 0.3 : -0.2;
  const at = (x: number) => x * (0.4 + 0.5 * t) - x * x * x / (1 + x * x) + pull * (1 - t * t);
  return Promise.resolve(latents.map(at));
};

async function stepsOf(
  velocity: VelocityFunction,
  options: WanSampling & { shape: readonly number[]; seed: number },
): Promise<Step[]> {
  const steps: Step[] = [];
  for await (const step of sampleWan({ velocity }, options)) steps.push(step);
  return steps;
}

const references = await samplingFixture();

for (const solver of ["euler", "unipc"] as const) {
  for (const rounding of ["none", "bf16"] as const) {
    Deno.test({
      name: `${solver} with rounding ${rounding} matches every step of the reference`,
      ignore: references === null,
      async fn() {
        const paths = references!.trajectories.filter((path) =>
          path.solver === solver && path.rounding === rounding
        );
        assertEquals(paths.map(({ steps }) => steps), [10, 20]);
        for (const { latents: expected, ...options } of paths) {
          const steps = await stepsOf(smooth, options);
          assertEquals(steps.length, expected.length);
          for (const { step, latents } of steps) {
            // MicroVerse's latents are bfloat16 and must be equal, not merely close.
            if (solver === "euler" && rounding === "bf16" && isVectorised(references!)) {
              assertEquals([...latents], expected[step - 1], `step ${step} of ${options.steps}`);
            }
            const tolerance = rounding === "bf16" && !isVectorised(references!) ? 2e-2 : 1e-4;
            const largest = Math.max(...expected[step - 1].map(Math.abs));
            latents.forEach((value, i) =>
              assertNear(
                value,
                expected[step - 1][i],
                tolerance * largest,
                `step ${step}, value ${i}`,
              )
            );
          }
        }
      },
    });
  }
}

const SMALL = { shape: [1, 2, 2, 5], seed: 7, steps: 6, guidance: 3, shift: 3 };

Deno.test("steps report their sigma and the x0 prediction at the previous one", async () => {
  for (const solver of ["euler", "unipc"] as const) {
    const { sigmas } = (solver === "euler" ? eulerSchedule : unipcSchedule)(6, 3);
    const steps = await stepsOf(smooth, { ...SMALL, solver, rounding: "none" });
    assertEquals(steps.map(({ time }) => time), sigmas.slice(1));
    assertEquals(steps.map(({ step, steps }) => `${step}/${steps}`).at(-1), "6/6");
    const last = steps[5];
    assertEquals(last.x0Prediction.length, 20);
    // The last step ends at its x0 prediction.
    last.x0Prediction.forEach((value, i) => assertNear(value, last.latents[i], 1e-6));
    const timestep = solver === "euler" ? 1000 : 999;
    const noise = torchNoise(7, 20);
    const [positive, negative] = [
      await smooth(noise, timestep, "prompt"),
      await smooth(noise, timestep, "negativePrompt"),
    ];
    const velocity = negative.map((value, i) => value + 3 * (positive[i] - value));
    x0Prediction(noise, { time: sigmas[0], velocity }).forEach((value, i) =>
      assertNear(steps[0].x0Prediction[i], value, 1e-5)
    );
  }
});

Deno.test("each step evaluates prompt and negative prompt, or only the prompt with guidance 1", async () => {
  const evaluated: string[] = [];
  const velocity: VelocityFunction = (latents, timestep, condition) => {
    evaluated.push(`${condition} ${timestep}`);
    return smooth(latents, timestep, condition);
  };
  await stepsOf(velocity, { ...SMALL, steps: 2, solver: "unipc", rounding: "none" });
  assertEquals(evaluated.splice(0), [
    ...["prompt 999", "negativePrompt 999", "prompt 750", "negativePrompt 750"],
  ]);
  await stepsOf(velocity, { ...SMALL, steps: 2, guidance: 1, solver: "euler", rounding: "none" });
  assertEquals(evaluated.splice(0), ["prompt 1000", "prompt 750"]);
  const { timesteps } = eulerSchedule(50, 5);
  await stepsOf(velocity, { ...MICROVERSE_SAMPLING, shape: [1], seed: 42 });
  const rounded = [...roundToBfloat16(Float32Array.from(timesteps))];
  assertEquals(evaluated, rounded.flatMap((time) => [`prompt ${time}`, `negativePrompt ${time}`]));
  assertOk(rounded[1] !== timesteps[1]);
});

Deno.test("with rounding, Euler keeps latents in bfloat16 and UniPC in 32 bits", async () => {
  const inputs: Float32Array[] = [];
  const velocity: VelocityFunction = (latents, timestep, condition) => {
    inputs.push(latents);
    return smooth(latents, timestep, condition);
  };
  const [euler, unipc] = await Promise.all(
    (["euler", "unipc"] as const).map((solver) =>
      stepsOf(velocity, { ...SMALL, solver, rounding: "bf16" })
    ),
  );
  for (const latents of inputs) assertEquals(latents, roundToBfloat16(latents));
  for (const { latents } of euler) assertEquals(latents, roundToBfloat16(latents));
  assertOk(unipc[0].latents.some((value, i) => value !== roundToBfloat16(unipc[0].latents)[i]));
});

Deno.test("sampling options out of range are rejected", async () => {
  const options = { ...MICROVERSE_SAMPLING, shape: [1, 1, 1, 4], seed: 42 };
  const invalid: [Partial<typeof options>, string][] = [
    [{ guidance: -1 }, "guidance -1"],
    [{ guidance: NaN }, "guidance NaN"],
    [{ steps: 0 }, "0 steps"],
    [{ shift: 0 }, "shift 0"],
    [{ seed: -3 }, "seed -3"],
    [{ shape: [1, 0, 4] }, "[1, 0, 4]"],
    [{ solver: "heun" as "euler" }, "heun"],
    [{ rounding: "f16" as "bf16" }, "f16"],
  ];
  for (const [wrong, part] of invalid) {
    await assertInputError(() => stepsOf(smooth, { ...options, ...wrong }), part);
  }
});
