import { join } from "node:path";
import { PROJECT } from "../paths.ts";
import { exists } from "../store/file.ts";
import { assertEquals, assertInputError, assertNear, assertOk } from "../testing/assert.ts";
import { lookAtSteps, watchDenoising } from "./denoising.ts";
import type { Networks } from "../models/nano/networks.ts";
import { openNano } from "../models/nano/nano.ts";
import { sampleLatents, SAMPLING } from "../models/nano/sample.ts";
import { timesOf } from "../models/flow_matching.ts";

const SHAPE = {
  latents: [2, 1, 2, 2] as [number, number, number, number],
  frames: 2,
  width: 2,
  height: 1,
  fps: 4,
};

/** A model whose velocity turns as time goes on, so that foreseen clips differ from step to step. */
function turning(asked: number[] = []): Networks {
  return {
    choice: { provider: "cpu", considered: [] },
    encode: (caption) => Promise.resolve({ values: new Float32Array(caption.length), words: 1 }),
    velocity(latents, time, { values }, guidance) {
      asked.push(time);
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

Deno.test("looking changes nothing: the clip is what sampling gives, each time asked for once", async () => {
  for (const solver of ["euler", "adams"] as const) {
    const sampling = { ...SAMPLING, steps: 5, solver };
    const asked: number[] = [];
    const { video, steps } = await lookAtSteps(turning(asked), SHAPE, "ab", 3, { sampling });
    const latents = await sampleLatents(turning(), weights, "ab", [3], sampling);
    assertEquals(video.frames, await turning().decode(latents));
    assertEquals([video.width, video.height, video.fps, steps], [2, 1, 4, 5]);
    assertEquals(asked, timesOf(5, sampling.shift).slice(0, 5));
  }
});

Deno.test("looks are the noise and then the steps asked for, each at the time it looked ahead", async () => {
  const sampling = { ...SAMPLING, steps: 12 };
  const { looks } = await lookAtSteps(turning(), SHAPE, "ab", 3, { sampling });
  assertEquals(looks.map(({ step }) => step), [0, 1, 2, 4, 8, 12]);
  const times = timesOf(12, sampling.shift);
  for (const { step, time } of looks.slice(1)) assertNear(time, times[step - 1], 0);
  assertEquals(looks[0].time, 1);
  const pictures = new Set(looks.map(({ frames }) => frames[0].join()));
  assertEquals(pictures.size, looks.length);
  const one = await lookAtSteps(turning(), SHAPE, "ab", 3, { sampling: { ...sampling, steps: 1 } });
  assertEquals(one.looks.map(({ step }) => step), [0, 1]);
  assertEquals(one.looks[1].frames, one.video.frames);
});

Deno.test("a step that sampling has not cannot be looked at", async () => {
  for (const at of [[0], [13], [1.5]]) {
    const look = () => lookAtSteps(turning(), SHAPE, "ab", 0, { at });
    await assertInputError(look, `step ${at}`, "from 1 to 12");
  }
});

const there = await exists(join(PROJECT.models, "models.json"));
if (!there) {
  console.warn(`SKIPPED: no weights in ${PROJECT.models} to watch a real clip come out of`);
}

Deno.test({
  name: "the clip watched is the one that the model makes",
  ignore: !there,
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
    const watched = await watchDenoising({ ...model, sampling }, prompt, 7);
    using nano = await openNano({ ...model, sampling });
    const made = await nano.generate({ ...task, prompt }, { seed: 7 });
    assertEquals(watched.video, made);
    assertOk(watched.looks.length === 3);
  },
});
