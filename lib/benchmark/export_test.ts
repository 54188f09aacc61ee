import { z } from "zod";
import { assertEquals, assertOk } from "../testing/assert.ts";
import type { Criterion } from "../records/criterion.ts";
import { exportBenchmark } from "./export.ts";
import { ownBenchmarkSchema, parseOwnBenchmark } from "./own.ts";
import { openBenchmark } from "./registry.ts";

const folder = new URL("../../data/mini/", import.meta.url);
const loaded = await openBenchmark("mini");
const files = exportBenchmark(loaded);

Deno.test("data/mini/tasks holds exactly the embedded benchmark's export, byte for byte", async () => {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(new URL("tasks/", folder))) found.push(name);
  assertEquals(found.sort(), files.map(({ name }) => name).sort());
  for (const { name, text } of files) {
    const found = await Deno.readTextFile(new URL(`tasks/${name}`, folder));
    // Compared here so that a failure does not print both files.
    assertOk(found === text, `${name} is not what exportBenchmark makes of the rubrics`);
  }
});

Deno.test("schema.json is the schema of exported files, byte for byte", async () => {
  const found = await Deno.readTextFile(new URL("schema.json", folder));
  const schema = z.toJSONSchema(ownBenchmarkSchema);
  assertEquals(JSON.parse(found), JSON.parse(JSON.stringify(schema)));
  assertEquals(found, `${JSON.stringify(schema, null, 2)}\n`);
});

Deno.test("an export reads back as a custom benchmark with the same tasks, scenes and criteria", () => {
  const read = files.map(({ name, text }) => parseOwnBenchmark(text, `/exported/${name}`));
  const { tasks, criteria } = loaded.benchmark;
  const byNumber = <T extends { task: number }>(rows: T[]) => rows.sort((a, b) => a.task - b.task);
  const named = <T extends { benchmark: string }>(rows: T[]) =>
    rows.map((row) => ({ ...row, benchmark: "mini" }));
  assertEquals(byNumber(named(read.flatMap(({ benchmark }) => benchmark.tasks))), tasks);
  const withoutId = ({ id: _, ...rest }: Criterion) => rest;
  assertEquals(
    byNumber(named(read.flatMap(({ benchmark }) => benchmark.criteria))).map(withoutId),
    criteria.map(withoutId),
  );
  const scenes = read.flatMap(({ scenes }) => [...scenes!]);
  assertEquals(new Map(scenes.sort(([a], [b]) => a - b)), loaded.scenes);
});

Deno.test("ids, which the format lacks, are derived from place and text and are distinct", () => {
  for (const { name, text } of files) {
    const { benchmark } = parseOwnBenchmark(text, name);
    const ids = benchmark.criteria.map(({ task, id }) => `${task}/${id}`);
    assertEquals(new Set(ids).size, ids.length);
    for (const { id, dimension, place } of benchmark.criteria) {
      assertOk(id.startsWith(`${dimension}-${place}-`), id);
    }
  }
});

Deno.test("a benchmark without worlds becomes one file with its name and its original keys", () => {
  const rubrics = { d11: "It divides.", s11: "+1", w11: 1, d22: "It bursts.", s22: "-1", w22: 0.5 };
  const entry = {
    index: 3,
    task: "A cell divides.",
    requirement: "One cell becomes two.",
    rubrics_scientific: rubrics,
    rubrics_visual: rubrics,
    rubrics_instruction: rubrics,
  };
  const text = `${JSON.stringify([entry], null, 2)}\n`;
  const { benchmark } = parseOwnBenchmark(text, "/my/cells.json");
  const own = { benchmark, spec: "/my/cells.json", paper: loaded.paper };
  assertEquals(exportBenchmark(own), [{ name: "cells.json", text }]);
});
