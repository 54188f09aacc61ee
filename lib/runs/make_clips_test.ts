/** Clips that fail by themselves, and those beside them. */
import { join } from "node:path";
import { ClipError } from "../errors.ts";
import type { Generator } from "../models/generator.ts";
import { runPaths } from "../paths.ts";
import { clipsTable } from "../records/clip.ts";
import type { Task } from "../records/task.ts";
import { openCache } from "../store/cache.ts";
import { exists } from "../store/file.ts";
import { keyOf } from "../store/key.ts";
import { readTable } from "../store/table.ts";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { generateClips } from "./generate.ts";
import { silent } from "./progress.ts";

const taskOf = (task: number): Task => ({
  ...{
    benchmark: "mini",
    task,
    scale: "cell",
    prompt: `${task}`,
    requirement: "",
    source: "",
  } as const,
});

/** A model whose clips of the named tasks and seeds fail, and that records what it was asked for. */
function failing(bad: readonly string[], options: Partial<Generator> = {}) {
  const asked: number[][] = [];
  const generateAll: NonNullable<Generator["generateAll"]> = ({ task }, { seeds }) => {
    asked.push([...seeds]);
    if (seeds.some((seed) => bad.includes(`${task}/${seed}`))) {
      return Promise.reject(new ClipError(`NaN in task ${task}`));
    }
    const frame = (seed: number) => new Uint8Array(32 * 32 * 3).fill(seed);
    return Promise.resolve(
      seeds.map((seed) => ({ width: 32, height: 32, fps: 8, frames: [frame(seed)] })),
    );
  };
  const generator: Generator = {
    ...{ name: "m", steps: 1, guidance: 1, device: "cpu", fingerprint: () => "1", generateAll },
    generate: async (task, { seed }) => (await generateAll(task, { seeds: [seed] }))[0],
    ...options,
  };
  return { generator, asked };
}

const progress = silent.step("generate", 0);

Deno.test("a clip that fails leaves neither file nor row; the others are made, and it is named", () =>
  inFolder(async (folder) => {
    const paths = runPaths(folder);
    const { generator } = failing(["1/1", "3/0", "3/1"]);
    const work = { generator, tasks: [1, 2, 3].map(taskOf), seeds: [0, 1], paths };
    const { made, refused, summary } = await generateClips(work, progress);
    assertEquals([made, summary], [3, "3 failed, 3 made, 0 cached"]);
    assertEquals(
      refused?.message,
      "3 of 6 clips of m were not made (3 are there):\n  task 1 seed 1: NaN in task 1\n" +
        "  task 3 seed 0, task 3 seed 1: NaN in task 3",
    );
    const rows = await readTable(clipsTable, paths.table("clips"));
    assertEquals(rows.map(({ task, seed }) => [task, seed]), [[1, 0], [2, 0], [2, 1]]);
    assertOk(!await exists(join(folder, paths.clip("m", 3, 0))));
    // What is mended is made, what was there is kept.
    const again = await generateClips({ ...work, generator: failing(["3/0"]).generator }, progress);
    assertEquals([again.made, again.cached], [2, 3]);
  }));

Deno.test("of clips that are made together only those fail that must", () =>
  inFolder(async (folder) => {
    const { generator, asked } = failing(["1/5"], { batch: 3 });
    const paths = runPaths(folder);
    const { made, refused } = await generateClips(
      { generator, tasks: [taskOf(1)], seeds: [4, 5, 6], paths },
      progress,
    );
    assertEquals([made, asked], [2, [[4, 5, 6], [4, 4, 4], [5, 5, 5], [6, 6, 6]]]);
    assertOk(refused?.message.includes("task 1 seed 5: NaN"));
  }));

Deno.test("where every clip fails nothing is left; another error ends the work", () =>
  inFolder(async (folder) => {
    const paths = runPaths(folder);
    const prepare = () => Promise.reject(new ClipError("of a prompt"));
    const { generator } = failing(["1/0"], { prepare });
    const work = { tasks: [taskOf(1)], seeds: [0], paths };
    const { made, refused } = await generateClips({ ...work, generator }, progress);
    assertOk(made === 0 && refused !== undefined && !await exists(paths.table("clips")));
    const broken = { ...generator, generate: () => Promise.reject(new Error("a bug")) };
    const message = await generateClips({ ...work, generator: broken }, progress)
      .then(() => "made", ({ message }) => message);
    assertEquals(message, "a bug");
  }));

Deno.test("a clip is saved at its model's constant rate factor", () =>
  inFolder(async (folder) => {
    const paths = runPaths(folder);
    for (const crf of [undefined, 25]) {
      const { generator } = failing([], { crf, name: `m${crf}` });
      await generateClips({ generator, tasks: [taskOf(1)], seeds: [0], paths }, progress);
      const [{ path }] = (await readTable(clipsTable, paths.table("clips")))
        .filter(({ model }) => model === generator.name);
      const bytes = await Deno.readTextFile(join(folder, path));
      assertOk(bytes.includes(`crf=${crf ?? 18}.0`));
    }
  }));

Deno.test("a clip of an earlier version that now fails is not taken over, nor ends the work", () =>
  inFolder(async (folder) => {
    const paths = runPaths(folder);
    const work = { tasks: [taskOf(1)], seeds: [0], paths };
    const former = { formerFingerprint: () => "of old" };
    const old = failing([], { fingerprint: () => "of old" });
    // The encoder's version is part of the present form alone: a row as the former one wrote it.
    await generateClips({ ...work, generator: old.generator }, progress);
    const [row] = await readTable(clipsTable, paths.table("clips"));
    const { task, seed } = row;
    const key = keyOf({ model: "m", made: "of old", ...taskOf(task), seed });
    const table = await openCache(clipsTable, paths.table("clips"));
    await table.append([{ ...row, key }]);
    await table.compact();
    const now = failing(["1/0"], former);
    const { made, cached, refused } = await generateClips(
      { ...work, generator: now.generator },
      progress,
    );
    assertEquals([made, cached, now.asked.length], [0, 0, 2]);
    assertOk(refused?.message.includes("task 1 seed 0: NaN"));
  }));

Deno.test("a file where a clip is to be is kept under another name, unless it is that very clip", () =>
  inFolder(async (folder) => {
    const paths = runPaths(folder);
    const { generator } = failing([]);
    const file = join(folder, paths.clip("m", 1, 0));
    const theirs = ["mine", new Uint8Array()];
    await Deno.mkdir(join(folder, "clips", "m"), { recursive: true });
    for (const content of theirs) {
      await Deno.writeFile(file, new TextEncoder().encode(String(content)));
      const notes: string[] = [];
      const note = (line: string) => void notes.push(line);
      const tasks = [taskOf(1)];
      await generateClips({ generator, tasks, seeds: [0], paths, note }, progress);
      const [aside] = [...Deno.readDirSync(join(folder, "clips", "m"))]
        .map(({ name }) => name).filter((name) => name.startsWith("found-"));
      assertOk(notes[0].includes(file) && notes[0].includes(aside), notes[0]);
      assertEquals(await Deno.readTextFile(join(folder, "clips", "m", aside)), String(content));
      await Deno.remove(join(folder, "clips", "m", aside));
      // As after a kill between the clip and its row.
      await Deno.remove(paths.table("clips"));
      await generateClips({ generator, tasks, seeds: [0], paths, note }, progress);
      assertEquals([notes.length, [...Deno.readDirSync(join(folder, "clips", "m"))].length], [
        1,
        1,
      ]);
      await Deno.remove(paths.table("clips"));
    }
  }));
