/** The judges by name: what each name opens, and what it refuses. */
import { join } from "node:path";
import { openBenchmark } from "../benchmark/registry.ts";
import { runPaths } from "../paths.ts";
import { choose } from "../registry.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import type { OpenJudge, ReadVerdicts } from "./judge_entry.ts";
import { chooseJudge, DEFAULT_JUDGE, JUDGES } from "./registry.ts";

const loaded = await openBenchmark("mini");
const LOCAL = { "base-url": "http://127.0.0.1:9/v1" };

async function open(
  name: string,
  given: Record<string, string | true> = {},
  { folder = "/tmp/no-run", environment = {} as Record<string, string> } = {},
): Promise<OpenJudge | ReadVerdicts> {
  const { entry, spec, options } = choose(JUDGES, name, "judge", given);
  const paths = runPaths(folder);
  return await entry.open({ spec, options, loaded, paths, environment, note() {} });
}

async function judgeOf(...given: Parameters<typeof open>) {
  const opened = await open(...given);
  assertOk("judge" in opened);
  return opened.judge;
}

Deno.test("entries: a name, ways to name it, one line of help, options that help can show", () => {
  assertOk(DEFAULT_JUDGE in JUDGES);
  for (const [name, entry] of Object.entries(JUDGES)) {
    assertEquals(entry.name, name);
    assertOk(entry.syntax.every(({ form }) => form.split(":")[0] === name), name);
    for (const [option, schema] of Object.entries(entry.options.shape)) {
      const { help } = schema.meta() as { help?: string };
      assertOk(/^[a-z][a-z-]*$/.test(option) && help?.endsWith("."), `${name} --${option}`);
    }
  }
});

Deno.test("judges go by their own names, or by those that users give them", async () => {
  const named = async (...given: Parameters<typeof open>) => {
    const { name, model } = await judgeOf(...given);
    return [name, model];
  };
  assertEquals(await named("probe"), ["probe", "probe"]);
  assertEquals(await named("mine=probe"), ["mine", "probe"]);
  assertEquals(await named("openai:gpt-4o", LOCAL), ["openai", "gpt-4o"]);
  assertEquals(await named("house=openai:gpt-4o", LOCAL), ["house", "gpt-4o"]);
});

Deno.test("the probe says why it cannot judge a benchmark without probes; others judge any", async () => {
  const criteria = loaded.benchmark.criteria.map((row) => ({ ...row, probe: "" }));
  const bare = { ...loaded, benchmark: { ...loaded.benchmark, name: "cells", criteria } };
  const { entry, spec, options } = chooseJudge("probe");
  assertEquals(entry.refuses!(loaded), null);
  const given = {
    spec,
    options,
    loaded: bare,
    paths: runPaths("/tmp"),
    environment: {},
    note() {},
  };
  await assertInputError(() => entry.open(given), "cannot judge cells", "--judge openai:MODEL");
  assertEquals(JUDGES.openai.refuses?.(bare), undefined);
});

Deno.test("openai: a key where one is needed, read from what the caller gives, and for an estimate none", async () => {
  const read = JUDGES.openai.environment!({ header: [["x-team", "TEAM_KEY"]] });
  assertEquals([read[0], read.at(-1)], ["OPENAI_API_KEY", "TEAM_KEY"]);
  await assertInputError(() => open("openai:gpt-4o"), "OPENAI_API_KEY", "--base-url");
  await open("openai:gpt-4o", {}, { environment: { OPENAI_API_KEY: "sk-x" } });
  await open("openai:gpt-4o", { estimate: true });
  await assertInputError(
    () => open("openai:gpt-4o", { ...LOCAL, prompt: "as-released" }),
    "--evaluator DIR",
  );
  await assertInputError(() => open("openai:gpt-4o", { ...LOCAL, "no-wait": true }), "--batch-api");
  await assertInputError(() => open("openai:no-such-model", LOCAL), "no-such-model", "--price");
});

Deno.test("an estimate ends before anything is asked, and says what asking would take", async () => {
  const opened = await open("openai:gpt-4o", { ...LOCAL, estimate: true });
  assertOk("judge" in opened);
  const { benchmark: { tasks: [task], criteria } } = loaded;
  const clip = { ...CLIP, task: task.task };
  const asked = criteria.filter((row) => row.task === task.task && row.dimension === "visual");
  const prepared = await opened.prepare!({
    byClip: [[{ clip, task, criteria: asked }]],
    repeat: 0,
    paths: runPaths("/tmp/no-run"),
    framesOf: () => Promise.reject(new Error("no clip is decoded for an estimate")),
    progress() {},
  });
  assertOk(!prepared.proceed && /^requests +1$/m.test(prepared.text!), prepared.text);
  assertEquals(opened.spent!(), null);
});

const CLIP = {
  ...{ model: "nano", seed: 0, world: "", violation: "", path: "x.mp4", sha256: "", frames: 33 },
  ...{
    width: 128,
    height: 128,
    fps: 12,
    steps: 0,
    guidance: 0,
    device: "cpu",
    seconds: 0,
    key: "",
  },
};

Deno.test("imported verdicts come under the label, and labels do not hide one another", async () => {
  const folder = await Deno.makeTempDir();
  const scored = { parsed_result: { reasoning: "Seen.", scores: [1, 0] } };
  const entry = { index: 1, scientific_eval: scored };
  await Deno.writeTextFile(join(folder, "wan_result.json"), JSON.stringify([entry]));
  const verdictsOf = async (name: string) => {
    const opened = await open(name);
    assertOk("verdicts" in opened);
    return opened.verdicts;
  };
  const [own, paper] = [
    await verdictsOf(`imported:${folder}`),
    await verdictsOf(`paper=imported:${folder}`),
  ];
  assertEquals([own[0].judge, paper[0].judge], ["imported", "paper"]);
  assertEquals(new Set([...own, ...paper].map(({ key }) => key)).size, 2 * own.length);
  assertEquals([JUDGES.imported.beginsRun, JUDGES.human.beginsRun], [true, undefined]);
  await assertInputError(() => open("imported:/nowhere"), "/nowhere");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a person's sheet is read against the run that it was made for", async () => {
  const folder = await Deno.makeTempDir();
  const [criterion] = loaded.benchmark.criteria;
  const key = {
    clip: "c1",
    model: "nano",
    task: criterion.task,
    seed: 0,
    sha256: "",
    frames_hash: "",
  };
  await Deno.mkdir(join(folder, "labels"));
  const sheet = join(folder, "sheet.csv");
  await Deno.writeTextFile(sheet, `clip,id,met\nc1,${criterion.id},yes\n`);
  await assertInputError(() => open(`human:${sheet}`, {}, { folder }), "key.json", "--run NAME");
  await Deno.writeTextFile(join(folder, "labels", "key.json"), JSON.stringify([key]));
  const opened = await open(`ann=human:${sheet}`, {}, { folder });
  assertOk("verdicts" in opened);
  assertEquals(opened.verdicts.map(({ judge, met, id }) => [judge, met, id]), [
    ["ann", true, criterion.id],
  ]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("numbers that make no sense are refused before anything is opened", async () => {
  const huge = "9".repeat(400);
  const refused: [Record<string, string>, string][] = [
    [{ frames: "99999999" }, "256 at most"],
    [{ concurrency: "99999999" }, "1024 at most"],
    [{ timeout: "99999999" }, "86400 at most"],
    [{ price: `1,${huge}` }, "1000000 US dollars at most"],
    [{ budget: huge }, "1000000 at most"],
    [{ budget: "0.00" }, "more than 0"],
    ...["NaN", "-1", "1e3", ".5", "Infinity", "1,5", ""].map((
      budget,
    ): [Record<string, string>, string] => [{ budget }, "expected US dollars"]),
    ...["NaN,1", "-1,2", "1", "1e9,1", ","].map((price): [Record<string, string>, string] => [
      { price },
      "expected INPUT,OUTPUT",
    ]),
  ];
  for (const [given, expected] of refused) {
    await assertInputError(() => choose(JUDGES, "openai:gpt-4o", "judge", given), expected);
  }
});
