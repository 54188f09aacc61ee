import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import type { Benchmark } from "../benchmark/benchmark.ts";
import { placed } from "../benchmark/keys.ts";
import { readImported } from "./imported.ts";

const benchmark: Benchmark = {
  name: "release",
  tasks: [1, 2].map((task) => ({
    benchmark: "release",
    task,
    scale: "cell",
    prompt: "P",
    requirement: "R",
    source: "S",
  })),
  criteria: placed(
    [1, 2].flatMap((task) =>
      (["scientific", "visual", "instruction"] as const).flatMap((dimension) =>
        [11, 22].map((criterion) => ({
          benchmark: "release",
          task,
          dimension,
          criterion,
          description: "D",
          sign: 1 as const,
          weight: 1,
          raw_weight: 1,
          probe: "",
        }))
      )
    ),
  ),
};

async function importing(results: unknown, name = "m_result.json") {
  const folder = await Deno.makeTempDir();
  const text = typeof results === "string" ? results : JSON.stringify(results);
  await Deno.writeTextFile(`${folder}/${name}`, text);
  return await readImported(folder, benchmark);
}

const answered = (scores: unknown) => ({ raw_response: "…", parsed_result: { scores } });

Deno.test("every way an answer can be no judgement is a null with its reason", async () => {
  const { models, verdicts } = await importing([{
    index: 1,
    scientific_eval: answered([1, 0]),
    visual_eval: answered([1]),
    instruction_eval: answered(5),
  }]);
  assertEquals(models, ["m"]);
  assertEquals(verdicts.length, 12);
  const of = (task: number, dimension: string) =>
    verdicts.filter((row) => row.task === task && row.dimension === dimension)
      .map(({ place, met, reason }) => [place, met, reason]);
  assertEquals(of(1, "scientific"), [[1, true, ""], [2, false, ""]]);
  assertEquals(of(1, "visual"), [
    [1, true, ""],
    [2, null, "the answer holds 1 scores, none for criterion 2"],
  ]);
  assertEquals(of(1, "instruction")[0], [1, null, "scores is 5; expected a list"]);
  assertEquals(of(2, "visual")[0], [1, null, "no entry for this task in m_result.json"]);
  const { verdicts: odd } = await importing([{
    index: 1,
    scientific_eval: answered([0.5, "1"]),
    visual_eval: { raw_response: "I cannot", parsed_result: null },
  }]);
  const reasons = odd.slice(0, 6).map(({ met, reason }) => `${met} ${reason}`);
  assertEquals(reasons, [
    "null score is neither 0 nor 1: 0.5",
    `null score is neither 0 nor 1: "1"`,
    `null answer could not be parsed: "I cannot"`,
    `null answer could not be parsed: "I cannot"`,
    "null no instruction_eval in m_result.json",
    "null no instruction_eval in m_result.json",
  ]);
});

Deno.test("files that are no results are refused with file, entry and what is wrong", async () => {
  await assertInputError(() => importing("{ half"), "m_result.json");
  await assertInputError(() => importing({ index: 1 }), "an object; expected a list");
  await assertInputError(() => importing("null"), "found null");
  await assertInputError(() => importing([]), "empty list");
  await assertInputError(
    () => importing([null, { index: "1" }]),
    "entry 1",
    'entry 2: index is "1"',
  );
  await assertInputError(
    () => importing([{ index: 1 }, { index: 1 }, { index: 99 }, { task: 3 }]),
    "entry 2: index 1 stands twice",
    "entry 3: index 99 is not a task of release",
    "entry 4: index is nothing",
  );
  await assertInputError(() => importing([], "other.json"), "_result.json");
  await assertInputError(() => readImported("/nowhere", benchmark), "/nowhere");
});

Deno.test("equal files give equal keys; another file gives others", async () => {
  const keys = async (scores: number[]) =>
    (await importing([{ index: 1, scientific_eval: answered(scores) }])).verdicts.map((v) => v.key);
  assertEquals(await keys([1, 0]), await keys([1, 0]));
  assertEquals((await keys([1, 0])).some((key, i) => key === [][i]), false);
  assertEquals(new Set([...await keys([1, 0]), ...await keys([1, 1])]).size, 24);
});

Deno.test("a file of results without a model in its name is refused", async () => {
  await assertInputError(() => importing([], "_result.json"), "/_result.json", "has no model");
});

/** A folder of several files, read. */
async function importingAll(files: Record<string, unknown>) {
  const folder = await Deno.makeTempDir();
  for (const [name, content] of Object.entries(files)) {
    const bytes = content instanceof Uint8Array ? content : new TextEncoder().encode(
      typeof content === "string" ? content : JSON.stringify(content),
    );
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
  await Deno.mkdir(`${folder}/old_result.json`);
  return { folder, ...await readImported(folder, benchmark) };
}

Deno.test("bad and foreign files are all named, and stop none of the others", async () => {
  const good = [{ index: 1, scientific_eval: answered([1, 0]) }];
  const { folder, models, verdicts, problems, notes } = await importingAll({
    "a_result.json": good,
    "cut_result.json": JSON.stringify(good).slice(0, 30),
    "foreign_result.json": [{ index: 7001 }, { index: 7002 }],
    "latin_result.json": new Uint8Array([0x5b, 0x22, 0xe9, 0x22, 0x5d]),
    "Veo_result.json": good,
    "veo_result.json": good,
    "tab\t_result.json": good,
    "_result.json": good,
    "z_result.json": good,
    "._a_result.json": new Uint8Array([0, 5, 22, 7]),
    "evaluation_report.md": "# Report",
  });
  assertEquals([models, verdicts.length], [["a", "z"], 24]);
  const named = problems.map((problem) => problem.slice(folder.length + 1).split(": ")[0]);
  assertEquals(
    named.sort(),
    [
      ...["Veo_result.json", "_result.json", "cut_result.json", "foreign_result.json"],
      "latin_result.json",
      `${JSON.stringify(`${folder}/tab\t_result.json`).slice(folder.length + 1)}`,
      "veo_result.json",
    ].sort(),
  );
  for (const problem of problems) assertOk(!problem.includes("\n"), problem);
  assertEquals(
    notes[0],
    'passed over, not <model>_result.json: "._a_result.json", "evaluation_report.md", "old_result.json"',
  );
});

Deno.test("lists that are too long, and tasks without entry, are noted with how they count", async () => {
  const { notes } = await importingAll({
    "m_result.json": [{
      index: 2,
      scientific_eval: answered([1, 0, 1]),
      visual_eval: answered([1, 0]),
      instruction_eval: answered([0, 0, 0, 0, 0]),
    }],
  });
  assertOk(
    notes.some((note) =>
      note.startsWith("m has no entry for 1 of 2 tasks: these are unjudged and widen its bounds")
    ),
  );
  assertOk(
    notes.some((note) =>
      note.startsWith("m has 2 lists with more scores than criteria") &&
      note.endsWith("task 2 scientific 3 for 2, task 2 instruction 5 for 2")
    ),
    notes.join("\n"),
  );
});

Deno.test("what Python writes for NaN and Infinity is a score that is no judgement", async () => {
  const scores = "[NaN, -Infinity]";
  const { verdicts } = await importing(
    `[{"index": 1, "scientific_eval": {"parsed_result": {"scores": ${scores}, "reasoning": "NaN"}}}]`,
  );
  assertEquals(verdicts.slice(0, 2).map(({ met, reason, evidence }) => [met, reason, evidence]), [
    [null, "score is neither 0 nor 1: NaN or Infinity", "NaN"],
    [null, "score is neither 0 nor 1: NaN or Infinity", "NaN"],
  ]);
  await assertInputError(() => importing('[{"index": NaN}]'), "index is NaN");
});

Deno.test("answers at which the released script drops a model are noted, what it passes over is not", async () => {
  const { notes } = await importingAll({
    "m_result.json": [
      { index: 1, scientific_eval: answered(5), visual_eval: "x", instruction_eval: answered([]) },
      { index: 2, scientific_eval: { parsed_result: [1] }, visual_eval: answered({}) },
    ],
  });
  const [, note] = notes;
  assertOk(note.startsWith("m has 3 answers of a form at which the released script"), note);
  assertOk(note.endsWith("task 1 scientific, task 1 visual, task 2 scientific"), note);
});

Deno.test("of a mis-keyed block the note says which scores beyond it the released script counts", async () => {
  const ones = Array(23).fill(1);
  const { notes } = await importingAll({
    "m_result.json": [{ index: 1, scientific_eval: answered(ones) }, { index: 2 }],
  });
  assertOk(
    notes.at(-1)!.endsWith("23 for 2 (the released script counts score 11,22)"),
    notes.at(-1),
  );
});

Deno.test("a link to a pipe or a device is passed over, one that leads nowhere is named", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/a_result.json`, '[{"index": 1}]');
  await Deno.symlink("/dev/zero", `${folder}/b_result.json`);
  await Deno.symlink("/no/such/file", `${folder}/c_result.json`);
  const { models, problems, notes } = await readImported(folder, benchmark);
  assertEquals([models, problems.length], [["a"], 1]);
  assertOk(problems[0].includes("c_result.json"), problems[0]);
  assertOk(notes[0].includes('"b_result.json"'), notes[0]);
});
