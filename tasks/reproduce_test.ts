/** The main command as a newcomer runs it, killed at random moments, and on bad input. */
import { join } from "node:path";
import { runPaths } from "../lib/paths.ts";
import { random } from "../lib/random.ts";
import { claimsTable } from "../lib/records/claim.ts";
import { clipsTable } from "../lib/records/clip.ts";
import { summaryTable } from "../lib/records/summary.ts";
import { verdictsTable } from "../lib/records/verdict.ts";
import { readManifest } from "../lib/runs/manifest.ts";
import { DEFAULT_RULE } from "../lib/scores/rules.ts";
import { readTable } from "../lib/store/table.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { sharedData } from "../lib/testing/shared_data.ts";
import { spawnTask } from "../lib/testing/tasks.ts";

const release = sharedData("microworldbench");
const fixtures = sharedData("release-fixtures");

async function run(name: string, ...flags: string[]) {
  const { code, stdout, stderr } = await (await spawnTask(name, flags)).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Everything that must be equal between two runs: tables without timing columns, and clips. */
async function contents(folder: string) {
  const paths = runPaths(folder);
  const clips = (await readTable(clipsTable, paths.table("clips"))).map((row) => ({
    ...row,
    seconds: 0,
  }));
  const verdicts = (await readTable(verdictsTable, paths.table("verdicts")))
    .map((row) => ({ ...row, latency_ms: 0 }));
  const rest = ["tasks", "criteria", "stats", "findings", "scores", "summary"].map((name) =>
    Deno.readFileSync(paths.table(name))
  );
  const files = clips.map(({ path }) => Deno.readFileSync(join(folder, path)));
  return { clips, verdicts, rest, files };
}

const block = { d1: "It is sharp.", s1: "+1", w1: 1 };
/** A task of a benchmark of one's own, which nothing can measure. */
const ownTask = {
  ...{ index: 1, task: "A cell divides.", requirement: "One becomes two." },
  ...{ rubrics_scientific: block, rubrics_visual: block, rubrics_instruction: block },
};

const SMALL = ["--tasks", "1,5,9", "--seeds", "0", "--model", "simulator,simulator:each"];

Deno.test("reproduce, killed at 8 random moments, ends with what an uninterrupted run makes", async () => {
  const parent = await Deno.makeTempDir();
  const whole = join(parent, "whole");
  const started = performance.now();
  const first = await run("reproduce", "--run", whole, ...SMALL);
  const length = performance.now() - started;
  assertEquals(first.code, 0, first.stderr);

  const killed = join(parent, "killed");
  const draw = random(20, "moments");
  let survived = 0;
  for (let kill = 0; kill < 8; kill++) {
    const child = (await spawnTask("reproduce", ["--run", killed, ...SMALL])).spawn();
    const ended = child.output();
    const moment = draw() * length * 0.8;
    const timer = setTimeout(() => child.kill("SIGKILL"), moment);
    const { success } = await ended;
    clearTimeout(timer);
    if (success) {
      survived++;
      await Deno.remove(killed, { recursive: true });
    }
  }
  assertOk(survived < 8, "no run was killed");
  const last = await run("reproduce", "--run", killed, ...SMALL);
  assertEquals(last.code, 0, last.stderr);
  assertEquals(await contents(killed), await contents(whole));
  const left = [...Deno.readDirSync(killed)].map(({ name }) => name);
  assertEquals(left.filter((name) => name.endsWith(".tmp") || name.includes("journal")), []);

  const again = await run("reproduce", "--run", killed, ...SMALL);
  assertOk(again.stdout.includes("0 rows made"), again.stdout);
  const final = await lastOf(killed);
  assertEquals(final.steps.map(({ made }) => made), final.steps.map(() => 0));
  assertEquals(final.rows_made, 0);
  await Deno.remove(parent, { recursive: true });
});

Deno.test("Ctrl-C keeps what is made, says how to go on, and exits with 130", async () => {
  const folder = await Deno.makeTempDir();
  const child = (await spawnTask("reproduce", ["--run", folder, "--seeds", "0-49"])).spawn();
  const manifest = runPaths(folder).table("clips").replace(".arrow", ".journal.arrows");
  while (!Deno.statSync(folder).isDirectory || !await hasBytes(manifest)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGINT");
  const { code, stderr } = await child.output();
  const said = new TextDecoder().decode(stderr);
  assertEquals(code, 130, said);
  assertOk(said.includes("To go on: deno task reproduce --run"), said);
  assertEquals((await lastOf(folder)).status, "stopped");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("reproduce puts the paper's argument to the test with the embedded models", async () => {
  const folder = await Deno.makeTempDir();
  const first = await run("reproduce", "--run", folder, "--tasks", "5,9", "--seeds", "0");
  assertEquals(first.code, 0, first.stderr);
  const clips = await readTable(clipsTable, runPaths(folder).table("clips"));
  assertEquals(
    [...new Set(clips.map(({ model }) => model))],
    ["l-base", "nano", "s-base", "simulator", "violator"],
  );
  const claims = (await readTable(claimsTable, runPaths(folder).table("claims")))
    .filter(({ rule }) => rule === DEFAULT_RULE);
  assertEquals(claims.map(({ claim }) => claim), ["a", "a", "b", "c"]);
  const page = await Deno.readTextFile(join(runPaths(folder).report, "index.html"));
  for (const { says, standing } of claims) {
    assertOk(page.includes(says) && page.includes(standing));
    assertOk(first.stdout.includes(says), first.stdout);
  }
  for (const { path } of clips.filter(({ model, task }) => model === "nano" && task === 5)) {
    assertOk(page.includes(path), path);
  }
  const again = await run("reproduce", "--run", folder, "--tasks", "5,9", "--seeds", "0");
  assertOk(again.stdout.includes("0 rows made"), again.stdout);
  await Deno.remove(folder, { recursive: true });
});

async function lastOf(folder: string) {
  return (await readManifest(runPaths(folder).manifest))!.invocations.at(-1)!;
}

async function hasBytes(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).size > 0;
  } catch {
    return false;
  }
}

Deno.test({
  name: "reproduce on the released benchmark prints and keeps the released report's figures",
  ignore: release.absent || fixtures.absent,
  async fn() {
    const folder = await Deno.makeTempDir();
    const flags = ["--benchmark", `release:${release.path}`, "--rule", "release"];
    const { code, stdout, stderr } = await run(
      "reproduce",
      ...flags,
      "--results",
      fixtures.path,
      "--run",
      folder,
    );
    assertEquals(code, 0, stderr);
    const rows = (await readTable(summaryTable, runPaths(folder).table("summary")))
      .filter((row) => row.rule === "release");
    const report = await Deno.readTextFile(join(fixtures.path, "evaluation_report.md"));
    const printed = [...report.matchAll(/^- \*\*Overall average\*\*: ([\d.]+)$/gm)].map((m) =>
      m[1]
    );
    const found = rows.filter((row) => row.group === "all").map((row) => row.mean!.toFixed(2));
    assertEquals(found.toSorted(), printed.toSorted());
    for (const figure of printed) assertOk(stdout.includes(figure), figure);
    const page = await Deno.readTextFile(join(runPaths(folder).report, "index.html"));
    assertOk(page.includes("DRIFT") && page.includes("mis-keyed-block"));
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("bad input: exit code 2, one message, and results as they were", async () => {
  const folder = await Deno.makeTempDir();
  const run_ = ["--run", folder];
  const little = ["--tasks", "1", "--seeds", "0", "--model", "simulator,simulator:each"];
  assertEquals((await run("reproduce", ...run_, ...little)).code, 0);
  const before = await contents(folder);
  const clips = await Deno.makeTempDir();
  const copyOf = (name: string) =>
    Deno.copyFile(join(folder, before.clips[0].path), join(clips, name));
  await copyOf("1.mp4");
  await copyOf("1.mov");
  await copyOf("99.mp4");
  await copyOf("clip.mp4");
  const broken = await Deno.makeTempDir();
  const bytes = await Deno.readFile(join(folder, before.clips[0].path));
  await Deno.writeFile(join(broken, "1.mp4"), bytes.subarray(0, bytes.length / 2));
  await Deno.writeTextFile(join(broken, "2.mp4"), "no video");
  const own = join(broken, "own.json");
  await Deno.writeTextFile(own, JSON.stringify([ownTask]));
  const cases: [string, string[], string[]][] = [
    ["generate", [...run_, "--model", `folder:${clips}`], ["1.mov, 1.mp4", "99.mp4", "clip.mp4"]],
    ["generate", [...run_, "--model", `folder:${broken}`], ["2 of 2 clips", "1.mp4", "2.mp4"]],
    ["generate", [...run_, "--model", "sora"], ["Unknown model sora", "simulator"]],
    ["generate", [...run_, "--model", "simulator", "--tasks", "77"], ["no task 77"]],
    ["judge", [...run_, "--judge", "imported:/nowhere"], ["/nowhere"]],
    ["reproduce", [...run_, "--seeds", "none"], ["--seeds", "numbers such as 0-2"]],
    ["reproduce", [...run_, "--benchmark", own], ["Cannot use", "it is of mini"]],
    ["reproduce", ["--run", join(broken, "new"), "--benchmark", own], ["--results DIR"]],
    ["audit", ["--benchmark", `release:${clips}`], ["deno task fetch"]],
    ["fetch", ["--from", clips, "--into", broken], ["MWBenchRubrics.json"]],
  ];
  for (const [name, flags, said] of cases) {
    const { code, stderr } = await run(name, ...flags);
    assertEquals(code, 2, `${name} ${flags.join(" ")}: ${stderr}`);
    for (const part of said) assertOk(stderr.includes(part), `${part} in: ${stderr}`);
    assertOk(!stderr.includes("    at "), `a stack in: ${stderr}`);
  }
  assertEquals(await contents(folder), before);

  await Deno.writeFile(join(folder, before.clips[0].path), bytes.subarray(0, bytes.length - 9));
  const damaged = await run("judge", ...run_, "--judge", "probe");
  assertEquals(damaged.code, 0, "verdicts that are there need no frames");
  await Deno.remove(runPaths(folder).table("verdicts"));
  const refused = await run("judge", ...run_, "--judge", "probe");
  assertEquals([refused.code, refused.stderr.includes("changed since")], [2, true], refused.stderr);
  const single = ["--tasks", "1", "--seeds", "0"];
  const mended = await run("generate", ...run_, "--model", "simulator", ...single);
  assertOk(mended.stderr.includes("1 made"), mended.stderr);
  assertEquals((await run("judge", ...run_)).code, 0);
  assertEquals(await contents(folder), before);
  await Deno.writeTextFile(runPaths(folder).table("verdicts"), "no table");
  const table = await run("score", ...run_);
  assertEquals([table.code, table.stderr.includes("verdicts.arrow")], [2, true], table.stderr);
  for (const path of [folder, clips, broken]) await Deno.remove(path, { recursive: true });
});

Deno.test("your own clips go the whole way, and their failures are shown", async () => {
  const folder = await Deno.makeTempDir();
  const run_ = ["--run", folder];
  const violator = ["--model", "simulator", "--violation", "each"];
  await run("generate", ...run_, ...violator, "--tasks", "1-3", "--seeds", "0");
  const clips = await Deno.makeTempDir();
  for (const task of [1, 2, 3]) {
    const path = runPaths(folder).clip("violator", task, 0);
    await Deno.copyFile(join(folder, path), join(clips, `${task}.mp4`));
  }
  const taken = await run("generate", ...run_, "--model", `my model=folder:${clips}`);
  assertEquals(taken.code, 0, taken.stderr);
  const [, missing, all] = taken.stderr.match(/no clip for (\d+) of (\d+) tasks/) ?? [];
  assertEquals(Number(all) - Number(missing), 3, taken.stderr);
  for (const step of ["judge", "score", "report"]) {
    const { code, stderr } = await run(step, ...run_);
    assertEquals(code, 0, stderr);
  }
  const rows = await readTable(summaryTable, runPaths(folder).table("summary"));
  const mean = (model: string) =>
    rows.find((row) => row.model === model && row.group === "all" && row.rule === "repaired")!.mean;
  assertEquals(mean("my model"), mean("violator"));
  const page = await Deno.readTextFile(join(runPaths(folder).report, "index.html"));
  assertOk(page.includes("my model") && page.includes("<video"));
  for (const path of [folder, clips]) await Deno.remove(path, { recursive: true });
});
