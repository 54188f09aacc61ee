/** The models by name: what each name opens, and what it refuses. */
import { join } from "node:path";
import { openBenchmark } from "../benchmark/registry.ts";
import { PROJECT } from "../paths.ts";
import { allEntries, choose, type Chosen } from "../registry.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { encodeVideo } from "../video/encode.ts";
import { chooseModel, EMBEDDED_MODELS, MODELS } from "./registry.ts";
import type { OpenGenerator, VideoModel } from "./video_model.ts";
import { SAMPLING } from "./nano/sampling.ts";
import { MICROVERSE_SAMPLING, WAN_CLIP } from "./wan/settings.ts";

const loaded = await openBenchmark("mini");

function open({ entry, spec, options }: Chosen<VideoModel>, notes: string[] = []) {
  return entry.open({ spec, options, loaded, note: (line) => notes.push(line) });
}

async function generatorOf(...given: Parameters<typeof choose<VideoModel>>) {
  const opened = await open(choose(...given));
  assertOk(!("found" in opened));
  return opened as OpenGenerator;
}

Deno.test("entries: a name, ways to name it, one line of help, options that help can show", () => {
  for (const [name, entry] of Object.entries(MODELS)) {
    assertEquals(entry.name, name);
    assertOk(entry.syntax.every(({ form }) => form.split(":")[0] === name), name);
    for (const [option, schema] of Object.entries(entry.options.shape)) {
      const { help } = schema.meta() as { help?: string };
      assertOk(/^[a-z][a-z-]*$/.test(option) && help?.endsWith("."), `${name} --${option}`);
    }
  }
  assertEquals(allEntries(MODELS).length, Object.keys(MODELS).length);
});

Deno.test("each model has its own defaults: Wan's are MicroVerse's, Nano's its own", () => {
  const { steps, guidance, shift, solver } = chooseModel("nano").options;
  assertEquals({ steps, guidance, shift, solver }, { ...SAMPLING } as unknown);
  const wan = chooseModel("wan:/weights").options;
  const { shift: folders, ...own } = MICROVERSE_SAMPLING;
  for (const [name, value] of Object.entries(own)) assertEquals(wan[name], value, name);
  // Left out it is the folder's with one solver, so there is no default to parse to.
  assertEquals(wan.shift, undefined);
  const shown = (option: string) =>
    (MODELS.wan.options.shape[option].meta() as { initial: string }).initial;
  assertEquals(shown("shift"), String(folders));
  assertEquals(shown("size"), `${WAN_CLIP.width}x${WAN_CLIP.height}x${WAN_CLIP.frames}`);
});

Deno.test("the embedded models open under their names, and under others", async () => {
  const names: string[] = [];
  for (const name of EMBEDDED_MODELS) {
    names.push((await disposed(MODELS, name, "model")).name);
  }
  assertEquals(names, ["s-base", "l-base", "nano", "simulator", "violator"]);
  const { name, steps } = await disposed(MODELS, "mine=nano", "model", { steps: "3" });
  assertEquals([name, steps], ["mine", 3]);
});

/** A generator's facts, closed again. */
async function disposed(...given: Parameters<typeof choose<VideoModel>>) {
  const generator = await generatorOf(...given);
  const { name, steps } = generator;
  generator[Symbol.dispose]?.();
  return { name, steps };
}

Deno.test("trained:DIR/NAME is a model of a folder; DIR alone where it holds one", async () => {
  const { name } = await disposed(MODELS, `trained:${PROJECT.models}/s-base`, "model");
  assertEquals(name, "s-base");
  const own = await Deno.makeTempDir();
  const manifest = JSON.parse(await Deno.readTextFile(join(PROJECT.models, "models.json")));
  const single = { ...manifest, models: { nano: manifest.models.nano } };
  await Deno.writeTextFile(join(own, "models.json"), JSON.stringify(single));
  assertEquals((await disposed(MODELS, `my=trained:${own}`, "model")).name, "my");
  await assertInputError(() => open(chooseModel(`trained:${own}/l-base`)), own, "l-base");
  await assertInputError(() => open(chooseModel(`trained:${PROJECT.models}`)), "s-base, nano");
  await assertInputError(() => open(chooseModel("trained:/no/weights")), "/no/weights", "train");
  await Deno.remove(own, { recursive: true });
});

Deno.test("the simulator: a violation by its short form or its option, not two; no worlds, no clips", async () => {
  const { name } = await generatorOf(MODELS, "simulator", "model", { violation: "each" });
  assertEquals(name, "violator");
  const both = () =>
    open(choose(MODELS, "simulator:plug-flow", "model", { violation: "frozen-beat" }));
  await assertInputError(both, "plug-flow", "frozen-beat");
  await assertInputError(() => open(chooseModel("simulator:plugflow")), "did you mean plug-flow?");
  const { entry, spec, options } = chooseModel("simulator");
  const bare = { ...loaded, scenes: undefined };
  await assertInputError(
    () => entry.open({ spec, options, loaded: bare, note() {} }),
    "simulates the worlds of mini",
  );
});

Deno.test("a folder's clips are found, counted and read; the folder's name is the model's", async () => {
  const folder = await Deno.makeTempDir({ prefix: "clips-" });
  const frames = [0, 1].map((t) => new Uint8Array(48 * 32 * 3).fill(50 * t));
  await encodeVideo({ width: 48, height: 32, fps: 8, frames }, join(folder, "3.mp4"));
  await Deno.writeTextFile(join(folder, "notes.txt"), "");
  const notes: string[] = [];
  const opened = await open(chooseModel(`folder:${folder}`), notes);
  assertOk("found" in opened);
  assertOk(folder.endsWith(opened.name));
  assertEquals(notes, [`${opened.name}: passed over, not clips: "notes.txt"`]);
  const row = await opened.rowOf(opened.found[0]);
  assertEquals([row.model, row.task, row.frames, row.world], [opened.name, 3, 2, ""]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Wan's negative prompt is text or a file; a missing file is named", async () => {
  const given = { "negative-prompt": "@/no/such.txt" };
  await assertInputError(
    () => open(choose(MODELS, "wan:/weights", "model", given)),
    "/no/such.txt",
  );
  await assertInputError(() => open(chooseModel("wan:/no/weights")), "/no/weights");
});

Deno.test("options that no model can take are refused before anything is opened", async () => {
  const refused: [string, Record<string, string>, string][] = [
    ["nano", { guidance: "1e999" }, "0 or more, 100 at most"],
    ["nano", { shift: "0" }, "above 0, 100 at most"],
    ["nano", { steps: "1001" }, "1000 at most"],
    ["nano", { "batch-size": "99999999" }, "256 at most"],
    ["wan:/weights", { guidance: "-1" }, "0 or more, 100 at most"],
    ["wan:/weights", { shift: "0" }, "above 0, 100 at most"],
    ["wan:/weights", { size: "99999999x480x81" }, "sides of 16 to 4096"],
    ["simulator", { size: "1x1x1" }, "sides of 32 to 2048 and 1 to 1000 frames"],
    ["simulator", { size: "64x64x99999999999999999999" }, "1 to 1000 frames"],
    ["simulator", { fps: "1000" }, "240 at most"],
    ["simulator:constructor", {}, "Cannot plant constructor; expected each or one of plug-flow"],
    ["simulator", { violation: "plugflow" }, "did you mean plug-flow?"],
  ];
  for (const [name, given, expected] of refused) {
    await assertInputError(() => choose(MODELS, name, "model", given), expected);
  }
  await assertInputError(
    () => open(chooseModel("folder:/")),
    'the model name ""',
    "LABEL=folder:/",
  );
  assertEquals(choose(MODELS, "simulator:plug-flow", "model").spec.argument, "plug-flow");
});
