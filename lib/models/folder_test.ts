import { hash } from "node:crypto";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { encodeVideo } from "../video/encode.ts";
import { clipOfFile, scanFolder } from "./folder.ts";

async function inFolder(names: string[], run: (folder: string) => Promise<unknown>) {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of names) await (await Deno.create(`${folder}/${name}`)).close();
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const TASKS = Array.from({ length: 12 }, (_, i) => ({ task: i + 1, prompt: "" }));

Deno.test("clips are listed by number, in any of the formats and either case", () =>
  inFolder(["10.mp4", "2.MOV", "007.gif", "1.webm", "3.mkv", "4.avi"], async (folder) => {
    const { clips, missing, ignored } = await scanFolder(folder, TASKS);
    const listed = clips.map(({ task, path }) => [task, path.slice(folder.length + 1)]);
    assertEquals(listed, [
      [1, "1.webm"],
      [2, "2.MOV"],
      [3, "3.mkv"],
      [4, "4.avi"],
      [7, "007.gif"],
      [10, "10.mp4"],
    ]);
    assertEquals(missing, [5, 6, 8, 9, 11, 12]);
    assertEquals(ignored, []);
  }));

Deno.test("notes, hidden files and folders are ignored and listed", () =>
  inFolder([".DS_Store", "._1.mp4", "1.mp4", "meta.json", "prompts.txt"], async (folder) => {
    await Deno.mkdir(`${folder}/5.mp4`);
    const { clips, ignored } = await scanFolder(folder, TASKS);
    assertEquals(clips.map(({ task }) => task), [1]);
    assertEquals(ignored, [".DS_Store", "._1.mp4", "5.mp4", "meta.json", "prompts.txt"]);
  }));

Deno.test("one error lists all problems", () => {
  const names = [
    "1.mp4",
    "12.avi",
    "12.mp4",
    "3.mp4",
    "03.mp4",
    "0.mp4",
    "13.mp4",
    "clip_a.mp4",
    "-2.mp4",
    "1.5.mp4",
    "4.wmv",
    "notes.txt",
  ];
  return inFolder(names, async (folder) => {
    const message = await assertInputError(
      () => scanFolder(folder, TASKS),
      folder,
      "12.avi, 12.mp4: 2 files for task 12, seed 0",
      "03.mp4, 3.mp4: 2 files for task 3, seed 0",
      "0.mp4: the benchmark has no task 0; expected one of 12 tasks from 1 to 12",
      "13.mp4: the benchmark has no task 13",
      "clip_a.mp4: the name is neither a task's number nor its prompt",
      "-2.mp4: the name is neither a task's number nor its prompt",
      "1.5.mp4: the name is neither a task's number nor its prompt",
      "4.wmv: .wmv clips are not read",
    );
    assertEquals(message.split("\n").length, 9);
    assertOk(!message.includes("notes.txt"));
  });
});

Deno.test("a missing folder, or one without clips, is an error that lists what was found", async () => {
  await inFolder(
    [],
    (folder) =>
      assertInputError(() => scanFolder(folder, TASKS), folder, "no clips", "its 0 entries"),
  );
  await inFolder(
    ["a.txt", "b.json"],
    (folder) => assertInputError(() => scanFolder(folder, TASKS), "no clips", "a.txt, b.json"),
  );
  await inFolder(["1.mp4"], async (folder) => {
    await assertInputError(() => scanFolder(`${folder}/none`, TASKS), `${folder}/none`);
    await assertInputError(() => scanFolder(`${folder}/1.mp4`, TASKS), `${folder}/1.mp4`);
  });
});

Deno.test("a narrower choice of extensions refuses the others", () =>
  inFolder(["1.mp4", "2.gif"], async (folder) => {
    const scan = () => scanFolder(folder, TASKS, { extensions: [".mp4"] });
    await assertInputError(scan, "2.gif: .gif clips are not read; expected .mp4");
  }));

Deno.test("a clip's row describes the file, and its key depends on contents, task and model", () =>
  inFolder([], async (folder) => {
    const draw = (grey: number) =>
      Array.from({ length: 5 }, (_, t) => new Uint8Array(48 * 32 * 3).fill(grey + 9 * t));
    const write = (name: string, grey: number) =>
      encodeVideo({ width: 48, height: 32, fps: 16, frames: draw(grey) }, `${folder}/${name}`);
    await write("1.mp4", 20);
    await write("2.mp4", 90);
    await Deno.copyFile(`${folder}/1.mp4`, `${folder}/copy.mp4`);
    const { key, ...clip } = await clipOfFile(
      { path: `${folder}/1.mp4`, task: 1, seed: 0 },
      "mine",
    );
    assertEquals(clip, {
      model: "mine",
      task: 1,
      seed: 0,
      world: "",
      violation: "",
      path: `${folder}/1.mp4`,
      sha256: hash("sha256", await Deno.readFile(`${folder}/1.mp4`)),
      frames: 5,
      width: 48,
      height: 32,
      fps: 16,
      steps: 0,
      guidance: 0,
      device: "none",
      seconds: 0,
    });
    assertEquals(
      (await clipOfFile({ path: `${folder}/copy.mp4`, task: 1, seed: 0 }, "mine")).key,
      key,
    );
    const others = [
      await clipOfFile({ path: `${folder}/2.mp4`, task: 1, seed: 0 }, "mine"),
      await clipOfFile({ path: `${folder}/1.mp4`, task: 2, seed: 0 }, "mine"),
      await clipOfFile({ path: `${folder}/1.mp4`, task: 1, seed: 0 }, "yours"),
    ];
    assertEquals(new Set([key, ...others.map((other) => other.key)]).size, 4);
  }));

Deno.test("an empty or truncated clip is an error", () =>
  inFolder(["1.mp4"], async (folder) => {
    const frames = Array.from({ length: 9 }, (_, t) => new Uint8Array(48 * 32 * 3).fill(9 * t));
    await encodeVideo({ width: 48, height: 32, fps: 16, frames }, `${folder}/2.mp4`);
    await Deno.truncate(`${folder}/2.mp4`, 1500);
    await assertInputError(
      () => clipOfFile({ path: `${folder}/1.mp4`, task: 1, seed: 0 }, "mine"),
      "1.mp4",
      "empty",
    );
    await assertInputError(
      () => clipOfFile({ path: `${folder}/2.mp4`, task: 2, seed: 0 }, "mine"),
      "2.mp4",
      "not whole",
    );
  }));

Deno.test({
  name: "pipes and links to folders are passed over, links to clips are taken",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(["5.mp4", "kept.txt"], async (folder) => {
      const made = await new Deno.Command("mkfifo", { args: [`${folder}/1.mp4`] }).output();
      assertOk(made.success);
      await Deno.symlink(folder, `${folder}/2.mp4`);
      await Deno.symlink(`${folder}/5.mp4`, `${folder}/3.mp4`);
      await Deno.symlink("/no/such/clip", `${folder}/4.mp4`);
      const { clips, ignored } = await scanFolder(folder, TASKS);
      assertEquals(clips.map(({ task }) => task), [3, 4, 5]);
      assertEquals(ignored, ["1.mp4", "2.mp4", "kept.txt"]);
      await assertInputError(() => clipOfFile(clips[1], "mine"), "4.mp4");
    }),
});
