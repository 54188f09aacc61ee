import { join } from "node:path";
import { PROJECT } from "../paths.ts";
import { exists } from "../store/file.ts";
import { assertEquals, assertInputError, assertNear, assertOk } from "../testing/assert.ts";
import { denoiseWithPreviews, watchDenoising } from "./denoising.ts";
import type { Networks } from "../models/nano/networks.ts";
import { openNano } from "../models/nano/nano.ts";
import { sampleLatents } from "../models/nano/sample.ts";
import { SAMPLING } from "../models/nano/sampling.ts";
import { shiftedTimesteps } from "../models/flow_matching.ts";

const SHAPE = {
  latents: [2, 1, 2, 2] as [number, number, number, number],
  frames: 2,
  width: 2,
  height: 1,
  fps: 4,
};

/** A model whose velocity changes over time, so that x0 predictions differ between steps. */
function varying(evaluated: number[] = []): Networks {
  return {
    choice: { provider: "cpu", considered: [] },
    encode: (caption) => Promise.resolve({ values: new Float32Array(caption.length), words: 1 }),
    velocity(latents, time, { values }, guidance) {
      evaluated.push(time);
      return Promise.resolve(latents.map((x, i) => x * time + guidance * (i % 2) + values.length));
    },
    decode: (latents) =>
      Promise.resolve([latents, latents].map((x) => Uint8Array.from(x, (v) => 100 + 8 * v))),
    close: () => Promise.resolve(),
  };
}

const weights = {
  shape: SHAPE,
  sha256: "",
  networks: Object.fromEntries(
    ["text", "velocity", "decoder"].map((name) => [name, { file: "", bytes: new Uint8Array() }]),
  ) as Record<"text" | "velocity" | "decoder", { file: string; bytes: Uint8Array }>,
};

Deno.test("previews do not change the clip, nor evaluate the network again", async () => {
  for (const solver of ["euler", "adams"] as const) {
    const sampling = { ...SAMPLING, steps: 5, solver };
    const evaluated: number[] = [];
    const { video, steps } = await denoiseWithPreviews(varying(evaluated), SHAPE, "ab", 3, {
      sampling,
    });
    const latents = await sampleLatents(varying(), weights, "ab", [3], sampling);
    assertEquals(video.frames, await varying().decode(latents));
    assertEquals([video.width, video.height, video.fps, steps], [2, 1, 4, 5]);
    assertEquals(evaluated, shiftedTimesteps(5, sampling.shift).slice(0, 5));
  }
});

Deno.test("previews are the noise and the selected steps, with their evaluation times", async () => {
  const sampling = { ...SAMPLING, steps: 12 };
  const { previews } = await denoiseWithPreviews(varying(), SHAPE, "ab", 3, { sampling });
  assertEquals(previews.map(({ step }) => step), [0, 1, 2, 4, 8, 12]);
  const timesteps = shiftedTimesteps(12, sampling.shift);
  for (const { step, time } of previews.slice(1)) assertNear(time, timesteps[step - 1], 0);
  assertEquals(previews[0].time, 1);
  const pictures = new Set(previews.map(({ frames }) => frames[0].join()));
  assertEquals(pictures.size, previews.length);
  const one = await denoiseWithPreviews(varying(), SHAPE, "ab", 3, {
    sampling: { ...sampling, steps: 1 },
  });
  assertEquals(one.previews.map(({ step }) => step), [0, 1]);
  assertEquals(one.previews[1].frames, one.video.frames);
});

Deno.test("a step to preview that is out of range is rejected", async () => {
  for (const at of [[0], [13], [1.5]]) {
    const preview = () => denoiseWithPreviews(varying(), SHAPE, "ab", 0, { at });
    await assertInputError(preview, `step ${at}`, "from 1 to 12");
  }
});

const hasWeights = await exists(join(PROJECT.models, "models.json"));
if (!hasWeights) {
  console.warn(`SKIPPED: previews of a real clip: no weights in ${PROJECT.models}`);
}

Deno.test({
  name: "with previews, the model generates the same clip",
  ignore: !hasWeights,
  async fn() {
    const model = { folder: PROJECT.models, model: "nano", provider: "cpu" as const };
    const sampling = { steps: 2 };
    const task = {
      benchmark: "mini",
      task: 1,
      scale: "cell" as const,
      requirement: "",
      source: "",
    };
    const prompt = "A cell divides in two.";
    const watched = await watchDenoising("nano", prompt, 7, {
      sampling: { ...SAMPLING, ...sampling },
    });
    using nano = await openNano({ ...model, sampling });
    const generated = await nano.generate({ ...task, prompt }, { seed: 7 });
    assertEquals(watched.video, generated);
    assertOk(watched.previews.length === 3);
  },
});
