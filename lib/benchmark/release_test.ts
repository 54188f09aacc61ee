import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { sharedData } from "../testing/shared_data.ts";
import { auditBenchmark, auditRelease } from "./audit.ts";
import { readRelease, type Release, RELEASE_FILES, releaseBenchmark } from "./release.ts";
import { benchmarkStatistics } from "./stats.ts";

const shared = sharedData("microworldbench");
const PAPER = { organ: 238, cell: 189, subcellular: 32 };

Deno.test({
  name: "the release: 459 tasks, and each defect that its notes measured",
  ignore: shared.absent,
  async fn() {
    const release = await readRelease(shared.path);
    const benchmark = releaseBenchmark(release);
    assertEquals(benchmark.tasks.length, 459);
    assertEquals(benchmark.criteria.length, 6884);
    assertEquals(benchmark.criteria.filter(({ sign }) => sign < 0).length, 595);
    const ids = benchmark.criteria.map(({ task, id }) => `${task}/${id}`);
    assertEquals(new Set(ids).size, 6884);
    const blocks = Map.groupBy(benchmark.criteria, (row) => `${row.task}/${row.dimension}`);
    for (const block of blocks.values()) {
      const places = block.map(({ place }) => place).sort((a, b) => a - b);
      assertEquals(places, places.map((_, i) => i + 1));
    }
    const misKeyed60 = blocks.get("60/scientific")!.map((row) => [row.place, row.criterion]);
    assertEquals(misKeyed60, [[1, 11], [2, 22], [3, 33], [4, 44], [5, 55]]);

    const findings = [...auditBenchmark(benchmark), ...auditRelease(release, benchmark, PAPER)];
    const of = (kind: string) => findings.filter((row) => row.kind === kind);
    const misKeyed = of("mis-keyed-block");
    assertEquals(misKeyed.length, 55);
    assertEquals(Map.groupBy(misKeyed, (row) => row.dimension).get("instruction")?.length, 50);
    const scientific = misKeyed.filter((row) => row.dimension === "scientific");
    assertEquals(scientific.map((row) => row.task), [60, 325, 330, 453]);
    assertEquals(misKeyed.filter((row) => row.dimension === "visual").map((row) => row.task), [
      319,
    ]);
    assertEquals(of("zero-weight").length, 884);
    assertEquals(of("zero-weight").filter((row) => row.detail.startsWith("penalty")).length, 147);
    assertEquals(of("weightless-penalties").length, 54);
    assertEquals(of("no-penalty").length, 75);
    assertEquals(of("block-size").map(({ task, dimension }) => [task, dimension]), [[
      277,
      "instruction",
    ]]);
    assertEquals(of("prompt-key-mismatch").length, 459);
    assertEquals(of("string-weight").length, 556);
    assertEquals(of("string-weight").filter((row) => row.detail.includes(`"1."`)).length, 1);
    assertEquals(of("scale-count").map((row) => row.detail), [
      "189 organ tasks; the paper says 238",
      "238 cell tasks; the paper says 189",
    ]);
    assertEquals(of("weight-mapping").length, 2);
  },
});

Deno.test({
  name: "the release's statistics add up",
  ignore: shared.absent,
  async fn() {
    const release = await readRelease(shared.path);
    const rows = benchmarkStatistics(releaseBenchmark(release), {
      confidence: release.labels.map(({ confidence }) => confidence),
    });
    const sum = (statistic: string, keep = (_: string) => true) =>
      rows.filter((row) => row.statistic === statistic && keep(row.group))
        .reduce((total, row) => total + row.value, 0);
    assertEquals(sum("tasks", (group) => group !== "all"), 459);
    assertEquals(sum("criteria", (group) => group !== "all"), 6884);
    assertEquals(sum("weights"), 6884);
    assertEquals(sum("raw_weights", (group) => group.startsWith("0.5 ")), 884);
    assertEquals(sum("label_confidence"), 459);
    const words = rows.filter((row) => row.statistic === "prompt_words").map((row) => row.value);
    assertEquals(words, words.toSorted((a, b) => a - b));
  },
});

/** A tiny release in memory, written to a folder with one field changed. */
async function tinyRelease(change: (files: Record<string, Record<string, unknown>[]>) => void) {
  const block = { d1: "A", s1: "+1", w1: "1.0", d2: "B", s2: "-1", w2: 0.2 };
  const rubrics = {
    rubrics_scientific: { ...block },
    rubrics_visual: { ...block },
    rubrics_instruction: { ...block },
  };
  const tasks = [1, 2];
  const files: Record<string, Record<string, unknown>[]> = {
    [RELEASE_FILES.raw]: tasks.map((index) => ({
      index,
      task: `Cell ${index}`,
      requirement: "R",
      ...structuredClone(rubrics),
    })),
    [RELEASE_FILES.normalised]: tasks.map((index) => ({
      index,
      任务: `Cell ${index}`,
      具体要求: "R",
      ...structuredClone(rubrics),
    })),
    [RELEASE_FILES.labels]: tasks.map((index) => ({
      index,
      id: "source",
      类别: "器官",
      final_label: "Organ-level",
      classification_confidence: 9,
    })),
  };
  change(files);
  const folder = await Deno.makeTempDir();
  for (const [file, list] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${file}`, JSON.stringify(list));
  }
  return folder;
}

Deno.test("both key languages and both kinds of weight are read", async () => {
  const folder = await tinyRelease(() => {});
  const { criteria, tasks } = releaseBenchmark(await readRelease(folder));
  assertEquals(tasks.map((task) => task.prompt), ["Cell 1", "Cell 2"]);
  assertEquals(criteria.slice(0, 2).map(({ sign, weight }) => [sign, weight]), [[1, 1], [-1, 0.2]]);
});

Deno.test("malformed releases are refused with file, task and field", async () => {
  const set = (file: string, row: number, field: string, value: unknown) => async () => {
    await readRelease(await tinyRelease((files) => (files[file][row][field] = value)));
  };
  const { raw, normalised, labels } = RELEASE_FILES;
  await assertInputError(set(raw, 1, "index", 1), raw, "entry 2", "index 1 is used twice");
  await assertInputError(set(labels, 1, "index", 7), labels, "tasks 2 are missing", "7 are extra");
  await assertInputError(set(labels, 0, "final_label", "Tissue"), labels, "final_label");
  await assertInputError(set(raw, 0, "task", undefined), raw, "entry 1");
  const block = (value: object) => set(normalised, 0, "rubrics_visual", value);
  await assertInputError(block({ d1: "A", s1: "+1" }), `${normalised} 1/visual`, "w1");
  await assertInputError(block({ d1: "A", s1: "0", w1: 1 }), "1/visual", `s1 is "0"`);
  await assertInputError(block({ d1: "A", s1: "+1", w1: "heavy" }), `w1 is "heavy"`);
  await assertInputError(block({ d1: "A", s1: "+1", w1: 1, note: "x" }), "key note");
  await assertInputError(() => readRelease("/nowhere"), "/nowhere", raw, "no such file");
});

Deno.test("an audit finds every planted defect and nothing in a clean block", () => {
  const at = { benchmark: "t", task: 1, sign: 1 as const, weight: 1, raw_weight: 1, probe: "" };
  const task = {
    benchmark: "t",
    task: 1,
    scale: "cell" as const,
    prompt: "P",
    requirement: "R",
    source: "S",
  };
  const block = (dimension: "scientific" | "visual" | "instruction", numbers: number[]) =>
    numbers.map((criterion, i) => ({
      ...at,
      id: `${dimension}-${criterion}`,
      dimension,
      place: i + 1,
      criterion,
      description: `${criterion}`,
    }));
  const clean = [
    ...block("scientific", [1, 2]),
    { ...block("scientific", [3])[0], sign: -1 as const },
    ...block("visual", [1]),
    ...block("instruction", [1]),
  ];
  assertEquals(auditBenchmark({ name: "t", tasks: [task], criteria: clean }), []);
  const planted = clean.map((entry) =>
    entry.dimension === "visual" ? { ...entry, criterion: 11, weight: 0 } : entry
  );
  const kinds = auditBenchmark({ name: "t", tasks: [task], criteria: planted }).map((f) => f.kind);
  assertEquals(kinds.toSorted(), ["mis-keyed-block", "no-positive-weight", "zero-weight"]);
  const twice = auditBenchmark({
    name: "t",
    tasks: [task, { ...task, task: 2 }],
    criteria: clean,
  });
  assertOk(twice.some((row) => row.kind === "duplicate-prompt" && row.task === 2));
});

Deno.test({
  name: "tasks keep their place whatever the order of a file",
  ignore: shared.absent,
  async fn() {
    const release = await readRelease(shared.path);
    const shuffled: Release = { ...release, raw: release.raw.toReversed() };
    assertEquals(releaseBenchmark(shuffled), releaseBenchmark(release));
  },
});
