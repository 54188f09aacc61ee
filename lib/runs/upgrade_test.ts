/** Runs as earlier versions left them, made by hand: what the present one makes of them. */
import { join } from "node:path";
import { Table, tableToIPC, vectorFromArray } from "apache-arrow";
import type { Scene } from "../benchmark/mini.ts";
import { openBenchmark } from "../benchmark/registry.ts";
import { EACH, simulator } from "../models/simulator.ts";
import { runPaths } from "../paths.ts";
import { clipsTable } from "../records/clip.ts";
import { criterionHash } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";
import { verdictsTable } from "../records/verdict.ts";
import { sha256 } from "../store/key.ts";
import { readLoose, readTable } from "../store/table.ts";
import { matchVerdicts } from "../scores/match.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { writeOwnBenchmark } from "../testing/own_benchmark.ts";
import { encodeVideo } from "../video/encode.ts";
import { generateClips } from "./generate.ts";
import { MANIFEST_FORM, readManifest } from "./manifest.ts";
import { silent } from "./progress.ts";
import { withSession } from "./session.ts";

const { benchmark } = await openBenchmark("mini");
const asked = benchmark.criteria.filter(({ task }) => task === 9).slice(0, 2);

/** Scenes of two tasks that no benchmark has. */
const scenes = new Map<number, Scene>([
  [1, { world: "vessel-flow", parameters: { cells: 8 } }],
  [2, { world: "mitosis", parameters: { division_s: 1.2 } }],
]);
const task: Task = {
  ...{
    benchmark: "mini",
    task: 1,
    scale: "organ",
    prompt: "Blood flows.",
    requirement: "It flows.",
  },
  source: "world:vessel-flow",
};

/** Keys that the code before the upgrade gave to clips of these scenes and this task. */
const CLIPS = [
  { model: "simulator", seed: 0, violation: undefined, key: "94f0a5357bd30174e25b0b9bd8db936f" },
  { model: "violator", seed: 4, violation: EACH, key: "965c0a8bd2bec0175ebcf8c77a46bdba" },
];

async function writeArrow(path: string, rows: readonly Record<string, unknown>[]) {
  const columns = Object.keys(rows[0])
    .map((name) => [name, vectorFromArray(rows.map((row) => row[name]))]);
  await Deno.writeFile(path, tableToIPC(new Table(Object.fromEntries(columns)), "file"));
}

const STEP = { name: "generate", made: 2, there: 0, seconds: 1 };
const MANIFEST = {
  command: "judge",
  versions: { deno: "2.9.6" },
  commit: null,
  dirty: null,
  flags_passed: ["--run", "old"],
  flags: { benchmark: "mini" },
  started: "2026-01-01T00:00:00.000Z",
  finished: "2026-01-01T00:01:00.000Z",
  status: "finished",
  steps: [STEP],
  usage: [],
};

/** A run of the former form: clips without world, verdicts by place, a run.json of its last command. */
async function oldRun(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const paths = runPaths(folder);
  const clips = [];
  for (const { model, seed, violation, key } of CLIPS) {
    const path = paths.clip(model, 1, seed);
    await Deno.mkdir(join(folder, "clips", model), { recursive: true });
    const video = await simulator({ scenes, violation }).generate(task, { seed });
    await encodeVideo(video, join(folder, path));
    clips.push({
      ...{ model, task: 1, seed, path, sha256: sha256(await Deno.readFile(join(folder, path))) },
      ...{ frames: 33, width: 128, height: 128, fps: 12, steps: 0, guidance: 0, device: "cpu" },
      ...{ seconds: 0.5, key },
    });
  }
  await writeArrow(paths.table("clips"), clips);
  await writeArrow(paths.table("tasks"), [{ ...task }]);
  const place = { benchmark: "mini", task: 9, dimension: asked[0].dimension };
  const former = { ...place, sign: 1, weight: 1, raw_weight: 1, probe: "" };
  const texts = [...asked.map(({ description }) => description), "A text that is gone."];
  await writeArrow(
    paths.table("criteria"),
    texts.map((description, i) => ({ ...former, criterion: i + 1, description })),
  );
  await writeArrow(
    paths.table("verdicts"),
    texts.map((_, i) => ({
      ...{ judge: "openai", judge_model: "gpt-4o", model: "simulator", task: 9, seed: 0 },
      ...{
        dimension: asked[0].dimension,
        criterion: i + 1,
        met: i === 0,
        reason: "",
        evidence: "x",
      },
      ...{ frames_hash: "f", prompt_hash: "p", attempts: 1, latency_ms: 9, prompt_tokens: 7 },
      ...{ completion_tokens: 2, cost_usd: 0.5, key: `old-${i}` },
    })),
  );
  await Deno.writeTextFile(paths.manifest, JSON.stringify(MANIFEST));
  return folder;
}

const invocation = { command: "generate", passed: [], resolved: {} };

Deno.test("an old run's clips are taken over, not made again, and say what was planted", async () => {
  const folder = await oldRun();
  const paths = runPaths(folder);
  const bytes = CLIPS.map(({ model, seed }) =>
    Deno.readFileSync(join(folder, paths.clip(model, 1, seed)))
  );
  const notes: string[] = [];
  const progress = { ...silent, note: (line: string) => void notes.push(line) };
  await withSession({ folder, invocation, progress }, async () => {
    for (const { seed, violation } of CLIPS) {
      const generator = simulator({ scenes, violation });
      const work = { generator, tasks: [task], seeds: [seed], paths };
      const done = await generateClips(work, silent.step("", 0));
      assertEquals(done, { made: 0, cached: 1 });
    }
  });
  assertOk(notes[0].includes("took over 2 clips and 3 verdicts"), notes[0]);
  const rows = await readTable(clipsTable, paths.table("clips"));
  assertEquals(rows.map(({ world, violation }) => [world, violation]), [
    ["vessel-flow", ""],
    ["vessel-flow", "through-wall"],
  ]);
  assertOk(
    rows.every(({ key }) => !CLIPS.some((old) => old.key === key)),
    "keys are the present ones",
  );
  CLIPS.forEach(({ model, seed }, i) =>
    assertEquals(Deno.readFileSync(join(folder, paths.clip(model, 1, seed))), bytes[i])
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an old run's verdicts are joined by text; where it is gone, to no criterion", async () => {
  const folder = await oldRun();
  const paths = runPaths(folder);
  await withSession({ folder, invocation, progress: silent }, () => Promise.resolve());
  const verdicts = await readTable(verdictsTable, paths.table("verdicts"));
  const known = verdicts.filter(({ id }) => asked.some((criterion) => criterion.id === id));
  assertEquals(
    known.map(({ id, criterion_hash, cost_usd }) => [id, criterion_hash, cost_usd]).sort(),
    asked.map(({ id, description }) => [id, criterionHash(description), 0.5]).sort(),
  );
  assertEquals(verdicts.length, 3);
  const [lost] = verdicts.filter((row) => !known.includes(row));
  assertEquals(lost.criterion_hash, criterionHash("A text that is gone."));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an old run.json becomes the first of a list; a run is upgraded once", async () => {
  const folder = await oldRun();
  const paths = runPaths(folder);
  const shared = { folder, invocation, progress: silent, shared: true };
  await assertInputError(() => withSession(shared, () => Promise.resolve()), "deno task score");
  assertEquals(JSON.parse(await Deno.readTextFile(paths.manifest)), MANIFEST);
  const notes: string[] = [];
  const progress = { ...silent, note: (line: string) => void notes.push(line) };
  for (let i = 0; i < 2; i++) {
    await withSession({ folder, invocation, progress }, () => Promise.resolve());
  }
  // No table of its own is taken for another program's.
  assertEquals(notes.length, 1, notes.join("\n"));
  const { form, benchmark, invocations } = (await readManifest(paths.manifest))!;
  assertEquals([form, benchmark?.spec], [MANIFEST_FORM, "mini"]);
  assertEquals(invocations.map(({ command }) => command), ["judge", "generate", "generate"]);
  const [{ flags_passed, steps, rows_made, ended }] = invocations;
  assertEquals(flags_passed, MANIFEST.flags_passed);
  assertEquals(steps, [{ name: "generate", made: 2, cached: 0, seconds: 1 }]);
  assertEquals([rows_made, ended], [2, MANIFEST.finished]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an old run is not upgraded for another benchmark, nor without its own", async () => {
  const folder = await oldRun();
  const paths = runPaths(folder);
  const open = (benchmark?: string) =>
    withSession({ folder, invocation, progress: silent, benchmark }, () => Promise.resolve());
  const tables = () =>
    ["clips", "verdicts", "tasks"].map((name) => Deno.readFileSync(paths.table(name)));
  const other = join(await Deno.makeTempDir(), "other.json");
  await writeOwnBenchmark(other);
  const before = tables();
  await assertInputError(() => open(other), "it is of mini", "Nothing was written");
  await writeArrow(paths.table("tasks"), [{ ...task, benchmark: "/tmp/no-such.json" }]);
  before[2] = tables()[2];
  await assertInputError(() => open(), "no-such.json cannot be opened", "Nothing was written");
  assertEquals(tables(), before);
  assertEquals(JSON.parse(await Deno.readTextFile(paths.manifest)), MANIFEST);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an old run's clips are made again where the code makes other bytes now", async () => {
  const folder = await oldRun();
  const paths = runPaths(folder);
  const [{ model, seed }] = CLIPS;
  const file = join(folder, paths.clip(model, 1, seed));
  // As drawn by other code.
  const video = await simulator({ scenes }).generate(task, { seed });
  for (const frame of video.frames) frame.fill(255, 0, frame.length / 2);
  await encodeVideo(video, file);
  const former = await Deno.readFile(file);
  const clips = (await readLoose(paths.table("clips")))!;
  await writeArrow(
    paths.table("clips"),
    clips.map((row) => row.model === model ? { ...row, sha256: sha256(former) } : row),
  );
  await withSession({ folder, invocation, progress: silent }, async () => {
    for (const [i, made] of [1, 0].entries()) {
      const { seed, violation } = CLIPS[i];
      const generator = simulator({ scenes, violation });
      const work = { generator, tasks: [task], seeds: [seed], paths };
      assertEquals((await generateClips(work, silent.step("", 0))).made, made);
    }
  });
  assertOk(sha256(await Deno.readFile(file)) !== sha256(former), "it is made again");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an old run's verdicts come back with the text that they are about", async () => {
  const folder = await oldRun();
  const paths = runPaths(folder);
  const file = join(await Deno.makeTempDir(), "cells.json");
  const ask = (criterion: string) => writeOwnBenchmark(file, { index: 9, criterion });
  await writeArrow(paths.table("tasks"), [{ ...task, task: 9, benchmark: file }]);
  const joined = async () => {
    const session = { folder, invocation, progress: silent };
    const { criteria } = await withSession(session, async ({ loaded }) => await loaded.benchmark);
    const verdicts = await readTable(verdictsTable, paths.table("verdicts"));
    return matchVerdicts(criteria, verdicts).current.map(({ evidence }) => evidence);
  };
  for (
    const text of ["It is crisp.", "A text that is gone.", "It is crisp.", "A text that is gone."]
  ) {
    await ask(text);
    assertEquals(await joined(), text === "It is crisp." ? [] : ["x"]);
  }
  await Deno.remove(folder, { recursive: true });
});
