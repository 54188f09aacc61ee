import { join } from "node:path";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { criterionHash } from "../records/criterion.ts";
import { parseOwnBenchmark, readOwnBenchmark } from "./own.ts";

const FILE = "/data/stem cells/rubrics_v2.json";

/** Three tasks as users write them: no scales, weights as text, one block keyed 11, 22, 33. */
function ownFile(): Record<string, unknown>[] {
  return [
    {
      index: 7,
      task: "Neural stem cells migrate along radial glia, phase contrast.",
      requirement: "Leading processes extend first; somata follow in jumps.",
      source: "lab film 112",
      rubrics_scientific: {
        d1: "The leading process extends before the soma moves.",
        s1: "+1",
        w1: "1.",
        d2: "A soma moves without touching its fibre.",
        s2: "-1",
        w2: "0.5",
      },
      rubrics_visual: { d1: "Phase halos surround the cells.", s1: "+1", w1: 0.2 },
      rubrics_instruction: { d1: "Two cells are in view.", s1: 1, w1: 1 },
    },
    {
      index: 2,
      任务: "A cilium beats.",
      具体要求: "Stroke and recovery differ.",
      rubrics_scientific: { d1: "The effective stroke is the faster.", s1: "+1", w1: "1" },
      rubrics_visual: {
        d33: "The frame drifts.",
        s33: "-1",
        w33: "0.2",
        d11: "The cilium is sharp.",
        s11: "+1",
        w11: "0.5",
        d22: "Its base stays in place.",
        s22: "+1",
        w22: "0",
      },
      rubrics_instruction: {
        d1: "One cilium is in view.",
        s1: "+1",
        w1: 1,
        p1: { measure: "bodies-at-start", min: 1, max: 1, unit: "bodies" },
      },
    },
    {
      index: 11,
      task: "A platelet spreads.",
      requirement: "Filopodia, then lamellipodia.",
      scale: "cell",
      rubrics_scientific: { d1: "Filopodia come first.", s1: "+1", w1: 1 },
      rubrics_visual: { d1: "It is in focus.", s1: "+1", w1: 1 },
      rubrics_instruction: { d1: "It spreads to a disc.", s1: "+1", w1: 1 },
    },
  ];
}

function read(list: unknown) {
  return parseOwnBenchmark(JSON.stringify(list), FILE);
}

Deno.test("a custom file is read: its name, tasks without a scale, weights as text", () => {
  const { benchmark, scenes } = read(ownFile());
  assertEquals(benchmark.name, "rubrics_v2");
  assertEquals(
    benchmark.tasks.map(({ task, scale, prompt }) => [task, scale, prompt.split(" ")[1]]),
    [[7, "", "stem"], [2, "", "cilium"], [11, "cell", "platelet"]],
  );
  assertEquals(benchmark.tasks[1].requirement, "Stroke and recovery differ.");
  assertEquals(new Set(benchmark.tasks.map(({ source }) => source)), new Set(["rubrics_v2.json"]));
  assertEquals(scenes, undefined);
  const of = (task: number, dimension: string) =>
    benchmark.criteria.filter((row) => row.task === task && row.dimension === dimension)
      .map(({ sign, weight, raw_weight }) => [sign, weight, raw_weight]);
  assertEquals(of(7, "scientific"), [[1, 1, 1], [-1, 0.5, 0.5]]);
  assertEquals(of(7, "instruction"), [[1, 1, 1]]);
  const probes = benchmark.criteria.filter(({ probe }) => probe !== "");
  assertEquals(probes.map(({ task, probe }) => [task, JSON.parse(probe).measure]), [
    [2, "bodies-at-start"],
  ]);
});

Deno.test("a mis-keyed block keeps its numbers; places and ids follow their order", () => {
  const { benchmark } = read(ownFile());
  const block = benchmark.criteria.filter((row) => row.task === 2 && row.dimension === "visual");
  assertEquals(
    block.map(({ criterion, place, description }) => [criterion, place, description]),
    [
      [33, 3, "The frame drifts."],
      [11, 1, "The cilium is sharp."],
      [22, 2, "Its base stays in place."],
    ],
  );
  for (const { id, place, description } of block) {
    assertEquals(id, `visual-${place}-${criterionHash(description)}`);
  }
  const ids = benchmark.criteria.map(({ task, id }) => `${task}/${id}`);
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("the same text at the same place has the same id, whatever its key", () => {
  const renumbered = ownFile();
  renumbered[1].rubrics_visual = {
    d1: "The cilium is sharp.",
    s1: "+1",
    w1: "0.5",
    d2: "Its base stays in place.",
    s2: "+1",
    w2: "0",
    d3: "The frame drifts.",
    s3: "-1",
    w3: "0.2",
  };
  const idsOf = (list: unknown) => read(list).benchmark.criteria.map(({ id }) => id).sort();
  assertEquals(idsOf(renumbered), idsOf(ownFile()));
});

Deno.test("tasks that name a world have a scene", () => {
  const list = ownFile();
  Object.assign(list[2], { world: "mitosis", parameters: { division_s: 1.2, axis: "vertical" } });
  const { benchmark, scenes } = read(list);
  assertEquals(benchmark.tasks[2].source, "world:mitosis");
  assertEquals([...scenes!], [
    [11, { world: "mitosis", parameters: { division_s: 1.2, axis: "vertical" } }],
  ]);
});

Deno.test("errors name the file, the task and the field", async () => {
  const refused = async (
    change: (list: Record<string, unknown>[]) => unknown,
    ...parts: string[]
  ) => {
    const list = ownFile();
    const changed = change(list);
    await assertInputError(() => read(changed ?? list), FILE, ...parts);
  };
  const set = (row: number, field: string, value: unknown) => (list: Record<string, unknown>[]) => {
    list[row][field] = value;
  };
  await refused(set(2, "index", 7), "task 7", "index", "used twice");
  await refused(set(0, "index", "7"), "entry 1", "index");
  await refused(set(1, "index", 0), "task 0", "index");
  await refused((list) => void delete list[2].rubrics_visual, "task 11", "rubrics_visual");
  await refused((list) => void delete list[2].requirement, "task 11", "requirement");
  await refused(set(1, "任务", ""), "task 2", "task:");
  await refused(set(0, "scale", "tissue"), "task 7", "scale", "organ");
  await refused(set(0, "rubrics_visual", "sharp"), "task 7", "rubrics_visual");
  await refused(set(0, "parameters", { cells: [3] }), "task 7", "parameters.cells");
  await refused((list) => [...list, "a line"], "entry 4", "whole");
  await refused(set(0, "index", 3000000000), "task 3000000000", "index", "2147483647");
  const block = (value: object) => set(1, "rubrics_scientific", value);
  await refused(block({ d1: "A.", s1: "+1", w1: 1e308 }), "w1 is 1e+308", "0 to 1000000");
  await refused(block({ d1: "A.", s1: "+1", w1: "9".repeat(400) }), "0 to 1000000");
  await refused(block({ d3000000000: "A." }), "d3000000000", "2147483647 at most");
  await refused(block({}), "2/scientific", "empty");
  await refused(block({ d1: "A.", s1: "+1" }), "2/scientific", "w1");
  await refused(block({ d1: "A.", w1: 1 }), "2/scientific", "s1");
  await refused(block({ d1: "A.", s1: "+1", w1: "heavy" }), "2/scientific", 'w1 is "heavy"');
  await refused(block({ d1: "A.", s1: "+1", w1: -1 }), "2/scientific", "w1 is -1");
  await refused(block({ s1: "+1", w1: 1 }), "2/scientific", "d1");
  await refused(block({ d1: "A.", s1: "+1", w1: 1, note: "x" }), "2/scientific", "note");
});

Deno.test("input that is not JSON or not a list of tasks is refused, naming the file", async () => {
  const refused = (text: string, ...parts: string[]) =>
    assertInputError(() => parseOwnBenchmark(text, FILE), FILE, ...parts);
  await refused('{"1": "A cell divides."}', "a list of tasks");
  await refused("[]", "a list of tasks");
  await refused('"A cell divides."', "a list of tasks");
  await refused("", "not JSON");
  await refused('[{"index": 1,]', "not JSON");
});

Deno.test("a file is read with or without a byte order mark; errors name missing files and folders", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "Mine.JSON");
  await Deno.writeTextFile(path, `\uFEFF${JSON.stringify(ownFile())}`);
  const { benchmark } = await readOwnBenchmark(path);
  assertEquals([benchmark.name, benchmark.tasks.length], ["Mine", 3]);
  await assertInputError(
    () => readOwnBenchmark(join(folder, "none.json")),
    "none.json",
    "no such file",
  );
  const message = await assertInputError(() => readOwnBenchmark(folder), folder);
  assertOk(!message.includes("undefined"));
  await Deno.remove(folder, { recursive: true });
});
