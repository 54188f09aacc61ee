import { join } from "node:path";
import { runPaths } from "../paths.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { benchmarkStep } from "./benchmark.ts";
import { type InvocationRecord, readManifest } from "./manifest.ts";
import { silent, textProgress } from "./progress.ts";
import { type Session, type SessionOptions, withSession } from "./session.ts";

const invocation = { command: "try", passed: ["--seeds", "3"], resolved: { seeds: 3 } };

/** Works in a run, beginning it where it is new. */
function inRun<T>(
  folder: string,
  work: (session: Session) => Promise<T>,
  options: Partial<SessionOptions> = {},
): Promise<T> {
  return withSession({ folder, invocation, progress: silent, begins: true, ...options }, work);
}

async function invocationsOf(folder: string): Promise<InvocationRecord[]> {
  return (await readManifest(runPaths(folder).manifest))!.invocations;
}

/** Names of what a folder holds. */
function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** The text of a benchmark of one's own with one task. */
function ownBenchmark(prompt: string): string {
  const block = { d1: "It is sharp.", s1: "+1", w1: 1 };
  const blocks = { rubrics_scientific: block, rubrics_visual: block, rubrics_instruction: block };
  return JSON.stringify([{ index: 1, task: prompt, requirement: "A cell.", ...blocks }]);
}

Deno.test("run.json says what was run, with what, and how it ended", async () => {
  const folder = await Deno.makeTempDir();
  await inRun(folder, async (session) => {
    assertEquals((await invocationsOf(folder))[0].status, "running");
    await session.step("judge", 2, () => Promise.resolve({ made: 2, cached: 1 }));
    assertEquals(session.record.steps.length, 1);
  });
  const [record] = await invocationsOf(folder);
  assertEquals([record.status, record.command, record.flags_passed, record.flags], [
    "finished",
    "try",
    ["--seeds", "3"],
    { seeds: 3 },
  ]);
  assertEquals(record.steps.map(({ name, made, cached }) => [name, made, cached]), [[
    "judge",
    2,
    1,
  ]]);
  assertOk(record.versions["apache-arrow"] && record.ended! >= record.started);
  assertEquals(record.rows_made, 2);
});

Deno.test("progress tells of the benchmark what it is; run.json keeps the step's name", async () => {
  const folder = await Deno.makeTempDir();
  let text = "";
  const progress = textProgress((part) => text += part, { terminal: false, now: () => 0 });
  await inRun(folder, benchmarkStep, { progress });
  assertEquals(text, "benchmark 39 tasks, 585 criteria (0.0 s)\n");
  const [{ steps }] = await invocationsOf(folder);
  assertEquals(steps.map(({ name }) => name), ["stats"]);
});

Deno.test("a later command adds a record and changes no other; what it spent is summed", async () => {
  const folder = await Deno.makeTempDir();
  await inRun(folder, () => Promise.resolve());
  const before = await invocationsOf(folder);
  const usage = {
    ...{ started: "now", model: "m", requests: 3, retried: 1, uncounted: 0, price: "table" },
    ...{ prompt_tokens: 10, completion_tokens: 2, cost_usd: 0.25 },
  };
  await inRun(folder, (session) => {
    session.spend(usage);
    session.spend({ ...usage, prompt_tokens: 5 });
    return Promise.resolve();
  }, { begins: false });
  const after = await invocationsOf(folder);
  assertEquals(after.slice(0, 1), before);
  const [, { usage: spent, prompt_tokens, completion_tokens, cost_usd }] = after;
  assertEquals([spent.length, prompt_tokens, completion_tokens, cost_usd], [2, 15, 4, 0.5]);
});

Deno.test("a step made once is made again only if its key or an output changes", async () => {
  const folder = await Deno.makeTempDir();
  const output = join(folder, "figures");
  const run = async (key: string) => {
    let ran = false;
    await inRun(folder, (session) =>
      session.stepOnce("figures", key, [output], async () => {
        ran = true;
        await Deno.writeTextFile(output, "<svg/>");
        return 1;
      }));
    return ran;
  };
  assertEquals([await run("a"), await run("a"), await run("b"), await run("b")], [
    true,
    false,
    true,
    false,
  ]);
  await Deno.remove(output);
  assertEquals(await run("b"), true);
  await Deno.writeTextFile(output, "<gvs/>");
  assertEquals([await run("b"), await run("b")], [true, false]);
});

Deno.test("a command that fails or is stopped says so, and forgets no step made before", async () => {
  const folder = await Deno.makeTempDir();
  const output = join(folder, "report");
  const make = () =>
    inRun(folder, (session) =>
      session.stepOnce("figures", "a", [output], async () => {
        await Deno.writeTextFile(output, "");
        return 1;
      }));
  await make();
  for (const status of ["failed", "stopped"] as const) {
    const controller = new AbortController();
    const failing = inRun(folder, async (session) => {
      if (status === "stopped") controller.abort();
      await session.step("judge", 1, () => Promise.reject(new Error("no luck")));
    }, { signal: controller.signal });
    assertOk(await failing.then(() => false, () => true));
    const last = (await invocationsOf(folder)).at(-1)!;
    assertEquals([last.status, last.error], [status, status === "failed" ? "no luck" : null]);
    assertOk(last.ended);
  }
  await make();
  assertEquals((await invocationsOf(folder)).at(-1)!.steps[0].made, 0);
});

Deno.test("a folder in use is refused, and free again after; only our temporary files go", async () => {
  const folder = await Deno.makeTempDir();
  await inRun(folder, async () => {
    const program = `import { lockFolder } from ${
      JSON.stringify(new URL("./lock.ts", import.meta.url).href)
    };
      import { runPaths } from ${JSON.stringify(new URL("../paths.ts", import.meta.url).href)};
      try { await lockFolder(runPaths(${
      JSON.stringify(folder)
    })); } catch (e) { console.log(e.name, e.message); }`;
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", program] })
      .output();
    const said = new TextDecoder().decode(stdout);
    assertOk(said.startsWith("InputError") && said.includes(folder), said);
  });
  for (const name of [".microverse-clips.arrow-0a1b2c3d.tmp", "notes.tmp"]) {
    await Deno.writeTextFile(join(folder, name), "half");
  }
  await inRun(folder, () => Promise.resolve());
  assertEquals(namesIn(folder), [
    ".microverse-copy-run.json",
    ".microverse-run.lock",
    ".microverse.lock",
    "notes.tmp",
    "run.json",
  ]);
});

Deno.test("a run.json that is none is refused, not overwritten", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(join(folder, "run.json"), "{");
  await assertInputError(() => inRun(folder, () => Promise.resolve()), "run.json");
  assertEquals(await Deno.readTextFile(join(folder, "run.json")), "{");
});

Deno.test("a run begins in a new or empty folder, and a mistyped name creates nothing", async () => {
  const parent = await Deno.makeTempDir();
  const folder = join(parent, "mine");
  const read = (name: string) =>
    inRun(join(parent, name), () => Promise.resolve(), { begins: false });
  await assertInputError(() => read("mine"), "Found no run", "deno task generate --model MODEL");
  await assertInputError(
    () => inRun(folder, () => Promise.resolve(), { benchmark: "minni" }),
    "did you mean mini?",
  );
  assertEquals(namesIn(parent), []);
  await inRun(folder, () => Promise.resolve());
  await assertInputError(() => read("mien"), "did you mean", folder);
  assertEquals(namesIn(parent), ["mine"]);
  const foreign = join(parent, "photos");
  await Deno.mkdir(foreign);
  await Deno.writeTextFile(join(foreign, "holiday.jpg"), "");
  await assertInputError(() => inRun(foreign, () => Promise.resolve()), "holiday.jpg");
  assertEquals(namesIn(foreign), ["holiday.jpg"]);
});

Deno.test("a run keeps its benchmark: any other is refused before anything is written", async () => {
  const parent = await Deno.makeTempDir();
  const folder = join(parent, "mine");
  const file = join(parent, "cells.json");
  await Deno.writeTextFile(file, ownBenchmark("A cell divides."));
  const name = (session: Session) => Promise.resolve(session.loaded.benchmark.name);
  assertEquals(await inRun(folder, name, { benchmark: file }), "cells");
  const before = await Deno.readTextFile(runPaths(folder).manifest);
  for (const begins of [true, false]) {
    await assertInputError(
      () => inRun(folder, name, { benchmark: "mini", begins }),
      "Cannot use mini",
      file,
      "Nothing was written",
    );
  }
  assertEquals(await Deno.readTextFile(runPaths(folder).manifest), before);
  assertEquals(await inRun(folder, name, { begins: false }), "cells");
  // The same tasks and criteria by another path are the same benchmark.
  const copy = join(parent, "copy", "cells.json");
  await Deno.mkdir(join(parent, "copy"));
  await Deno.copyFile(file, copy);
  assertEquals(await inRun(folder, name, { benchmark: copy }), "cells");
  assertEquals((await readManifest(runPaths(folder).manifest))!.benchmark!.spec, file);
});

Deno.test("a benchmark that has changed since is said, and its present hash kept", async () => {
  const parent = await Deno.makeTempDir();
  const folder = join(parent, "mine");
  const file = join(parent, "cells.json");
  await Deno.writeTextFile(file, ownBenchmark("A cell divides."));
  await inRun(folder, () => Promise.resolve(), { benchmark: file });
  const { hash } = (await readManifest(runPaths(folder).manifest))!.benchmark!;
  await Deno.writeTextFile(file, ownBenchmark("A cell divides in two."));
  const notes: string[] = [];
  const progress = { ...silent, note: (line: string) => void notes.push(line) };
  await inRun(folder, () => Promise.resolve(), { progress });
  assertOk(notes[0].includes("cells has changed"), notes[0]);
  const manifest = (await readManifest(runPaths(folder).manifest))!;
  assertOk(manifest.benchmark!.hash !== hash);
  const hashes = manifest.invocations.map((row) => row.benchmark_hash);
  assertEquals(hashes, [hash, manifest.benchmark!.hash]);
});

Deno.test("the command of another task names the run, quoted for a shell", async () => {
  const folder = join(await Deno.makeTempDir(), "my run");
  const command = await inRun(
    folder,
    ({ command }) => Promise.resolve(command("agreement", ["--judges", "probe,human"])),
  );
  assertEquals(command, `deno task agreement --run '${folder}' --judges probe,human`);
});

Deno.test("progress: lines at intervals in a log, one line on a terminal, with the time left", () => {
  for (const terminal of [false, true]) {
    let text = "";
    let time = 0;
    const step = textProgress((part) => text += part, { terminal, now: () => time })
      .step("judge", 10);
    for (let i = 0; i < 10; i++) {
      time += 1000;
      step.tick("clip");
    }
    step.done("10 made");
    assertOk(text.includes("2 of 10, about 8.0 s left"), text);
    assertEquals(text.trimEnd().split("\n").length, terminal ? 1 : 6);
    assertOk(text.endsWith("10 made (10 s)\n"));
  }
});
