import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { miniOf, readMini } from "./mini.ts";
import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES } from "../records/task.ts";
import { openRubric } from "../worlds/rubric.ts";

const { benchmark, scenes, rubrics } = await readMini();

Deno.test("at least 36 tasks and three per world, four worlds per scale, criteria in three dimensions", () => {
  const count = benchmark.tasks.length;
  assertOk(count >= 36, `${count} tasks`);
  assertEquals(benchmark.tasks.map((t) => t.task), Array.from({ length: count }, (_, i) => i + 1));
  for (const scale of SCALES) {
    const own = benchmark.tasks.filter((task) => task.scale === scale);
    const worlds = [...Map.groupBy(own, ({ source }) => source).values()];
    assertOk(worlds.length >= 4, `${worlds.length} worlds of ${scale}`);
    assertOk(worlds.every((tasks) => tasks.length >= 3));
  }
  for (const { task } of benchmark.tasks) {
    const own = benchmark.criteria.filter((c) => c.task === task);
    assertOk(own.length >= 12 && own.length <= 15, `task ${task} has ${own.length} criteria`);
    for (const dimension of DIMENSIONS) {
      const block = own.filter((c) => c.dimension === dimension);
      assertOk(block.length >= 3);
      assertEquals(block.map((c) => c.place), block.map((_, i) => i + 1));
      assertEquals(block.map((c) => c.criterion), block.map((_, i) => i + 1));
    }
    assertOk(own.some((c) => c.sign === -1));
    assertOk(own.every((c) => c.probe !== ""));
  }
});

Deno.test("prompts are distinct and have 25 to 60 words", () => {
  const asked = [...scenes.values()].map((scene) => JSON.stringify(scene));
  assertEquals(new Set(asked).size, benchmark.tasks.length);
  for (const { prompt } of benchmark.tasks) {
    const words = prompt.split(/\s+/).length;
    assertOk(words >= 25 && words <= 60, `${words} words: ${prompt}`);
  }
});

Deno.test("criteria are the rubric's, with the scene's numbers and words filled in", () => {
  for (const { task, scale } of benchmark.tasks) {
    const { world, parameters } = scenes.get(task)!;
    const rubric = rubrics.get(world)!;
    assertEquals(scale, rubric.scale);
    const own = benchmark.criteria.filter((c) => c.task === task);
    assertEquals(own.map(({ id }) => id).sort(), rubric.criteria.map(({ id }) => id).sort());
    for (const { id, description, probe, weight, raw_weight } of own) {
      assertOk(!/[{}]|undefined|NaN/.test(description), `task ${task} ${id}: ${description}`);
      assertEquals(weight, raw_weight);
      const asked = rubric.criteria.find((c) => c.id === id)!;
      assertEquals(JSON.parse(probe).measure, asked.measure);
    }
    const declared = rubric.tasks.find((entry) => entry.task === task)!;
    assertEquals(parameters, declared.parameters);
  }
});

Deno.test("duplicate task numbers and unfilled parameters are named", async () => {
  const valve = await openRubric("valve");
  await assertInputError(
    () => miniOf([valve, { ...valve, world: "leaky-valve" }]),
    "task 16",
    "valve",
    "leaky-valve",
  );
  const [first, ...rest] = valve.tasks;
  const { period_s: _, ...parameters } = first.parameters;
  const lacking = { ...valve, tasks: [{ ...first, parameters }, ...rest] };
  await assertInputError(() => miniOf([lacking]), "criterion period", "no parameter period_s");
});
