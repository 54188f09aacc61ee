import { rejects } from "node:assert/strict";
import type { z } from "zod";
import { SCALES } from "../../records/task.ts";
import { sampleParameters } from "../../sim/parameters.ts";
import { MACRO_WORLDS } from "../../worlds/everyday/all.ts";
import type { Truth } from "../../sim/types.ts";
import { world, WORLDS } from "../../worlds/all.ts";
import { readTable } from "../../store/table.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { decodeVideo } from "../../video/decode.ts";
import { datasetTable, makeDataset, metadataSchema } from "./dataset.ts";
import { planDataset, planMacroDataset, SPLITS, worldOf } from "./plan.ts";
import { silent } from "../../runs/progress.ts";

const SHAPE = { width: 64, height: 64, frames: 5, fps: 12 };
const PAPER = { organ: 0.591, cell: 0.224, subcellular: 0.185 };
const progress = silent.step("dataset", 0);

Deno.test("a mix has the given shares at any length, and a longer plan extends a shorter one", () => {
  for (const count of [1, 7, 100, 1000]) {
    const plan = planDataset(count, PAPER);
    for (const scale of SCALES) {
      const own = plan.filter((clip) => clip.scale === scale).length;
      assertNear(own, count * PAPER[scale], 1, `${scale} of ${count}`);
    }
    assertEquals(planDataset(1000, PAPER).slice(0, count), plan);
  }
  const even = planDataset(5 * WORLDS.length);
  for (const { name } of WORLDS) assertEquals(even.filter((c) => c.world === name).length, 5, name);
  assertEquals(new Set(even.map(({ seed }) => seed)).size, even.length);
});

Deno.test("parameters are drawn from their whole range and never beyond", () => {
  for (const each of [...WORLDS, ...MACRO_WORLDS]) {
    const scenes = Array.from({ length: 60 }, (_, seed) => sampleParameters(each, seed));
    for (const scene of scenes) (each.parameters as z.ZodObject).strict().parse(scene);
    for (const name of Object.keys(scenes[0])) {
      assertOk(new Set(scenes.map((scene) => scene[name])).size > 1, `${each.name}: ${name}`);
    }
  }
});

Deno.test("a set matches its tables, is reproducible, and resumes where it stopped", async () => {
  const folder = await Deno.makeTempDir();
  const plan = planDataset(24, undefined, ["mitosis", "vesicle-diffusion"]);
  const work = { plan, shape: SHAPE, folder };
  const stop = new AbortController();
  let ticks = 0;
  const stopping = { ...progress, tick: () => void (++ticks === 5 && stop.abort()) };
  await rejects(() => makeDataset({ ...work, signal: stop.signal }, stopping));
  const { made, cached, clips } = await makeDataset(work, progress);
  assertOk(cached >= 5 && made + cached === 24, `${made} made, ${cached} cached`);
  const again = await makeDataset(work, progress);
  assertEquals([again.made, again.cached], [0, 24]);
  assertEquals(await readTable(datasetTable, `${folder}/clips.arrow`), clips.toSorted(byId));

  const one = await Deno.makeTempDir();
  const alone = await makeDataset({ ...work, folder: one, workers: 1 }, progress);
  assertEquals(alone.clips.toSorted(byId), clips.toSorted(byId));

  let listed = 0;
  for (const split of Object.keys(SPLITS)) {
    const text = await Deno.readTextFile(`${folder}/${split}/metadata.json`);
    for (const { id, video, prompt } of metadataSchema.parse(JSON.parse(text))) {
      const row = clips.find((clip) => clip.id === id)!;
      assertEquals([row.path, row.prompt, row.split], [`${split}/${video}`, prompt, split]);
      listed++;
    }
  }
  assertEquals(listed, 24);
  const [first] = clips;
  const { frames, width, height, fps } = await decodeVideo(`${folder}/${first.path}`);
  assertEquals({ frames: frames.length, width, height, fps }, SHAPE);
  const expected = world(first.world)
    .simulate(JSON.parse(first.parameters), { seed: first.seed, ...SHAPE });
  const truth: Truth = JSON.parse(await Deno.readTextFile(`${folder}/${first.truth}`));
  assertEquals(truth, JSON.parse(JSON.stringify(expected.truth)));
  assertEquals(first.prompt, expected.caption);

  await Deno.writeFile(`${folder}/${first.path}`, new Uint8Array(9));
  assertEquals((await makeDataset(work, progress)).made, 1);
  for (const each of [folder, one]) await Deno.remove(each, { recursive: true });
});

Deno.test("a set of everyday motion has every world equally often, with the clips its worlds make", async () => {
  const plan = planMacroDataset(10);
  assertEquals(planMacroDataset(40).slice(0, 10), plan);
  // Seeds and splits are as in any set.
  assertEquals(plan.map((c) => [c.seed, c.split]), planDataset(10).map((c) => [c.seed, c.split]));
  const folder = await Deno.makeTempDir();
  const work = { plan, shape: SHAPE, folder };
  const { made, clips } = await makeDataset(work, progress);
  assertEquals([made, (await makeDataset(work, progress)).cached], [10, 10]);
  for (const { name } of MACRO_WORLDS) {
    assertEquals(clips.filter((clip) => clip.world === name).length, 2, name);
  }
  for (const clip of clips) {
    assertEquals(clip.scale, "macro");
    const { seed, parameters, prompt } = clip;
    const own = worldOf({ world: clip.world, scale: "macro" });
    const expected = own.simulate(JSON.parse(parameters), { seed, ...SHAPE });
    assertEquals(JSON.parse(parameters), sampleParameters(own, seed));
    assertEquals(prompt, expected.caption);
    const truth = JSON.parse(await Deno.readTextFile(`${folder}/${clip.truth}`));
    assertEquals(truth, JSON.parse(JSON.stringify(expected.truth)));
  }
  await Deno.remove(folder, { recursive: true });
});

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
