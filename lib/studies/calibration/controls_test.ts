import { simulator } from "../../models/simulator.ts";
import { assertEquals, assertOk } from "../../testing/assert.ts";
import { CONTROLS } from "../../worlds/rubric.ts";
import { controlModel } from "./controls.ts";

const scenes = new Map([[9, { world: "vesicle-diffusion", parameters: {} }]]);
const task = {
  benchmark: "mini",
  task: 9,
  scale: "subcellular",
  prompt: "",
  requirement: "",
  source: "",
} as const;
const truth = await simulator({ scenes }).generate(task, { seed: 4 });
const made = (control: "blank" | "frozen" | "shuffled", seed = 4) =>
  controlModel(control, scenes).generate(task, { seed });

Deno.test("blank: uniform frames, grey or black by seed", async () => {
  for (const [seed, level] of [[4, 128], [5, 0]]) {
    const { frames } = await made("blank", seed);
    assertEquals(frames.length, truth.frames.length);
    assertOk(frames.every((frame) => frame.every((value) => value === level)));
  }
});

Deno.test("frozen: the true clip's first frame throughout", async () => {
  const { frames, fps } = await made("frozen");
  assertEquals([frames.length, fps], [33, 12]);
  for (const frame of frames) assertEquals(frame, truth.frames[0]);
});

Deno.test("shuffled: the true clip's frames, each once, in an order determined by the seed", async () => {
  const { frames } = await made("shuffled");
  const order = frames.map((frame) =>
    truth.frames.findIndex((own) => own.every((value, i) => value === frame[i]))
  );
  assertEquals(order.toSorted((a, b) => a - b), truth.frames.map((_, i) => i));
  const inPlace = order.filter((from, i) => from === i).length;
  assertOk(inPlace < 6, `${inPlace} frames are where they were`);
  assertEquals((await made("shuffled")).frames, frames);
});

Deno.test("controls differ in name and fingerprint, and record their kind", async () => {
  const models = CONTROLS.map((control) => controlModel(control, scenes));
  assertEquals(models.map(({ name }) => name), [
    "control:blank",
    "control:frozen",
    "control:shuffled",
  ]);
  const fingerprints = await Promise.all(models.map((model) => model.fingerprint(task)));
  assertEquals(new Set(fingerprints).size, 3);
  const origins = await Promise.all(models.map((model) => model.origin!(task, 4)));
  assertEquals(
    origins,
    CONTROLS.map((violation) => ({ world: "vesicle-diffusion", violation })),
  );
});
