import { relative } from "node:path";
import { followImports, type FollowOptions } from "./import_graph.ts";
import { ROOT } from "./paths.ts";
import { assertEquals, assertInputError, assertOk } from "./testing/assert.ts";
import { makeSourceTree } from "./testing/source_tree.ts";

const CONFIG = JSON.stringify({
  imports: {
    "zod": "npm:zod@4.6.7",
    "@a/b": "jsr:@a/b@^1.0.0",
    "node-av": "npm:node-av@6.1.1",
    "node-av/": "npm:/node-av@6.1.1/",
    "@/": "./lib/",
  },
});

/** The names of the files reached from `main.ts` of a tree, and its packages. */
async function reached(files: Record<string, string>, options: FollowOptions = {}) {
  await using tree = await makeSourceTree({ "deno.json": CONFIG, ...files });
  const found = await followImports(["main.ts"], { root: tree.root, ...options });
  const packages = found.flatMap(({ references }) =>
    references.flatMap(({ package: one }) => one ? [`${one.name}@${one.version}`] : [])
  );
  return { files: found.map(({ file }) => file), packages };
}

Deno.test("followImports: static and dynamic imports, Workers, data and cycles", async () => {
  const { files } = await reached({
    "main.ts": 'import "./lib/a.ts"; import d from "./lib/d.json" with { type: "json" };',
    "lib/a.ts": 'export * from "./b.ts"; import type { T } from "./types.ts"; import("./c.ts");',
    "lib/b.ts": 'import "../main.ts"; new URL("w.ts", import.meta.url); import "node:path";',
    "lib/c.ts": 'new URL("../data/x.bin", import.meta.url); new URL("../data/", import.meta.url);',
    "lib/w.ts": 'import "@/deep/e.ts"; // import "./unreached.ts"',
    "lib/deep/e.ts": 'new Worker("data:text/javascript,0"); import.meta.resolve("../d.json");',
    "lib/d.json": "{}",
    "data/x.bin": 'import "./no_code.ts"',
    "lib/types.ts": "",
    "lib/unreached.ts": "",
  });
  assertEquals(files, [
    "data/x.bin",
    "lib/a.ts",
    "lib/b.ts",
    "lib/c.ts",
    "lib/d.json",
    "lib/deep/e.ts",
    "lib/w.ts",
    "main.ts",
  ]);
});

Deno.test("followImports: the caller can choose what is followed", async () => {
  const files = {
    "main.ts": 'import type { T } from "./t.ts"; import("./a.ts");',
    "t.ts": "",
    "a.ts": "",
  };
  const types = await reached(files, { follow: ({ kind }) => kind === "type" });
  assertEquals(types.files, ["main.ts", "t.ts"]);
});

Deno.test("followImports: packages by name and pinned version, also with subpaths and inline versions", async () => {
  const { packages } = await reached({
    "main.ts": `import { z } from "zod"; import "zod/mini"; import "@a/b/sub"; import "node-av/lib";
      import "npm:sharp@0.35.5/lib/a.js"; import "jsr:@std/fs"; import "https://a.b/c.ts";`,
  });
  assertEquals(packages, [
    "zod@4.6.7",
    "zod@4.6.7",
    "@a/b@^1.0.0",
    "node-av@6.1.1",
    "sharp@0.35.5",
    "@std/fs@",
    "https://a.b/c.ts@",
  ]);
});

Deno.test("followImports: errors name what cannot be followed and the file that imports it", async () => {
  await assertInputError(
    () => reached({ "main.ts": 'import "./lib/a.ts";', "lib/a.ts": 'import "./gone.ts";' }),
    "Cannot read lib/gone.ts, imported by lib/a.ts",
  );
  await assertInputError(
    () => reached({ "main.ts": 'import "lodash";' }),
    'Cannot follow main.ts: it imports "lodash"; expected a name in deno.json\'s imports',
  );
  await assertInputError(
    () => reached({ "main.ts": "", "deno.json": "[" }),
    "Cannot read the package versions from",
    "deno.json",
  );
});

Deno.test("followImports: a changed file is read again, however recently it changed", async () => {
  await using tree = await makeSourceTree({ "deno.json": "{}", "main.ts": "0;", "a.ts": "" });
  const main = async () =>
    (await followImports(["main.ts"], { root: tree.root })).map((f) => f.file);
  assertEquals(await main(), ["main.ts"]);
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await Deno.utime(`${tree.root}/main.ts`, anHourAgo, anHourAgo);
  assertEquals(await main(), ["main.ts"]);
  for (const text of ['import "./a.ts";', "1;", 'import "./a.ts";']) {
    await tree.write("main.ts", text);
    assertEquals((await main()).includes("a.ts"), text !== "1;");
  }
});

Deno.test("followImports: agrees with Deno's own module graph of this project", async () => {
  const entry = "lib/models/nano/nano.ts";
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: ROOT,
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout));
  const theirs = modules.flatMap(({ kind, local }: { kind: string; local: string }) =>
    kind === "esm" ? relative(ROOT, local).replaceAll("\\", "/") : []
  );
  // Deno's graph includes type-only imports and excludes files referenced by URL.
  const ours = await followImports([entry], { follow: ({ kind }) => kind !== "address" });
  assertEquals(ours.map(({ file }) => file), theirs.sort());
  assertOk(ours.length > 10);
});
