/** A run from its first command to its last, as a user types them. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { runPaths } from "../lib/paths.ts";
import { clipsTable } from "../lib/records/clip.ts";
import { summaryTable } from "../lib/records/summary.ts";
import { tasksTable } from "../lib/records/task.ts";
import { verdictsTable } from "../lib/records/verdict.ts";
import { readManifest } from "../lib/runs/manifest.ts";
import { copyOf } from "../lib/store/record_file.ts";
import { readTable } from "../lib/store/table.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { faultServer } from "../lib/testing/openai/fault_server.ts";
import { sharedData } from "../lib/testing/shared_data.ts";
import { spawnTask } from "../lib/testing/tasks.ts";
import { encodeVideo } from "../lib/video/encode.ts";

const release = sharedData("microworldbench");
const fixtures = sharedData("release-fixtures");

async function task(name: string, ...flags: string[]) {
  const { code, stdout, stderr } = await (await spawnTask(name, flags)).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** The same, where it must end well. */
async function done(name: string, ...flags: string[]): Promise<string> {
  const { code, stdout, stderr } = await task(name, ...flags);
  assertEquals(code, 0, `${name} ${flags.join(" ")}: ${stderr}`);
  return stdout;
}

/** The same, where it must be refused. */
async function refused(name: string, ...flags: string[]): Promise<string> {
  const { code, stderr } = await task(name, ...flags);
  assertEquals(code, 2, `${name} ${flags.join(" ")}: ${stderr}`);
  assertOk(!stderr.includes("    at "), `a stack in: ${stderr}`);
  return stderr;
}

/** A new folder that is removed in the end. */
async function inNewFolder(work: (parent: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir();
  await work(parent);
  await Deno.remove(parent, { recursive: true });
}

/** SHA-256 of every file below a folder. */
async function hashesBelow(folder: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) { for (const [file, sum] of await hashesBelow(path)) hashes.set(file, sum); }
    else hashes.set(path, hash("sha256", await Deno.readFile(path)));
  }
  return hashes;
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Clips of these tasks, of nothing in particular. */
async function clipsFor(folder: string, tasks: readonly number[]): Promise<void> {
  await Deno.mkdir(folder);
  for (const number of tasks) {
    const frames = Array.from(
      { length: 9 },
      (_, t) => new Uint8Array(64 * 48 * 3).fill(9 * t + number),
    );
    await encodeVideo({ width: 64, height: 48, fps: 8, frames }, join(folder, `${number}.mp4`));
  }
}

Deno.test({
  name:
    "a run on the release goes through every command with --run alone; other benchmarks are refused",
  ignore: release.absent,
  fn: () =>
    inNewFolder(async (parent) => {
      const clips = join(parent, "clips");
      await clipsFor(clips, [3, 60]);
      const folder = join(parent, "R");
      const run = ["--run", folder];
      const named = ["--benchmark", `release:${release.path}`];
      const made = await done("generate", ...named, "--model", `my=folder:${clips}`, ...run);
      assertOk(made.includes(`Next: deno task judge --run ${folder} --judge openai:MODEL`), made);

      await using server = faultServer();
      const judge = ["--judge", "openai:gpt-4o", "--base-url", server.baseUrl];
      const answers = ["--answers", join(parent, "answers")];
      const judged = await done("judge", ...run, ...judge, ...answers);
      assertOk(judged.includes(`Next: deno task score --run ${folder}`), judged);
      const scored = await done("score", ...run);
      assertOk(
        /Judge openai \(gpt-4o\): .*2 tasks[^]*\nmy /.test(scored) &&
          scored.includes(`deno task report --run ${folder}`),
      );
      await done("report", ...run);

      const paths = runPaths(folder);
      const tasks = await readTable(tasksTable, paths.table("tasks"));
      assertEquals([tasks.length, tasks[0].benchmark], [459, "release"]);
      const { benchmark } = (await readManifest(paths.manifest))!;
      assertEquals(benchmark!.spec, `release:${release.path.replace(/\/$/, "")}`);
      const page = await Deno.readTextFile(join(paths.report, "index.html"));
      assertOk(page.includes("release") && page.includes("<video"));

      const before = await hashesBelow(folder);
      for (const command of ["judge", "score", "report", "label", "agreement"]) {
        const judges = command === "agreement" ? ["--judges", "a,b"] : [];
        const said = await refused(command, "--benchmark", "mini", ...run, ...judges);
        assertOk(said.includes("Cannot use mini") && said.includes("Nothing was written"), said);
      }
      assertOk((await refused("judge", ...run)).includes("cannot judge release"));
      const told = (await readManifest(paths.manifest))!.invocations.at(-1)!;
      assertEquals([told.command, told.status], ["judge", "failed"]);
      const after = await hashesBelow(folder);
      const changed = [...after].filter(([path, sum]) => before.get(path) !== sum);
      assertEquals(
        changed.map(([path]) => path).sort(),
        [copyOf(paths.manifest), paths.manifest],
        "but for the last command's record",
      );
    }),
});

Deno.test({
  name: "imported verdicts begin a run of a benchmark that is named, and none where it is not",
  ignore: release.absent || fixtures.absent,
  fn: () =>
    inNewFolder(async (parent) => {
      const folder = join(parent, "new");
      const judge = ["--judge", `paper=imported:${fixtures.path}`, "--run", folder];
      const said = await refused("judge", ...judge);
      assertOk(said.includes("Found no run"), said);
      assertEquals(namesIn(parent), []);
      await done("judge", ...judge, "--benchmark", `release:${release.path}`);
      const scored = await done("score", "--run", folder, "--rule", "release");
      assertOk(scored.includes("Judge paper: "), scored);
      // The probe needs clips, and so cannot begin one.
      const probe = ["--run", join(parent, "other"), "--benchmark", "mini"];
      assertOk((await refused("judge", ...probe)).includes("Found no run"));
      assertEquals(namesIn(parent), ["new"]);
    }),
});

Deno.test("run.json tells every command, also one that failed", () =>
  inNewFolder(async (parent) => {
    const folder = join(parent, "R");
    const run = ["--run", folder];
    const little = ["--tasks", "9", "--seeds", "0"];
    await done("generate", "--model", "simulator", ...little, ...run);
    await done("judge", ...run);
    await done("score", ...run);
    await done("report", ...run);
    await refused("label", ...run, "--read", join(parent, "none.csv"));
    const { benchmark, invocations } = (await readManifest(runPaths(folder).manifest))!;
    assertEquals(invocations.map(({ command, status }) => [command, status]), [
      ["generate", "finished"],
      ["judge", "finished"],
      ["score", "finished"],
      ["report", "finished"],
      ["label", "failed"],
    ]);
    assertEquals(benchmark!.spec, "mini");
    const [generate, judge, , , label] = invocations;
    assertEquals(generate.flags_passed, ["--model", "simulator", ...little, ...run]);
    const { model, tasks, seeds } = generate.flags;
    assertEquals([model, tasks, seeds], ["simulator", [9], [0]]);
    assertEquals([judge.flags.judge, judge.rows_made], ["probe", 15]);
    assertOk(label.error!.includes("key.json"), label.error!);
    assertOk(invocations.every(({ ended, versions }) => ended && versions.zod));
    assertEquals(new Set(invocations.map(({ benchmark_hash }) => benchmark_hash)).size, 1);
  }));

Deno.test("a mistyped --run of a command that reads creates nothing and names the nearest", () =>
  inNewFolder(async (parent) => {
    const little = ["--tasks", "9", "--seeds", "0"];
    await done("generate", "--model", "simulator", ...little, "--run", join(parent, "mine"));
    for (
      const command of [
        ["judge"],
        ["score"],
        ["report"],
        ["label"],
        ["agreement", "--judges", "probe,human"],
      ]
    ) {
      const [name, ...flags] = command;
      const said = await refused(name, ...flags, "--run", join(parent, "mien"));
      assertOk(said.includes(`did you mean ${join(parent, "mine")}?`), said);
      assertOk(said.includes("deno task generate --model MODEL --run"), said);
    }
    for (const name of ["generate", "stats", "audit"]) {
      const model = name === "generate" ? ["--model", "simulator"] : [];
      const flags = [...model, "--benchmark", "minni", "--run", join(parent, "new")];
      assertOk((await refused(name, ...flags)).includes("did you mean mini?"));
    }
    assertEquals(namesIn(parent), ["mine"]);
  }));

Deno.test("--model, --tasks and --seeds select clips in every command, and say what there is", () =>
  inNewFolder(async (parent) => {
    const folder = join(parent, "R");
    const run = ["--run", folder];
    const little = ["--tasks", "5,9", "--seeds", "0-1", ...run];
    await done("generate", "--model", "simulator", ...little);
    await done("generate", "--model", "faulty7=simulator", "--violation=each", ...little);
    const table = async () => await readTable(verdictsTable, runPaths(folder).table("verdicts"));
    await done("judge", ...run, "--model", "faulty7", "--tasks", "9", "--seeds", "1");
    const one = await table();
    assertEquals(new Set(one.map(({ model, task, seed }) => `${model} ${task} ${seed}`)).size, 1);
    assertEquals([one[0].model, one[0].task, one[0].seed], ["faulty7", 9, 1]);
    await done("judge", ...run);

    const means = async () =>
      (await readTable(summaryTable, runPaths(folder).table("summary")))
        .filter(({ group, rule }) => group === "all" && rule === "repaired")
        .map(({ model, tasks }) => [model, tasks]);
    const { stderr } = await task("score", ...run, "--model", "simulator", "--tasks=5");
    assertOk(
      stderr.includes("Scores only --model simulator --tasks 5: 30 of 120 verdicts"),
      stderr,
    );
    assertEquals(await means(), [["simulator", 1]]);
    const { flags } = (await readManifest(runPaths(folder).manifest))!.invocations.at(-1)!;
    assertEquals([flags.model, flags.tasks], [["simulator"], [5]]);
    // The report is of what was scored.
    await done("report", ...run);
    const page = await Deno.readTextFile(join(runPaths(folder).report, "index.html"));
    assertOk(page.includes("simulator") && !page.includes("faulty7"));
    await done("score", ...run);
    assertEquals(await means(), [["faulty7", 2], ["simulator", 2]]);

    await done("label", ...run, "--model", "faulty7", "--tasks", "9", "--sample", "5");
    const { clips: key } = JSON.parse(
      await Deno.readTextFile(join(folder, "labels", "key.json")),
    );
    assertEquals(key.map(({ model, task }: typeof one[number]) => [model, task]), [
      ["faulty7", 9],
      ["faulty7", 9],
    ]);
    const there = "There are";
    for (const name of ["judge", "score", "label"]) {
      const said = await refused(name, ...run, "--tasks", "1-3");
      assertOk(said.includes("--tasks 1-3") && said.includes(there) && said.includes("5,9"), said);
    }
    const typo = await refused("judge", ...run, "--model", "simulater");
    assertOk(typo.includes("did you mean simulator?") && typo.includes("faulty7"), typo);
    const absent = await refused("generate", "--model", "simulator", ...run, "--tasks", "1-99");
    assertOk(absent.includes("mini has no task 40-99; it has 1-39"), absent);
  }));

Deno.test("a person's labels go round: sheet, answers, verdicts, and the command that compares", () =>
  inNewFolder(async (parent) => {
    const folder = join(parent, "R");
    const run = ["--run", folder];
    const little = ["--tasks", "5,9", "--seeds", "0", ...run];
    await done("generate", "--model", "simulator", ...little);
    await done("judge", ...run);
    const next = await done("label", ...run);
    const sheet = join(folder, "labels", "sheet.csv");
    assertOk(next.includes(`Next: deno task label --run ${folder} --read ${sheet}`), next);
    const filled = (await Deno.readTextFile(sheet)).replaceAll(",,\r\n", ",yes,\r\n");
    const copy = join(parent, "filled.csv");
    await Deno.writeTextFile(copy, filled);
    const read = await done("label", ...run, "--read", copy, "--as", "ann");
    const compare = `deno task agreement --run ${folder} --judges probe,ann`;
    assertOk(read.includes(`Next: ${compare}`), read);
    await done("judge", ...run, "--judge", `bob=human:${copy}`);
    const judges = (await readTable(verdictsTable, runPaths(folder).table("verdicts")))
      .map(({ judge }) => judge);
    assertEquals([...new Set(judges)].sort(), ["ann", "bob", "probe"]);
    const text = await done("agreement", ...run, "--judges", "ann,bob", "--tasks", "5");
    assertOk(text.includes("ann") && text.includes("bob") && text.includes("1.000"), text);
    const typo = await refused("agreement", ...run, "--judges", "ann,bob", "--model", "simulater");
    assertOk(typo.includes("did you mean simulator?"), typo);
  }));

Deno.test("stats and audit begin a run that is named after the benchmark; export writes it out", () =>
  inNewFolder(async (parent) => {
    const block = { d1: "It is sharp.", s1: "+1", w1: 1 };
    const own = { index: 7, task: "A cell divides.", requirement: "One becomes two." };
    const blocks = { rubrics_scientific: block, rubrics_visual: block, rubrics_instruction: block };
    const file = join(parent, "cells.json");
    await Deno.writeTextFile(file, JSON.stringify([{ ...own, ...blocks }]));
    const run = ["--benchmark", file, "--run", join(parent, "cells")];
    assertOk((await done("stats", ...run)).includes("tasks"));
    assertOk((await done("audit", ...run)).includes("1 tasks"));
    const { benchmark, invocations } = (await readManifest(join(parent, "cells", "run.json")))!;
    assertEquals([benchmark!.spec, benchmark!.name], [file, "cells"]);
    assertEquals(invocations.map(({ command }) => command), ["stats", "audit"]);
    const out = join(parent, "out");
    const wrote = await done("export", "--benchmark", file, "--out", out);
    assertOk(wrote.includes("1 of 1 files written"), wrote);
    assertEquals(JSON.parse(await Deno.readTextFile(join(out, "cells.json")))[0].index, 7);
    const again = await done("export", "--benchmark", file, "--out", out);
    assertOk(again.includes("0 of 1 files written"), again);
    assertOk((await refused("export", "--benchmark", file)).includes("--out is missing"));
  }));

Deno.test("one seed, a list of seeds, and options of the chosen model alone", () =>
  inNewFolder(async (parent) => {
    const folder = join(parent, "R");
    const run = ["--run", folder];
    await done("generate", "--model", "simulator", "--tasks", "9", "--seeds", "42", ...run);
    await done(
      "generate",
      "--model=simulator",
      "--size=64x64x5",
      "--fps",
      "8",
      "--tasks=5",
      "--seeds=1,3",
      ...run,
    );
    const clips = await readTable(clipsTable, runPaths(folder).table("clips"));
    assertEquals(clips.map(({ task, seed, frames, fps }) => [task, seed, frames, fps]), [
      [5, 1, 5, 8],
      [5, 3, 5, 8],
      [9, 42, 33, 12],
    ]);
    const wrong = await refused("generate", "--model", "simulator", "--lora", "x", ...run);
    assertOk(wrong.includes("--lora is an option of wan; simulator takes --violation"), wrong);
    const none = join(parent, "none");
    const planted = await refused(
      "generate",
      "--model",
      "simulator:plug-flow",
      "--tasks",
      "9",
      "--run",
      none,
    );
    assertOk(
      planted.includes("task 9 with simulator:plug-flow: of mini it covers tasks 1-4"),
      planted,
    );
  }));
