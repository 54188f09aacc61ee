import { criterionHash } from "../records/criterion.ts";
import { tasksTable } from "../records/task.ts";
import { runPaths } from "../paths.ts";
import { writeTable } from "../store/table.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { lockFolder } from "../runs/lock.ts";
import { readManifest } from "../runs/manifest.ts";
import { openRun } from "./open_run.ts";

const SMALL = { tasks: [9], seeds: 1, models: ["simulator", "violator"] };

Deno.test("a run is made once, then read; its tables are consistent", async () => {
  const folder = await Deno.makeTempDir();
  const first = await openRun(folder, SMALL);
  const { criteria, verdicts, scores } = first;
  const known = new Map(
    criteria.map((
      c,
    ) => [`${c.task} ${c.id}`, [c.dimension, c.place, criterionHash(c.description)]]),
  );
  for (const { task, id, dimension, place, criterion_hash } of verdicts) {
    assertEquals([dimension, place, criterion_hash], known.get(`${task} ${id}`));
  }
  assertOk(first.scenes.size === first.tasks.length);
  const total = (model: string) =>
    scores.find((row) =>
      row.model === model && row.rule === "repaired" && row.dimension === "total"
    )!.score!;
  assertOk(total("simulator") > total("violator"));

  const { paths, ...again } = await openRun(folder, SMALL);
  assertEquals({ ...again, paths: first.paths }, first);
  const steps = (await readManifest(paths.manifest))!.steps;
  assertEquals(steps.map(({ made }) => made), steps.map(() => 0));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a run of another benchmark, and one in use, are refused and left unchanged", async () => {
  const folder = await Deno.makeTempDir();
  const { tasks } = await openRun(folder, SMALL);
  const foreign = tasks.map((task) => ({ ...task, benchmark: "release" }));
  await writeTable(tasksTable, runPaths(folder).table("tasks"), foreign);
  await assertInputError(() => openRun(folder, SMALL), folder, "release", "expected mini");
  await Deno.remove(folder, { recursive: true });

  const used = await Deno.makeTempDir();
  using _lock = await lockFolder(runPaths(used).lock);
  await assertInputError(() => openRun(used, SMALL), "Another run is using", used);
  assertEquals([...Deno.readDirSync(used)].map(({ name }) => name), [".lock"]);
});
