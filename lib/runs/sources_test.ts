/** One name in a run has one source, and names are checked before anything is taken. */
import { basename, join } from "node:path";
import { chooseJudge } from "../judges/registry.ts";
import { chooseModel } from "../models/registry.ts";
import { runPaths } from "../paths.ts";
import { clipsTable } from "../records/clip.ts";
import { verdictsTable } from "../records/verdict.ts";
import { exists } from "../store/file.ts";
import { readTable } from "../store/table.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { encodeVideo } from "../video/encode.ts";
import { type GenerateSelection, generateStep } from "./generate_step.ts";
import { judgeStep } from "./judge_step.ts";
import { silent } from "./progress.ts";
import { withSession } from "./session.ts";

const invocation = { command: "generate", passed: [], resolved: {} };

/** Takes or makes clips, each model with a command of its own unless they stand in one. */
function generate(run: string, ...models: string[]): Promise<string[]> {
  return withSession(
    { folder: run, invocation, progress: silent, begins: true },
    async (session) => {
      const names: string[] = [];
      for (const model of models) {
        names.push(await generateStep(chooseModel(model), { seeds: [0], tasks: [9] }, session));
      }
      return names;
    },
  );
}

async function folderOf(path: string, grey = 0): Promise<string> {
  await Deno.mkdir(path, { recursive: true });
  const frames = [0, 1, 2].map((t) => new Uint8Array(64 * 64 * 3).fill(grey + 20 * t));
  await encodeVideo({ width: 64, height: 64, fps: 8, frames }, join(path, "9.mp4"));
  return path;
}

const clipsIn = async (run: string) =>
  (await readTable(clipsTable, runPaths(run).table("clips"))).map((
    { model, path },
  ) => [model, path]);

Deno.test("two folders of one name are two models, or refused with names to use", () =>
  inFolder(async (parent) => {
    const run = join(parent, "run");
    const a = await folderOf(join(parent, "a", "clips"));
    const b = await folderOf(join(parent, "b", "clips"), 90);
    await generate(run, `folder:${a}`);
    const before = await clipsIn(run);
    const refusal = `--model b=folder:${b}`;
    await assertInputError(() => generate(run, `folder:${b}`), `folder:${a}`, refusal);
    assertEquals(await clipsIn(run), before);
    // Also in one command; a run that only this began is not left.
    const other = join(parent, "other");
    await assertInputError(() => generate(other, `folder:${a}`, `folder:${b}`), refusal);
    assertEquals(await generate(run, `b=folder:${b}`), ["b"]);
    assertEquals((await clipsIn(run)).map(([model]) => model), ["b", "clips"]);
    await assertInputError(() => generate(run, `b=folder:${a}`), `folder:${b}`, "b-2=folder:");
  }));

Deno.test("the same folder by another path, or moved, is the same source", () =>
  inFolder(async (parent) => {
    const run = join(parent, "run");
    const clips = await folderOf(join(parent, "clips"));
    await generate(run, `mine=folder:${clips}`);
    await Deno.symlink(clips, join(parent, "link"));
    await generate(run, `mine=folder:${parent}/link`);
    await generate(run, `mine=folder:${parent}/../${basename(parent)}/clips/`);
    const moved = join(parent, "moved");
    await Deno.rename(clips, moved);
    await generate(run, `mine=folder:${moved}`);
    assertEquals(await clipsIn(run), [["mine", join(moved, "9.mp4")]]);
  }));

Deno.test("names that a reader takes for one are refused across kinds, runs and encodings", () =>
  inFolder(async (parent) => {
    const run = join(parent, "run");
    const clips = await folderOf(join(parent, "clips"));
    await generate(run, `Café=folder:${clips}`);
    for (const twin of ["café", "CAFÉ", "Cafe\u0301", "Ｃafé"]) {
      await assertInputError(
        () => generate(run, `${twin}=folder:${clips}`),
        "Café",
        "differ in case",
      );
    }
    await generate(run, "true=simulator");
    await assertInputError(
      () => generate(run, `true=folder:${clips}`),
      "simulator",
      "true-2=folder:",
    );
    await assertInputError(() => generate(run, "Café=simulator"), "folder:");
    // The same again is no conflict.
    await generate(run, "true=simulator", `Café=folder:${clips}`);
  }));

Deno.test("a folder cannot go by the name of an embedded model, a violation or a control", () =>
  inFolder(async (parent) => {
    const run = join(parent, "run");
    for (
      const name of [
        "nano",
        "Nano",
        "s-base",
        "simulator",
        "violator",
        "plug-flow",
        "blank",
        "noise",
      ]
    ) {
      const clips = await folderOf(join(parent, name));
      await assertInputError(() => generate(run, `folder:${clips}`), name, "LABEL=folder:");
      assertEquals(await exists(run), false);
    }
    for (const label of ["nano", "Simulator", "frozen", "WAN"]) {
      await assertInputError(() => generate(run, `${label}=folder:${parent}/nano`), label, "name");
    }
    const tricky = await folderOf(join(parent, "a\nb"));
    const message = await assertInputError(() => generate(run, `folder:${tricky}`), "line break");
    assertOk(!message.slice(0, 60).includes("\n"), message);
  }));

Deno.test("results of one model from two folders are two judges, or refused with a name to use", () =>
  inFolder(async (parent) => {
    const run = join(parent, "run");
    const bring = (judge: string) =>
      withSession(
        { folder: run, invocation, progress: silent, begins: true },
        (session) => judgeStep(chooseJudge(judge), {}, session),
      );
    const results = async (folder: string, score: number, ...models: string[]) => {
      const entry = { index: 9, visual_eval: { parsed_result: { scores: [score] } } };
      await Deno.mkdir(join(parent, folder));
      for (const model of models) {
        const file = join(parent, folder, `${model}_result.json`);
        await Deno.writeTextFile(file, JSON.stringify([entry]));
      }
      return `imported:${join(parent, folder)}`;
    };
    const [a, b, c] = [
      ...[await results("a", 1, "m", "n"), await results("b", 0, "n"), await results("c", 0, "o")],
    ];
    await bring(a);
    const verdicts = () => readTable(verdictsTable, runPaths(run).table("verdicts"));
    const before = await verdicts();
    await assertInputError(() => bring(b), "results of n", a, `--judge b=${b}`);
    assertEquals(await verdicts(), before);
    // Other models, the same folder again, and a folder that was moved.
    await bring(c);
    await bring(a);
    await Deno.rename(join(parent, "a"), join(parent, "moved"));
    await bring(b);
    await bring(`second=imported:${join(parent, "moved")}`);
    assertEquals(
      new Set((await verdicts()).map(({ judge }) => judge)),
      new Set(["imported", "second"]),
    );
  }));

Deno.test("verdicts of a results file that is gone or broken leave the run, those of other folders stay", () =>
  inFolder(async (parent) => {
    const run = join(parent, "run");
    const bring = (folder: string) =>
      withSession(
        { folder: run, invocation, progress: silent, begins: true },
        (session) => judgeStep(chooseJudge(`imported:${join(parent, folder)}`), {}, session),
      );
    const write = (path: string, text = '[{"index": 9}]') =>
      Deno.writeTextFile(join(parent, `${path}_result.json`), text);
    for (const folder of ["a", "b"]) await Deno.mkdir(join(parent, folder));
    for (const path of ["a/m", "a/n", "a/o", "b/p"]) await write(path);
    await bring("a");
    await bring("b");
    await write("a/n", "[{");
    await Deno.remove(join(parent, "a", "o_result.json"));
    await bring("a");
    const rows = await readTable(verdictsTable, runPaths(run).table("verdicts"));
    assertEquals(new Set(rows.map(({ model }) => model)), new Set(["m", "p"]));
  }));

Deno.test("a selection that leaves none of a folder's clips is refused with what there is", () =>
  inFolder(async (parent) => {
    const clips = await folderOf(join(parent, "clips"));
    const take = (selection: GenerateSelection) =>
      withSession(
        { folder: join(parent, "run"), invocation, progress: silent, begins: true },
        (session) => generateStep(chooseModel(`folder:${clips}`), selection, session),
      );
    await assertInputError(
      () => take({ tasks: [3] }),
      "no clip of --tasks 3 in clips; it has tasks 9",
    );
    await assertInputError(() => take({ seeds: [4] }), "no clip of --seeds 4", "seeds 0");
  }));
