import { fileURLToPath } from "node:url";
import { z } from "zod";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { jsonFiles } from "../json_files.ts";
import { miniSchema, parseMini, readMini } from "./mini.ts";
import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES } from "../records/task.ts";

const folder = new URL("../../data/mini/", import.meta.url);
const path = fileURLToPath(new URL("tasks", folder));
const { benchmark, scenes } = await readMini(path);
// All in one file, so that a mistake can be made in any.
const text = JSON.stringify(
  (await jsonFiles(path, "tasks")).flatMap((file) => JSON.parse(file.text))
    .toSorted((a, b) => a.index - b.index),
);

Deno.test("36 tasks or more, three a world or more, four worlds a scale, criteria over three dimensions", () => {
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
      const numbers = own.filter((c) => c.dimension === dimension).map((c) => c.criterion);
      assertOk(numbers.length >= 3);
      assertEquals(numbers, numbers.map((_, i) => i + 1));
    }
    assertOk(own.some((c) => c.sign === -1));
    assertOk(own.every((c) => c.probe !== ""));
  }
});

Deno.test("no two tasks ask for the same thing, and prompts have 25 to 60 words", () => {
  const asked = [...scenes.values()].map((scene) => JSON.stringify(scene));
  assertEquals(new Set(asked).size, benchmark.tasks.length);
  for (const { prompt } of benchmark.tasks) {
    const words = prompt.split(/\s+/).length;
    assertOk(words >= 25 && words <= 60, `${words} words: ${prompt}`);
  }
});

Deno.test("schema.json is the schema that files are checked by", async () => {
  const kept = JSON.parse(await Deno.readTextFile(new URL("schema.json", folder)));
  assertEquals(kept, JSON.parse(JSON.stringify(z.toJSONSchema(miniSchema))));
});

Deno.test("mistakes name file, task and field", async () => {
  type Entry = Record<string, unknown> & { rubrics_visual: Record<string, unknown> };
  const broken = (change: (tasks: Entry[]) => void) => {
    const tasks: Entry[] = JSON.parse(text);
    change(tasks);
    return () => parseMini([{ file: "tasks.json", text: JSON.stringify(tasks) }]);
  };
  await assertInputError(
    () => parseMini([{ file: "tasks.json", text: "[" }]),
    "tasks.json",
    "JSON",
  );
  await assertInputError(broken((t) => t[2].scale = "tissue"), "tasks.json", "task 3, scale");
  await assertInputError(broken((t) => t[2].colour = "red"), "task 3", "colour");
  await assertInputError(broken((t) => t[4].index = 4), "task 4, index: used twice");
  await assertInputError(
    broken((t) => t[6].rubrics_visual.w2 = 0.7),
    "task 7, rubrics_visual.w2",
  );
  await assertInputError(
    broken((t) => delete t[6].rubrics_visual.s1),
    "task 7, rubrics_visual.s1",
  );
  await assertInputError(
    broken((t) => t[6].rubrics_visual.p1 = { measure: "noise", unit: "levels" }),
    "task 7, rubrics_visual.p1",
    "min or max",
  );
  await assertInputError(
    broken((t) => t[6].rubrics_visual.d22 = "mis-keyed"),
    "task 7, rubrics_visual.d22",
  );
  await assertInputError(() => readMini("/nowhere/tasks.json"), "/nowhere/tasks.json");
});
