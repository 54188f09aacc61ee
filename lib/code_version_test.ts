import { pathToFileURL } from "node:url";
import { codeVersion } from "./code_version.ts";
import { assertEquals, assertInputError, assertOk } from "./testing/assert.ts";
import { makeSourceTree, type SourceTree } from "./testing/source_tree.ts";

/** A small copy of this project's structure: a judge and a simulator. */
const TREE = {
  "deno.json": '{ "imports": { "zod": "npm:zod@4.6.7", "sharp": "npm:sharp@0.35.5" } }',
  "lib/judges/probe/judge.ts": `import { hue } from "../../sim/colour.ts";
    import type { Row } from "../../records/row.ts";
    const worker = new URL("./worker.ts", import.meta.url);
    const prices = new URL("../../../data/prices.json", import.meta.url);`,
  "lib/judges/probe/worker.ts": 'import { z } from "zod"; await import("./late.ts");',
  "lib/judges/probe/late.ts": 'import names from "./names.json" with { type: "json" };',
  "lib/judges/probe/names.json": "[]",
  "lib/judges/probe/judge_test.ts": 'import "./judge.ts"; import "sharp";',
  "lib/judges/probe/unused.ts": "",
  "lib/sim/colour.ts": "export const GREEN = [90, 150];",
  "lib/records/row.ts": "export type Row = { a: 1 };",
  "lib/models/simulator.ts": `import { open } from "./registry.ts";
    import { hue } from "../sim/colour.ts";`,
  "lib/models/registry.ts": 'import "sharp"; export const open = () => import("./wan/dit.ts");',
  "lib/models/wan/dit.ts": "export const DEPTH = 30;",
  "data/prices.json": "{}",
  "data/weights.onnx": "w",
};

const PROBE = ["lib/judges/probe/judge.ts"];
const SIMULATOR = ["lib/models/simulator.ts"];

/** Whether writing a file changes a version. */
async function changes(
  entries: readonly string[],
  file: keyof typeof TREE,
  text: string,
  data: readonly string[] = [],
): Promise<boolean> {
  await using tree = await makeSourceTree(TREE);
  const before = await codeVersion(entries, data, tree);
  assertOk(/^[0-9a-f]{32}$/.test(before));
  assertEquals(await codeVersion(entries, data, tree), before, "unchanged");
  await tree.write(file, text);
  return before !== await codeVersion(entries, data, tree);
}

Deno.test("codeVersion: changes with every file that the code reaches, in any folder", async () => {
  assertOk(await changes(PROBE, "lib/sim/colour.ts", "export const GREEN = [80, 150];"));
  assertOk(await changes(PROBE, "lib/judges/probe/judge.ts", ""), "the entry");
  assertOk(await changes(PROBE, "lib/judges/probe/worker.ts", ""), "a Worker");
  assertOk(await changes(PROBE, "lib/judges/probe/late.ts", ""), "a dynamic import of a Worker");
  assertOk(await changes(PROBE, "lib/judges/probe/names.json", "[1]"), "imported JSON");
  assertOk(await changes(PROBE, "data/prices.json", "[1]"), "data by address");
});

Deno.test("codeVersion: does not change with files that the code does not reach", async () => {
  const wan = TREE["lib/models/wan/dit.ts"];
  assertOk(!await changes(SIMULATOR, "lib/models/wan/dit.ts", `// A comment.\n${wan}`));
  assertOk(!await changes(PROBE, "lib/judges/probe/unused.ts", "1;"), "a neighbour");
  assertOk(!await changes(PROBE, "lib/judges/probe/judge_test.ts", ""), "its test");
  assertOk(!await changes(PROBE, "lib/records/row.ts", "export type Row = {};"), "a type");
});

Deno.test("codeVersion: a registry is neither hashed nor followed", async () => {
  assertOk(!await changes(SIMULATOR, "lib/models/registry.ts", 'export { open } from "./new.ts";'));
  const chosen = [...SIMULATOR, "lib/models/wan/dit.ts"];
  assertOk(await changes(chosen, "lib/models/wan/dit.ts", "export const DEPTH = 40;"));
  await assertInputError(
    () => changes(["lib/models/registry.ts"], "lib/models/wan/dit.ts", ""),
    "found only lib/models/registry.ts, expected a module",
  );
  await assertInputError(() => codeVersion([]), "found no entries");
});

Deno.test("codeVersion: a test that code imports by mistake is not reached", async () => {
  const test = { "lib/a.ts": 'import "./b_test.ts";', "lib/b_test.ts": "", "deno.json": "{}" };
  await using tree = await makeSourceTree(test);
  const before = await codeVersion(["lib/a.ts"], [], tree);
  await tree.write("lib/b_test.ts", "1;");
  assertEquals(await codeVersion(["lib/a.ts"], [], tree), before);
});

Deno.test("codeVersion: changes with the versions of the packages reached, not of others", async () => {
  const config = TREE["deno.json"];
  assertOk(await changes(PROBE, "deno.json", config.replace("zod@4.6.7", "zod@4.6.8")));
  assertOk(!await changes(PROBE, "deno.json", config.replace("sharp@0.35.5", "sharp@0.36.0")));
});

Deno.test("codeVersion: the given data counts", async () => {
  const weights = ["data/weights.onnx"];
  assertOk(await changes(PROBE, "data/weights.onnx", "v", weights));
  assertOk(!await changes(PROBE, "data/weights.onnx", "v"));
});

Deno.test("codeVersion: independent of the project's location and of the order and form of the entries", async () => {
  await using here = await makeSourceTree(TREE);
  await using there = await makeSourceTree(TREE);
  const entries = [...PROBE, ...SIMULATOR];
  const expected = await codeVersion(entries, [], here);
  assertEquals(await codeVersion(entries.toReversed(), [], there), expected);
  const addresses = entries.map((entry) => pathToFileURL(`${there.root}/${entry}`));
  assertEquals(await codeVersion(addresses, [], there), expected);
});

Deno.test("codeVersion: swapping two files changes it", async () => {
  await using one = await makeSourceTree({ "deno.json": "{}", "a.ts": "1;", "b.ts": "2;" });
  await using two = await makeSourceTree({ "deno.json": "{}", "a.ts": "2;", "b.ts": "1;" });
  const version = (tree: SourceTree) => codeVersion(["a.ts", "b.ts"], [], tree);
  assertOk(await version(one) !== await version(two));
});

Deno.test("codeVersion: errors name what cannot be read", async () => {
  await using tree = await makeSourceTree(TREE);
  const version = (file: string, data: string[] = []) => codeVersion([file], data, tree);
  await assertInputError(() => version("lib/gone.ts"), "Cannot read lib/gone.ts, an entry: ");
  await assertInputError(() => version("data"), "Cannot read data, an entry: ");
  await assertInputError(() => version(PROBE[0], ["data/gone.onnx"]), "Cannot read data/gone.onnx");
});
