import { assertEquals, assertInputError } from "../testing/assert.ts";
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
  await assertInputError(() => importing({ index: 1 }), "expected a list");
  await assertInputError(
    () => importing([{ index: 1 }, { index: 1 }, { index: 99 }, { task: 3 }]),
    "entry 2: index 1 stands twice",
    "entry 3: index 99 is not a task of release",
    "entry 4: index is undefined",
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
