import { join } from "node:path";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { exportBenchmark } from "./export.ts";
import { benchmarkHash } from "./loaded.ts";
import { miniOf } from "./mini.ts";
import { BENCHMARKS, openBenchmark } from "./registry.ts";

Deno.test("a custom file is opened by its path, from any folder", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "valves.json");
  const mini = await openBenchmark("mini");
  const valve = exportBenchmark(mini).find(({ name }) => name === "valve.json")!;
  await Deno.writeTextFile(path, valve.text);
  const { benchmark, spec, scenes, rubrics, release } = await openBenchmark(path);
  assertEquals([benchmark.name, spec, benchmark.tasks.length], ["valves", path, 3]);
  assertEquals(scenes?.get(16)?.world, "valve");
  assertEquals([rubrics, release], [undefined, undefined]);
  assertEquals((await openBenchmark(spec)).benchmark, benchmark);
  await assertInputError(() => openBenchmark(join(folder, "valve.json")), folder, "no such file");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("unknown names are refused, listing the available ones", async () => {
  await assertInputError(() => openBenchmark("minni"), "did you mean mini?", "release:DIR");
  await assertInputError(() => openBenchmark("mini:2"), "mini:2", "embedded");
  await assertInputError(() => openBenchmark("file"), "path of its file");
  await assertInputError(() => openBenchmark("mine=mini"), "mine=mini");
  await assertInputError(() => openBenchmark("cells.json"), "cells.json", "no such file");
  await assertInputError(
    () => openBenchmark("release:/nowhere"),
    "MWBenchRubrics_norm.json in /nowhere",
    "deno task fetch",
  );
});

Deno.test("each entry has its registry name and describes how to name it", () => {
  for (const [name, entry] of Object.entries(BENCHMARKS)) assertEquals(entry.name, name);
  const forms = Object.values(BENCHMARKS).flatMap(({ syntax }) => syntax.map(({ form }) => form));
  assertEquals(forms, ["FILE.json", "mini", "release", "release:DIR"]);
});

Deno.test("a benchmark's hash does not depend on the order of tasks and criteria", async () => {
  const { benchmark, rubrics } = await openBenchmark("mini");
  const hash = benchmarkHash(benchmark);
  const { tasks, criteria } = benchmark;
  const turned = { ...benchmark, tasks: tasks.toReversed(), criteria: criteria.toReversed() };
  assertEquals(benchmarkHash(turned), hash);
  const [first, ...rest] = criteria;
  const reworded = [{ ...first, description: `${first.description} ` }, ...rest];
  assertOk(benchmarkHash({ ...benchmark, criteria: reworded }) !== hash);
  const heavier = [{ ...first, weight: 0.2 }, ...rest];
  assertOk(benchmarkHash({ ...benchmark, criteria: heavier }) !== hash);
  // Positions count, since the rule of the release reads criteria by position.
  const reversed = [...rubrics!.values()].map((rubric) => ({
    ...rubric,
    criteria: rubric.criteria.toReversed(),
  }));
  assertOk(benchmarkHash(miniOf(reversed).benchmark) !== hash);
});
