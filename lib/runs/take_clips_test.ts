import { basename, join } from "node:path";
import { openBenchmark } from "../benchmark/registry.ts";
import { InputError } from "../errors.ts";
import { chooseModel } from "../models/registry.ts";
import type { FoundClip } from "../models/video_model.ts";
import { runPaths } from "../paths.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import { exists } from "../store/file.ts";
import { readTable } from "../store/table.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { encodeVideo } from "../video/encode.ts";
import { world } from "../worlds/all.ts";
import { type GenerateSelection, generateStep } from "./generate_step.ts";
import { readManifest } from "./manifest.ts";
import { silent } from "./progress.ts";
import { withSession } from "./session.ts";
import { takeClips } from "./take_clips.ts";

const invocation = { command: "generate", passed: [], resolved: {} };

/** Takes the clips of a folder into a run; what is noted meanwhile is added to `notes`. */
function take(
  clips: string,
  folder: string,
  { notes = [], ...selection }: GenerateSelection & { notes?: string[] } = {},
): Promise<string> {
  const progress = { ...silent, note: (line: string) => void notes.push(line) };
  return withSession(
    { folder, invocation, progress, begins: true },
    (session) => generateStep(chooseModel(`folder:${clips}`), selection, session),
  );
}

const FILM = world("mitosis").simulate({}, { seed: 0, width: 64, height: 64, frames: 8 }).video;

async function write(folder: string, ...names: string[]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await encodeVideo(FILM, join(folder, names[0]));
  for (const name of names.slice(1)) {
    await Deno.copyFile(join(folder, names[0]), join(folder, name));
  }
}

const placesIn = async (folder: string) =>
  (await readTable(clipsTable, runPaths(folder).table("clips")))
    .map(({ task, seed, path }) => `${task} ${seed} ${basename(path)}`);

Deno.test("clips that are whole are kept and recorded where others are refused", () =>
  inFolder(async (parent) => {
    const [clips, folder] = ["clips", "run"].map((name) => join(parent, name));
    await Deno.mkdir(clips);
    for (const task of [1, 2]) await Deno.writeTextFile(join(clips, `${task}.mp4`), "no film");
    // A run in which nothing is kept is none.
    await assertInputError(() => take(clips, folder), "2 of 2 clips", "0 can");
    assertEquals(await exists(folder), false);
    await encodeVideo(FILM, join(clips, "3.mp4"));
    for (const counts of [[1, 0], [0, 1]]) {
      const notes: string[] = [];
      const error = await take(clips, folder, { notes }).catch((thrown) => thrown);
      // Tasks whose clip cannot be read are left out like those that have none.
      assertOk(
        notes.some((line) => line.includes("no clip for 38 of 39 tasks (1-2, 4-")),
        notes[0],
      );
      assertEquals(error instanceof InputError, true, String(error));
      const record = (await readManifest(runPaths(folder).manifest))!.invocations.at(-1)!;
      assertEquals([record.status, record.error, record.rows_made], [
        "failed",
        error.message,
        counts[0],
      ]);
      assertEquals(record.steps.map(({ name, made, cached }) => [name, made, cached]), [
        ["generate", ...counts],
      ]);
    }
    const rows = await readTable(clipsTable, runPaths(folder).table("clips"));
    assertEquals(rows.map(({ task }) => task), [3]);
  }));

Deno.test("several clips a task: each seed is a row, --seeds and --tasks select among them", () =>
  inFolder(async (parent) => {
    const [clips, folder] = ["clips", "run"].map((name) => join(parent, name));
    const { benchmark: { tasks } } = await openBenchmark("mini");
    const [prompt] = tasks.filter(({ task }) => task === 5).map(({ prompt }) =>
      prompt.slice(0, 90)
    );
    await write(clips, "1-0.mp4", "1_1.mp4", "2.mp4", "02-7.mp4", `${prompt}-3.mp4`);
    await take(clips, folder, { tasks: [1] });
    assertEquals(await placesIn(folder), ["1 0 1-0.mp4", "1 1 1_1.mp4"]);
    await take(clips, folder, { seeds: [7] });
    assertEquals((await placesIn(folder)).at(-1), "2 7 02-7.mp4");
    await take(clips, folder);
    assertEquals(await placesIn(folder), [
      ...["1 0 1-0.mp4", "1 1 1_1.mp4", "2 0 2.mp4", "2 7 02-7.mp4"],
      `5 3 ${prompt}-3.mp4`,
    ]);
    const rows = await readTable(clipsTable, runPaths(folder).table("clips"));
    assertEquals(new Set(rows.map(({ key }) => key)).size, rows.length);
  }));

Deno.test("a clip that left its folder, or is no film any more, leaves the run; no file is touched", () =>
  inFolder(async (parent) => {
    const [clips, folder] = ["clips", "run"].map((name) => join(parent, name));
    await write(clips, "1.mp4", "2.mp4", "2-1.mp4", "3.mp4", "4.mp4");
    await take(clips, folder);
    await Deno.rename(join(clips, "2-1.mp4"), join(parent, "kept.mp4"));
    await Deno.rename(join(clips, "4.mp4"), join(clips, "4.mov"));
    await Deno.writeTextFile(join(clips, "3.mp4"), "no film any more");
    const notes: string[] = [];
    // Whatever is selected, what the run has is looked at again.
    await assertInputError(
      () => take(clips, folder, { tasks: [1], notes }),
      "1 of 4 clips",
      "3.mp4",
    );
    assertEquals(notes.filter((note) => note.includes("leaves")), [
      "clips: 1 clip leaves the run, gone from the folder: task 2 seed 1",
      "clips: 1 clip leaves the run, no longer readable: task 3 seed 0",
    ]);
    assertEquals(await placesIn(folder), ["1 0 1.mp4", "2 0 2.mp4", "4 0 4.mov"]);
    assertEquals(await Deno.readTextFile(join(clips, "3.mp4")), "no film any more");
    const other =
      world("mitosis").simulate({}, { seed: 1, width: 64, height: 64, frames: 8 }).video;
    await encodeVideo(other, join(clips, "3.mp4"));
    await encodeVideo(other, join(clips, "1.mp4"));
    await take(clips, folder);
    assertEquals((await placesIn(folder)).length, 4);
    const rows = await readTable(clipsTable, runPaths(folder).table("clips"));
    assertEquals(rows[0].sha256, rows.find(({ task }) => task === 3)!.sha256);
    assertEquals(await exists(join(parent, "kept.mp4")), true);
  }));

Deno.test("an error of any kind while a clip is read is that clip's, by name", () =>
  inFolder(async (parent) => {
    const folder = join(parent, "run");
    const found = ["1", "2", "3"].map((name, i) => ({
      task: i + 1,
      seed: 0,
      path: `/x/${name}.mp4`,
    }));
    const row = (task: number) =>
      ({ ...ROW, task, path: `/x/${task}.mp4`, key: `key ${task}` }) satisfies Clip;
    const rowOf = ({ task }: FoundClip) =>
      task === 3
        ? Promise.resolve(row(task))
        : Promise.reject(task === 1 ? new Error("Invalid data found") : new TypeError("b is null"));
    await Deno.mkdir(folder);
    const { made, refused } = await takeClips(
      { name: "mine", found, rowOf },
      { paths: runPaths(folder) },
      silent.step("generate", 3),
    );
    assertEquals([made, await placesIn(folder)], [1, ["3 0 3.mp4"]]);
    await assertInputError(
      () => Promise.reject(refused),
      "2 of 3 clips of mine",
      "Cannot read clip /x/1.mp4: Invalid data found",
      "Cannot read clip /x/2.mp4: b is null",
    );
  }));

Deno.test("what is missing is said with how it counts, and what is passed over is listed", () =>
  inFolder(async (parent) => {
    const [clips, folder] = ["clips", "run"].map((name) => join(parent, name));
    await write(clips, "2.mp4", "9.mp4");
    await Deno.mkdir(join(clips, "raw"));
    await Deno.writeTextFile(join(clips, "prompts.txt"), "");
    const notes: string[] = [];
    await take(clips, folder, { notes, tasks: [1, 2, 3, 4, 9] });
    assertOk(
      notes.includes('clips: passed over, not clips: "prompts.txt", "raw"'),
      notes.join("\n"),
    );
    assertOk(
      notes.some((note) =>
        note.startsWith("clips has no clip for 3 of 5 tasks (1, 3-4)") &&
        note.includes("not counted as 0")
      ),
      notes.join("\n"),
    );
  }));

/** A row's numbers do not matter here. */
const ROW = {
  ...{
    model: "mine",
    seed: 0,
    world: "",
    violation: "",
    sha256: "",
    frames: 1,
    width: 1,
    height: 1,
  },
  ...{ fps: 1, steps: 0, guidance: 0, device: "none", seconds: 0 },
};
