import { dirname, join } from "node:path";
import sharp from "sharp";
import type { Scene } from "../benchmark/mini.ts";
import type { Task } from "../records/task.ts";
import type { Clip } from "../records/clip.ts";
import { world } from "../worlds/all.ts";
import { runPaths } from "../paths.ts";
import { sha256 } from "../store/key.ts";
import { assertEquals, assertInputError, assertNear, assertOk } from "../testing/assert.ts";
import { encodeVideo } from "../video/encode.ts";
import { clipsByWorld, modelSheet, modelsSheet, SHOWN_MODELS } from "./model_sheet.ts";
import { writeSheets } from "./sheets.ts";

const WORLD_OF = ["mitosis", "mitosis", "kinesin", "valve"];
const SCENES = new Map<number, Scene>(
  WORLD_OF.map((name, i) => [i + 1, { world: name, parameters: {} }]),
);
const TASKS: Task[] = WORLD_OF.map((name, i) => ({
  benchmark: "mini",
  task: i + 1,
  scale: "cell",
  prompt: `Show ${name}.`,
  requirement: "",
  source: `world:${name}`,
}));

function row(model: string, task: number, seed: number): Clip {
  const path = runPaths("").clip(model, task, seed);
  const shape = { frames: 9, width: 64, height: 64, fps: 4 };
  const made = { steps: 1, guidance: 1, device: "cpu", seconds: 1, key: "" };
  const origin = { world: "", violation: "" };
  return {
    model,
    task,
    seed,
    ...origin,
    path,
    sha256: `${model}/${task}/${seed}`,
    ...shape,
    ...made,
  };
}

/** A folder with small real clips: simulated ones, and uniform grey ones for the models. */
async function withClips(
  clips: Clip[],
  use: (folder: string, clips: Clip[]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const made: Clip[] = [];
    for (const clip of clips) {
      const { width, height, frames: count, fps } = clip;
      const level = 40 * (1 + SHOWN_MODELS.findIndex(({ model }) => model === clip.model));
      const grey = Array.from(
        { length: count },
        () => new Uint8Array(width * height * 3).fill(level),
      );
      const size = { width, height, frames: count, fps };
      const video = clip.model === "simulator"
        ? world(WORLD_OF[clip.task - 1]).simulate({}, { seed: 0, ...size }).video
        : { width, height, fps, frames: grey };
      const file = join(folder, clip.path);
      await Deno.mkdir(dirname(file), { recursive: true });
      await encodeVideo(video, file);
      made.push({ ...clip, sha256: sha256(await Deno.readFile(file)) });
    }
    await use(folder, made);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the first task that most models have in each world, and each model's lowest seed", () => {
  const clips = [
    row("simulator", 1, 0),
    row("simulator", 2, 0),
    row("nano", 2, 1),
    row("nano", 2, 0),
    row("s-base", 3, 4),
    row("violator", 4, 0),
  ];
  const found = clipsByWorld(TASKS, SCENES, clips, "/run");
  assertEquals(found.map(({ world, task }) => [world, task.task]), [["mitosis", 2], [
    "kinesin",
    3,
  ]]);
  assertEquals(
    found.map(({ clips }) => clips.map(({ label, file, clip }) => [label, file, clip.seed])),
    [
      [["Nano", "/run/clips/nano/2-0.mp4", 0], ["Simulator", "/run/clips/simulator/2-0.mp4", 0]],
      [["S-base", "/run/clips/s-base/3-4.mp4", 4]],
    ],
  );
  assertEquals(clipsByWorld(TASKS, new Map(), clips, "/run"), []);
});

Deno.test("a sheet has a row for each model present, with the frames of its own clip", async () => {
  const clips = ["nano", "s-base", "simulator"].map((model) => row(model, 1, 0));
  await withClips(clips, async (folder, made) => {
    const [shown] = clipsByWorld(TASKS, SCENES, made, folder);
    const jpeg = await modelSheet(shown);
    assertEquals(await modelSheet(shown), jpeg);
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    assertEquals(info.width, 800);
    const across = (760 - 142 - 15) / 6;
    // From the bottom: the simulator, Nano, S-base.
    for (const [line, level] of [[1, 120], [2, 40]]) {
      const y = Math.round(info.height - 14 - across / 2 - line * (across + 8));
      for (const column of [0, 5]) {
        const x = Math.round(162 + column * (across + 3) + across / 2);
        assertNear(data[(y * info.width + x) * 3], level, 6, `row ${line} from below`);
      }
    }
  });
});

Deno.test("clips of another size are fitted, and no clips is an error", async () => {
  const wide = { ...row("nano", 1, 0), width: 96, height: 48, frames: 5 };
  await withClips([wide, row("s-base", 1, 0)], async (folder, made) => {
    const shown = clipsByWorld(TASKS, SCENES, made, folder);
    for (const jpeg of [await modelSheet(shown[0]), await modelsSheet(shown)]) {
      assertEquals([...jpeg.subarray(0, 2)], [0xff, 0xd8]);
    }
    await assertInputError(() => modelsSheet([]), "0 clips");
  });
});

Deno.test("existing sheets are kept without decoding clips; sheets of other clips are removed", async () => {
  const clips = [row("nano", 1, 0), row("simulator", 1, 0), row("nano", 3, 0)];
  await withClips(clips, async (folder, made) => {
    const paths = runPaths(folder);
    const shown = clipsByWorld(TASKS, SCENES, made, folder);
    const first = await writeSheets(shown, paths);
    assertEquals(first.made, 3);
    const names = () => [...Deno.readDirSync(join(paths.report, "sheets"))].map(({ name }) => name);
    assertEquals(names().length, 3);
    assertOk([first.all, ...first.each].every((file) => names().includes(file.slice(7))));

    await Deno.remove(join(folder, "clips"), { recursive: true });
    assertEquals(await writeSheets(shown, paths), { ...first, made: 0 });

    const changed = made.map((clip, i) => i === 0 ? { ...clip, sha256: "other" } : clip);
    await withClips(clips, async (other) => {
      const again = clipsByWorld(TASKS, SCENES, changed, other);
      const second = await writeSheets(again, paths);
      assertEquals([second.made, second.each[1]], [2, first.each[1]]);
      assertOk(second.all !== first.all && second.each[0] !== first.each[0]);
      assertEquals(names().length, 3);
    });
  });
});
