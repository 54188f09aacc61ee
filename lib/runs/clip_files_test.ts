/** Clips that were replaced, damaged or deleted after judging. */
import { join } from "node:path";
import { openBenchmark } from "../benchmark/registry.ts";
import { type RunPaths, runPaths } from "../paths.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import { scoresTable } from "../records/score.ts";
import { verdictsTable } from "../records/verdict.ts";
import { sortRows } from "../store/cache.ts";
import { sha256 } from "../store/key.ts";
import { readTable, writeTable } from "../store/table.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { verdictOn } from "../testing/verdicts.ts";
import { chooseJudge } from "../judges/registry.ts";
import { chooseModel } from "../models/registry.ts";
import { agreementStep } from "./agreement.ts";
import { findFaults } from "./clip_files.ts";
import { generateStep } from "./generate_step.ts";
import { judgeStep } from "./judge_step.ts";
import { silent } from "./progress.ts";
import { type ScoreOptions, scoreStep } from "./score.ts";
import { type Session, withSession } from "./session.ts";

const invocation = { command: "try", passed: [], resolved: {} };

/** Works in a run and gives what it noted. */
async function inRun(folder: string, work: (session: Session) => Promise<unknown>) {
  const notes: string[] = [];
  const progress = { ...silent, note: (line: string) => void notes.push(line) };
  await withSession({ folder, invocation, progress, begins: true }, work);
  return notes.join("\n");
}

const score = (folder: string, options: ScoreOptions = {}) =>
  inRun(folder, (session) => scoreStep(session, options));

/** A run with clips of tasks 1 to 6 and two judges' verdicts on all of them. */
async function judgedRun(folder: string, bound = true): Promise<RunPaths> {
  const paths = runPaths(folder);
  await inRun(folder, () => Promise.resolve());
  const { benchmark } = await openBenchmark("mini");
  const clips = [1, 2, 3, 4, 5, 6].map((task): Clip => ({
    ...{ model: "mine", task, seed: 0, world: "", violation: "", path: `clips/mine/${task}-0.mp4` },
    ...{ sha256: sha256(`film ${task}`), frames: 8, width: 8, height: 8, fps: 8, steps: 0 },
    ...{ guidance: 0, device: "none", seconds: 0, key: `${task}` },
  }));
  await Deno.mkdir(join(folder, "clips/mine"), { recursive: true });
  for (const { path, task } of clips) {
    await Deno.writeTextFile(join(folder, path), `film ${task}`);
  }
  const verdicts = ["probe", "person"].flatMap((judge) =>
    benchmark.criteria.filter(({ task }) => task <= 6).map((row) => {
      const of = { judge, model: "mine", seed: 0, key: `${judge} ${row.task} ${row.id}` };
      const clip_sha256 = bound ? clips[row.task - 1].sha256 : "";
      return verdictOn(row, row.sign > 0, { ...of, clip_sha256 });
    })
  );
  await writeTable(clipsTable, paths.table("clips"), sortRows(clipsTable, clips));
  await writeTable(verdictsTable, paths.table("verdicts"), sortRows(verdictsTable, verdicts));
  return paths;
}

async function scoredTasks(paths: RunPaths): Promise<number[]> {
  const rows = await readTable(scoresTable, paths.table("scores"));
  return [...new Set(rows.map(({ task }) => task))].sort();
}

Deno.test("a clip that was replaced, damaged or deleted is not scored, and named with what to do", async () => {
  await inFolder(async (parent) => {
    const folder = join(parent, "run");
    const paths = await judgedRun(folder);
    assertEquals(await score(folder), "");
    assertEquals(await scoredTasks(paths), [1, 2, 3, 4, 5, 6]);

    const [one, two, three] = [1, 2, 3].map((task) => join(folder, `clips/mine/${task}-0.mp4`));
    await Deno.remove(one);
    // Of the same size and with the same times as before.
    const { atime, mtime } = await Deno.stat(two);
    await Deno.writeTextFile(two, "film 9");
    await Deno.utime(two, atime!, mtime!);
    await Deno.writeTextFile(three, "");
    const told = await score(folder);
    assertOk(/^\d+ verdicts on 3 clips are not scored:/.test(told), told);
    assertOk(/1-0\.mp4 \(mine, task 1, seed 0\): \d+, the file is gone/.test(told), told);
    assertOk(/2-0\.mp4 .*: \d+, the file has changed/.test(told), told);
    assertOk(/3-0\.mp4 .*: \d+, the file has changed/.test(told), told);
    for (const words of ["deno task generate --run", "--without-clips"]) {
      assertOk(told.includes(words), told);
    }
    assertEquals(await scoredTasks(paths), [4, 5, 6]);
    const agreed = await inRun(
      folder,
      (session) => agreementStep({ judges: ["probe", "person"], rule: "repaired" }, {}, session),
    );
    assertOk(agreed.includes("on 3 clips are not scored"), agreed);

    // Put back, they count again.
    for (const task of [1, 2, 3]) {
      await Deno.writeTextFile(join(folder, `clips/mine/${task}-0.mp4`), `film ${task}`);
    }
    assertEquals(await score(folder), "");
    assertEquals(await scoredTasks(paths), [1, 2, 3, 4, 5, 6]);
  });
});

Deno.test("clips that nothing has judged are counted, unless they were left out by choice", async () => {
  await inFolder(async (parent) => {
    const folder = join(parent, "run");
    const paths = await judgedRun(folder);
    const rows = (await readTable(verdictsTable, paths.table("verdicts")))
      .filter(({ task }) => task < 5);
    await writeTable(verdictsTable, paths.table("verdicts"), sortRows(verdictsTable, rows));
    const told = await score(folder);
    assertOk(told.startsWith("2 clips have no verdict and are not counted (mine 2); judge"), told);
    assertOk(!(await score(folder, { tasks: [1, 2] })).includes("no verdict"));
  });
});

Deno.test("a run that was moved is scored; an archived one without clips is told the flag", async () => {
  await inFolder(async (parent) => {
    await judgedRun(join(parent, "run"));
    const folder = join(parent, "moved");
    await Deno.rename(join(parent, "run"), folder);
    assertEquals(await score(folder), "");
    const paths = runPaths(folder);
    await Deno.remove(join(folder, "clips"), { recursive: true });
    await assertInputError(
      () => score(folder),
      "Found no verdicts",
      "the file is gone",
      "archived",
    );
    const told = await score(folder, { withoutClips: true });
    assertEquals(told, "The files of 6 clips are gone; the verdicts on them count unchecked");
    assertEquals(await scoredTasks(paths), [1, 2, 3, 4, 5, 6]);
    // A file that has changed is not one that was left out of the archive.
    await Deno.mkdir(join(folder, "clips/mine"), { recursive: true });
    await Deno.writeTextFile(join(folder, "clips/mine/5-0.mp4"), "another film");
    await score(folder, { withoutClips: true });
    assertEquals(await scoredTasks(paths), [1, 2, 3, 4, 6]);
  });
});

Deno.test("verdicts without clips count, and verdicts that know no clip's bytes go with the file", async () => {
  await inFolder(async (parent) => {
    const folder = join(parent, "run");
    const paths = await judgedRun(folder, false);
    await Deno.remove(join(folder, "clips/mine/6-0.mp4"));
    await score(folder);
    assertEquals(await scoredTasks(paths), [1, 2, 3, 4, 5]);
    // Imported verdicts of a run that never had clips.
    await Deno.remove(paths.table("clips"));
    await Deno.remove(join(folder, "clips"), { recursive: true });
    assertEquals(await score(folder), "");
    assertEquals(await scoredTasks(paths), [1, 2, 3, 4, 5, 6]);
  });
});

Deno.test("a clip whose bytes are not its row's is neither judged nor shown; the others are", async () => {
  await inFolder(async (parent) => {
    const folder = join(parent, "run");
    await inRun(
      folder,
      (session) =>
        generateStep(chooseModel("mine=simulator"), { seeds: [0, 1], tasks: [9] }, session),
    );
    const paths = runPaths(folder);
    const [first, second] = await readTable(clipsTable, paths.table("clips"));
    // Another clip of the run under this one's name: it decodes, but is not what the row says.
    await Deno.copyFile(join(folder, second.path), join(folder, first.path));
    const judged = (session: Session) => judgeStep(chooseJudge("probe"), {}, session);
    await assertInputError(
      () => inRun(folder, judged),
      "Judged 1 of 2 clips",
      first.path,
      "has changed since",
      "deno task generate",
    );
    const verdicts = await readTable(verdictsTable, paths.table("verdicts"));
    assertEquals([...new Set(verdicts.map(({ seed }) => seed))], [second.seed]);
    await Deno.remove(join(folder, second.path));
    await assertInputError(() => inRun(folder, judged), "Judged no clip", "Left out 2 clips");
  });
});

Deno.test({
  name: "a pipe, a device or a folder in a clip's place is named; nothing waits for it",
  ignore: Deno.build.os === "windows",
  async fn() {
    await inFolder(async (folder) => {
      const at = (name: string) => join(folder, name);
      await Deno.mkdir(at("folder.mp4"));
      await new Deno.Command("mkfifo", { args: [at("pipe.mp4")] }).output();
      await Deno.symlink("pipe.mp4", at("link.mp4"));
      await Deno.symlink("/dev/zero", at("endless.mp4"));
      await Deno.symlink("nowhere", at("dangling.mp4"));
      const names = ["folder", "pipe", "link", "endless", "dangling"];
      const clips = names.map((name) => ({ path: `${name}.mp4`, sha256: "" }) as Clip);
      const faults = await findFaults(clips, runPaths(folder));
      assertEquals(clips.map((clip) => faults.get(clip)), [
        ...Array(4).fill("unreadable"),
        "gone",
      ]);
      const stopped = AbortSignal.abort(new Error("stopped"));
      const ended = findFaults(clips, runPaths(folder), { signal: stopped });
      assertEquals(await ended.catch((error) => error.message), "stopped");
    });
  },
});
