import { assertEquals } from "../../lib/testing/assert.ts";
import { makeSourceTree } from "../../lib/testing/source_tree.ts";
import { loadOf } from "./reach.ts";
import { type Known, RULES } from "./rules.ts";
import { readSources } from "./sources.ts";
import { checkWalls } from "./walls.ts";

const IMPORTS = {
  openai: "npm:openai@7.57.0",
  sharp: "npm:sharp@0.35.5",
  "node-av/": "npm:/node-av@6.1.1/",
  zod: "npm:zod@4.6.7",
};

/** The source of a tree with only these files. */
async function sourcesOf(files: Record<string, string>) {
  const config = JSON.stringify({ imports: IMPORTS });
  const folders = { "lib/errors.ts": "", "tasks/cli.ts": "" };
  await using tree = await makeSourceTree({ "deno.json": config, ...folders, ...files });
  return await readSources(tree.root);
}

/** Breaches of this project's rules in the given files. */
async function breaches(files: Record<string, string>, known: Known[] = []): Promise<string[]> {
  return checkWalls(await sourcesOf(files), { ...RULES, known });
}

Deno.test("walls: imports go down the floors, including type imports", async () => {
  const files = { "lib/runs/run.ts": "", "lib/store/row.ts": "", "tasks/judge.ts": "" };
  const why = "imports go down, but runs is above base";
  for (const line of ['import "../runs/run.ts";', 'import type { Run } from "../runs/run.ts";']) {
    assertEquals(await breaches({ ...files, "lib/store/table.ts": line }), [
      `lib/store/table.ts may not import lib/runs/run.ts: ${why}`,
    ]);
  }
  assertEquals(await breaches({ ...files, "lib/runs/a.ts": 'import "../../tasks/judge.ts";' }), [
    "lib/runs/a.ts may not import tasks/judge.ts: imports go down, but tasks is above runs",
  ]);
  assertEquals(
    await breaches({
      ...files,
      "lib/runs/a.ts": 'import "./run.ts"; import "../store/row.ts";',
      "lib/store/row_test.ts": 'import "../runs/run.ts";',
      "lib/store/example.ts": '/** @example import "../runs/run.ts"; */',
      "lib/testing/helper.ts": 'import "../runs/run.ts";',
    }),
    [],
  );
});

Deno.test("walls: rooms of one floor are peers, unless the floor is open", async () => {
  const files = {
    "lib/vision/plane.ts": 'import "../sim/parameters.ts";',
    "lib/sim/parameters.ts": "",
    "lib/paths.ts": 'import "./errors.ts";',
  };
  assertEquals(await breaches(files), [
    "lib/vision/plane.ts may not import lib/sim/parameters.ts: lib/vision and lib/sim are peers",
  ]);
});

Deno.test("walls: a file belongs to the longest matching room", async () => {
  const files = {
    "lib/studies/argument/claims.ts": "",
    "lib/studies/ablation/plan.ts": 'import "../argument/claims.ts";',
    "lib/runs/score.ts": 'import "../studies/argument/claims.ts";',
  };
  assertEquals(await breaches(files), []);
  const up = { ...files, "lib/studies/argument/claims.ts": 'import "../ablation/plan.ts";' };
  assertEquals(await breaches({ ...up, "lib/studies/ablation/plan.ts": "" }), [
    "lib/studies/argument/claims.ts may not import lib/studies/ablation/plan.ts: " +
    "imports go down, but dataset and studies is above studies of tables",
  ]);
});

Deno.test("walls: a room without a floor is named", async () => {
  const files = { "lib/attic/box.ts": "", "lib/runs/a.ts": 'import "../attic/box.ts";' };
  assertEquals(await breaches(files), [
    "lib/runs/a.ts may not import lib/attic/box.ts: no floor has a room for lib/attic/box.ts",
  ]);
});

Deno.test("walls: one world, model or judge imports no other", async () => {
  const files = {
    "lib/worlds/valve/world.ts": 'import "../mitosis/cell.ts"; import "./part.ts";',
    "lib/worlds/valve/part.ts": "",
    "lib/worlds/mitosis/cell.ts": "",
    "lib/worlds/mod.ts": 'import "./valve/world.ts";',
  };
  assertEquals(await breaches(files), [
    "lib/worlds/valve/world.ts may not import lib/worlds/mitosis/cell.ts: " +
    "worlds are independent of one another",
  ]);
});

Deno.test("walls: records import only the store, errors and zod", async () => {
  const files = {
    "lib/records/task.ts": 'import "../store/schema.ts"; import "../errors.ts"; import "zod";',
    "lib/records/clip.ts":
      'import "./task.ts"; import "../paths.ts"; import "node:path"; import "sharp";',
    "lib/store/schema.ts": "",
    "lib/paths.ts": "",
  };
  const why = "records are plain: rows and tables, without the code that makes them";
  assertEquals(await breaches(files), [
    `lib/records/clip.ts may not import lib/paths.ts: ${why}`,
    `lib/records/clip.ts may not import sharp: ${why}`,
  ]);
});

Deno.test("walls: a world's measures do not reach a world, even through another file", async () => {
  const files = {
    "lib/worlds/valve/measures.ts": 'import { leaf } from "./shape.ts";',
    "lib/worlds/valve/shape.ts": 'import type { Valve } from "./world.ts";',
    "lib/worlds/valve/world.ts": "",
    "lib/worlds/valve/captions.ts": 'import type { Valve } from "./world.ts";',
  };
  assertEquals(await breaches(files), [
    "lib/worlds/valve/measures.ts may not import lib/worlds/valve/world.ts: a measure must not " +
    "depend on drawing code (lib/worlds/valve/measures.ts → lib/worlds/valve/shape.ts → " +
    "lib/worlds/valve/world.ts)",
  ]);
});

Deno.test("walls: tests and test helpers are imported only by tests, helpers also by benches", async () => {
  const files = {
    "lib/testing/assert.ts": "",
    "lib/runs/run_test.ts": 'import "../testing/assert.ts";',
    "lib/runs/run.ts": 'import "../testing/assert.ts"; import "./run_test.ts";',
    "tasks/bench/run.ts": 'import "../../lib/testing/assert.ts";',
  };
  const why = "test code may only be imported by tests";
  assertEquals(await breaches(files), [
    `lib/runs/run.ts may not import lib/testing/assert.ts: ${why}`,
    `lib/runs/run.ts may not import lib/runs/run_test.ts: ${why}`,
  ]);
});

Deno.test("walls: a cycle is reported once, from its first file; type imports do not count", async () => {
  const files = {
    "lib/runs/a.ts": 'import "./b.ts"; import "./out.ts";',
    "lib/runs/b.ts": 'export * from "./c.ts";',
    "lib/runs/c.ts": 'const { a } = await import("./a.ts");',
    "lib/runs/out.ts": 'import type { A } from "./a.ts"; new URL("./worker.ts", import.meta.url);',
    "lib/runs/worker.ts": 'import "./out.ts";',
  };
  assertEquals(await breaches(files), [
    "lib/runs/a.ts may not import lib/runs/b.ts: import cycle: " +
    "lib/runs/a.ts → lib/runs/b.ts → lib/runs/c.ts → lib/runs/a.ts",
  ]);
});

Deno.test("walls: imports are not computed", async () => {
  assertEquals(await breaches({ "lib/runs/a.ts": "await import(`./${name}.ts`);" }), [
    "lib/runs/a.ts may not import a computed specifier: code versions cannot follow a computed import",
  ]);
});

Deno.test("walls: lib reads neither flags nor the environment", async () => {
  const why = "only tasks read flags and the environment, and pass them on";
  const files = {
    "lib/runs/a.ts": 'const [a] = Deno.args; process.env.KEY; // Deno.env\nconst b = "Deno.env";',
    "lib/runs/b.ts": 'self.Deno.args2; my.Deno.env; Deno.envy; Deno\n  .env.get("A");',
    "lib/runs/a_test.ts": 'Deno.env.get("CI");',
    "tasks/judge.ts": 'Deno.env.get("KEY");',
  };
  assertEquals(await breaches(files), [
    `lib/runs/a.ts may not read Deno.args: ${why}`,
    `lib/runs/a.ts may not read process.env: ${why}`,
    `lib/runs/b.ts may not read Deno.env: ${why}`,
  ]);
});

Deno.test("walls: tasks load heavy packages only when they start working", async () => {
  const files = {
    "tasks/judge.ts": 'import "../lib/judges/openai/judge.ts"; import type { A } from "sharp";',
    "tasks/models.ts": 'lazy(new URL("../lib/judges/openai/judge.ts", import.meta.url));',
    "tasks/report.ts": 'const { open } = await import("../lib/judges/openai/client.ts");',
    "tasks/bench/nano.ts": 'import "sharp";',
    "lib/judges/openai/judge.ts": 'export * from "./client.ts"; import "node-av/lib";',
    "lib/judges/openai/client.ts": 'import "openai"; new URL("./worker.ts", import.meta.url);',
    "lib/judges/openai/worker.ts": 'import "sharp";',
  };
  const way = "tasks/judge.ts → lib/judges/openai/judge.ts";
  const why = "it would slow down every --help";
  assertEquals(await breaches(files), [
    `tasks/judge.ts may not load node-av: ${why} (${way} → node-av)`,
    `tasks/judge.ts may not load openai: ${why} (${way} → lib/judges/openai/client.ts → openai)`,
    `tasks/report.ts may not load openai: ${why} (tasks/report.ts → lib/judges/openai/client.ts → openai)`,
  ]);
  const sources = new Map((await sourcesOf(files)).map((source) => [source.file, source]));
  const { files: count, heavy } = loadOf("tasks/judge.ts", sources, RULES.heavy);
  assertEquals([count, [...heavy.keys()]], [3, ["node-av", "openai"]]);
});

Deno.test("walls: a known breach passes while it exists, and is reported once it is gone", async () => {
  const known: Known = {
    wall: "floors",
    from: "lib/store/table.ts",
    to: "lib/runs/run.ts",
    why: "until the row moves",
  };
  const files = { "lib/runs/run.ts": "", "lib/store/table.ts": 'import "../runs/run.ts";' };
  assertEquals(await breaches(files, [known]), []);
  assertEquals(await breaches({ ...files, "lib/store/table.ts": "" }, [known]), [
    "floors: lib/store/table.ts → lib/runs/run.ts no longer exists: " +
    "remove it from the known breaches in tasks/gate/rules.ts",
  ]);
});
