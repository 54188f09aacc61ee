import { join } from "node:path";
import { PROJECT } from "../paths.ts";
import { assertEquals, assertInputError } from "../testing/assert.ts";
import { readMini } from "./mini.ts";
import { parseReworded, readReworded } from "./reworded.ts";

const { benchmark: { tasks } } = await readMini();

Deno.test("reworded tasks change only their prompt and keep the benchmark's order", () => {
  const found = parseReworded('{ "9": " Nine. ", "2": "Two." }', tasks, "reworded.json");
  assertEquals(found, [{ ...tasks[1], prompt: "Two." }, { ...tasks[8], prompt: "Nine." }]);
});

Deno.test("errors name the file, the task and what was expected", async () => {
  const refused = (value: unknown, ...parts: string[]) =>
    assertInputError(
      () => parseReworded(JSON.stringify(value), tasks, "reworded.json"),
      "reworded.json",
      ...parts,
    );
  await refused({ "1": "" }, "1: expected a prompt");
  await refused({ "1": 7 }, "1:");
  await refused({ first: "Cells." }, "first: expected a task number");
  await refused({}, "at least one prompt");
  await refused(["Cells."], "whole");
  await refused({ "1": "Cells.", "777": "Cells." }, "unknown task 777");
  await refused({ "1": tasks[0].prompt }, "task 1 repeats its original prompt");
  await assertInputError(() => parseReworded("{", tasks, "reworded.json"), "not JSON");
});

Deno.test("a missing file gives null, an existing one is read", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "reworded.json");
  assertEquals(await readReworded(path, tasks), null);
  await Deno.writeTextFile(path, '{ "3": "Three." }');
  assertEquals((await readReworded(path, tasks))?.map(({ task }) => task), [3]);
  await assertInputError(() => readReworded(folder, tasks), folder);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the embedded benchmark's reworded prompts, if present, belong to its tasks", async () => {
  const found = await readReworded(PROJECT.reworded, tasks);
  if (found === null) console.warn("SKIPPED: data/mini/reworded.json is not there");
  else assertEquals(found.length > 0, true);
});
