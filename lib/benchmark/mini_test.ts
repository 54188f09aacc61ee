import { fileURLToPath } from "node:url";
import { z } from "zod";
import { assertEquals, assertInputError, assertOk } from "../testing.ts";
import { miniSchema, parseMini, readMini } from "./mini.ts";
import { DIMENSIONS, SCALES } from "./types.ts";

const folder = new URL("../../data/mini/", import.meta.url);
const path = fileURLToPath(new URL("tasks.json", folder));
const text = await Deno.readTextFile(path);
const { benchmark, scenes } = parseMini(text, "tasks.json");

Deno.test("twelve tasks, four a scale, each with ten or more criteria over three dimensions", () => {
  assertEquals(benchmark.tasks.map((t) => t.task), Array.from({ length: 12 }, (_, i) => i + 1));
  for (const scale of SCALES) {
    assertEquals(benchmark.tasks.filter((task) => task.scale === scale).length, 4);
  }
  for (const { task } of benchmark.tasks) {
    const own = benchmark.criteria.filter((c) => c.task === task);
    assertOk(own.length >= 10);
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
  assertEquals(new Set(asked).size, 12);
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
    return () => parseMini(JSON.stringify(tasks), "tasks.json");
  };
  await assertInputError(() => parseMini("[", "tasks.json"), "tasks.json", "JSON");
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
