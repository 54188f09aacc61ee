import { join } from "node:path";
import { assertEquals, assertInputError, assertOk } from "./testing/assert.ts";
import { inFolder } from "./testing/folder.ts";
import { sharedData } from "./testing/shared_data.ts";
import { chooseModel } from "./models/registry.ts";
import { runPaths } from "./paths.ts";
import { clipsTable } from "./records/clip.ts";
import { scoresTable } from "./records/score.ts";
import { verdictsTable } from "./records/verdict.ts";
import { reproduce } from "./reproduce.ts";
import { generateStep } from "./runs/generate_step.ts";
import { silent } from "./runs/progress.ts";
import { withSession } from "./runs/session.ts";
import { readTable } from "./store/table.ts";
import { encodeVideo } from "./video/encode.ts";
import { world } from "./worlds/all.ts";

const shared = sharedData("microworldbench");

Deno.test("the release needs verdicts to import, and its own folder where one is named", async () => {
  const folder = await Deno.makeTempDir();
  const invocation = { command: "reproduce", passed: [], resolved: {} };
  const attempt = (benchmark: string, results?: string) =>
    withSession(
      { folder: `${folder}/run`, invocation, progress: silent, begins: true, benchmark },
      (session) => reproduce({ models: [], rule: "release", results }, session),
    );
  const elsewhere = `${folder}/elsewhere`;
  await assertInputError(
    () => attempt(`release:${elsewhere}`, folder),
    `MWBenchRubrics_norm.json in ${elsewhere}`,
  );
  assertEquals([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what is selected is selected in every step: other clips of the run are left alone", async () => {
  const folder = await Deno.makeTempDir();
  const invocation = { command: "reproduce", passed: [], resolved: {} };
  const paths = runPaths(folder);
  await withSession({ folder, invocation, progress: silent, begins: true }, async (session) => {
    const more = { seeds: [0, 1], tasks: [1, 9] };
    await generateStep(chooseModel("simulator"), more, session);
    await generateStep(chooseModel("other=simulator"), more, session);
    const selected = { models: ["simulator"], tasks: [9], seeds: [1] };
    await reproduce({ ...selected, rule: "repaired" }, session);
  });
  const rest = async () => {
    await withSession({ folder, invocation, progress: silent, begins: true }, async (session) => {
      const selected = { models: ["simulator"], tasks: [9], seeds: [1], rest: true };
      await reproduce({ ...selected, rule: "repaired" }, session);
    });
    return placesOf(await readTable(scoresTable, paths.table("scores"))).length;
  };
  const placesOf = (rows: readonly { model: string; task: number; seed: number }[]) => [
    ...new Set(rows.map(({ model, task, seed }) => `${model} ${task} ${seed}`)),
  ];
  assertEquals(placesOf(await readTable(clipsTable, paths.table("clips"))).length, 8);
  const one = ["simulator 9 1"];
  assertEquals(placesOf(await readTable(verdictsTable, paths.table("verdicts"))), one);
  assertEquals(placesOf(await readTable(scoresTable, paths.table("scores"))), one);
  assertEquals(await rest(), 8);
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "a benchmark that no probe measures is not reproduced without verdicts",
  ignore: shared.absent,
  async fn() {
    const folder = await Deno.makeTempDir();
    const invocation = { command: "reproduce", passed: [], resolved: {} };
    const benchmark = `release:${shared.path}`;
    await assertInputError(
      () =>
        withSession(
          { folder, invocation, progress: silent, begins: true, benchmark },
          (session) => reproduce({ models: [], rule: "release" }, session),
        ),
      "--results DIR",
    );
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("a clip that cannot be read stops neither the others' verdicts nor the report", () =>
  inFolder(async (parent) => {
    const clips = join(parent, "clips");
    await Deno.mkdir(clips);
    const { video } = world("mitosis").simulate({}, { seed: 0, width: 64, height: 64, frames: 8 });
    await encodeVideo(video, join(clips, "9-1.mp4"));
    await Deno.writeTextFile(join(clips, "10.mp4"), "no film");
    const folder = join(parent, "run");
    const invocation = { command: "reproduce", passed: [], resolved: {} };
    await assertInputError(
      () =>
        withSession(
          { folder, invocation, progress: silent, begins: true },
          (session) => reproduce({ models: [`mine=folder:${clips}`], rule: "repaired" }, session),
        ),
      "1 of 2 clips of mine",
      "10.mp4",
    );
    const { table, report } = runPaths(folder);
    const scored = await readTable(scoresTable, table("scores"));
    assertEquals(new Set(scored.map(({ task, seed }) => `${task} ${seed}`)), new Set(["9 1"]));
    assertOk((await Deno.stat(join(report, "index.html"))).isFile);
  }));
