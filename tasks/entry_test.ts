/** The public entries as code outside imports them. */
import { join } from "node:path";
import { PROJECT } from "../lib/paths.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { loadOf } from "./gate/reach.ts";
import { RULES } from "./gate/rules.ts";
import { readSources } from "./gate/sources.ts";

const ENTRIES = ["lib/mod.ts", "lib/pages.ts"];

Deno.test("every symbol and member of the public entries is documented", async () => {
  const { code, stderr } = await deno(["doc", "--lint", ...ENTRIES], PROJECT.root);
  const errors = stderr.split("\n").filter((line) => line.startsWith("error"));
  assertEquals(errors, []);
  assertEquals(code, 0);
});

Deno.test("the public entries load native packages only when they are used", async () => {
  const sources = new Map(
    (await readSources(PROJECT.root)).map((source) => [source.file, source]),
  );
  for (const entry of ENTRIES) {
    assertEquals([...loadOf(entry, sources, RULES.heavy).heavy.values()], []);
  }
});

/** A program as the README has it, with something that draws, encodes and measures. */
const PROGRAM = `
import { openBenchmark, openRun } from "@microverse/notebooks";
import { curve } from "@microverse/notebooks/pages";
const { benchmark } = await openBenchmark("mini");
const run = await openRun(Deno.args[0], { tasks: [9], seeds: [0], models: ["simulator"] });
console.log(benchmark.tasks.length, run.judge, curve((x) => x, 0, 1, 2).length);
`;

Deno.test("outside the checkout, its configuration resolves the name", async () => {
  const folder = await Deno.makeTempDir({ prefix: "outside-" });
  await Deno.writeTextFile(join(folder, "mine.ts"), PROGRAM);
  const args = ["run", "-A", "--config", PROJECT.config, "mine.ts", join(folder, "run")];
  const { code, stdout, stderr } = await deno(args, folder);
  assertEquals([code, stdout], [0, "39 probe 2\n"], stderr);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("outside the checkout, a link to it resolves the name", async () => {
  const folder = await Deno.makeTempDir({ prefix: "outside-" });
  await Deno.writeTextFile(join(folder, "mine.ts"), PROGRAM);
  await Deno.writeTextFile(
    join(folder, "deno.json"),
    JSON.stringify({
      links: [PROJECT.root],
      imports: { "@microverse/notebooks": "jsr:@microverse/notebooks@^0.1.0" },
    }),
  );
  const { code, stdout, stderr } = await deno(
    ["run", "-A", "mine.ts", join(folder, "run")],
    folder,
  );
  // The packages' versions are asked for anew.
  if (/error sending request|Failed to fetch|failed to lookup/i.test(stderr)) {
    console.warn("SKIPPED: a link to the checkout: the npm registry cannot be reached");
  } else {
    assertEquals([code, stdout], [0, "39 probe 2\n"], stderr);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the README says so", async () => {
  const readme = await Deno.readTextFile(join(PROJECT.root, "README.md"));
  const { name, version } = JSON.parse(await Deno.readTextFile(PROJECT.config));
  for (const part of [`"jsr:${name}@^${version}"`, `from "${name}"`, "--config "]) {
    assertOk(readme.includes(part), part);
  }
});

async function deno(args: string[], cwd: string) {
  const command = new Deno.Command(Deno.execPath(), { args, cwd, env: { NO_COLOR: "1" } });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
