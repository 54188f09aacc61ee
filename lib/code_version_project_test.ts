/** Which rows a change to a file of this project invalidates, tested on a copy of it. */
import { codeVersion } from "./code_version.ts";
import type { Generator } from "./models/generator.ts";
import { PROJECT } from "./paths.ts";
import { assertEquals, assertOk } from "./testing/assert.ts";
import { copyProject } from "./testing/project_copy.ts";

const copy = await copyProject();
Deno.test.afterAll(() => Deno.remove(copy.root, { recursive: true }));

const { probeJudge } = await copy.load<typeof import("./judges/probe/judge.ts")>(
  "lib/judges/probe/judge.ts",
);
const { simulator } = await copy.load<typeof import("./models/simulator.ts")>(
  "lib/models/simulator.ts",
);
const { openNano } = await copy.load<typeof import("./models/nano/nano.ts")>(
  "lib/models/nano/nano.ts",
);
const { readMini } = await copy.load<typeof import("./benchmark/mini.ts")>("lib/benchmark/mini.ts");
const { benchmark, scenes, rubrics } = await readMini();
/** The first task of each world. */
const tasks = [...rubrics.values()].map((rubric) =>
  benchmark.tasks.find(({ task }) => task === rubric.tasks[0].task)!
);
const worlds = [...rubrics.keys()];
const folderOf = (world: string) => `lib/worlds/${world.replaceAll("-", "_")}`;

/**
 * The fingerprints of the probe and the simulator for each world, and of nano, in the copy's
 * current state.
 */
async function versions(): Promise<Map<string, string>> {
  const judge = probeJudge();
  const simulated: Generator = simulator({ scenes });
  using nano = await openNano({ folder: PROJECT.models, model: "nano" });
  const found = new Map([["nano", await nano.fingerprint(tasks[0])]]);
  for (const [i, task] of tasks.entries()) {
    const criteria = benchmark.criteria.filter((row) => row.task === task.task);
    found.set(`probe of ${worlds[i]}`, await judge.fingerprint(task, criteria));
    found.set(`simulator of ${worlds[i]}`, await simulated.fingerprint(task));
  }
  return found;
}

const before = await versions();

/** The rows whose fingerprints change when a file is changed. */
async function changes(file: string, change = (text: string) => `${text}// A comment.\n`) {
  const after = await copy.changed(file, change, versions);
  return [...before].filter(([name, version]) => after.get(name) !== version).map(([name]) => name);
}

const probes = worlds.map((world) => `probe of ${world}`);
const sorted = (names: string[]) => names.toSorted();

Deno.test("a copy of the project elsewhere has the same versions", async () => {
  for (const file of ["lib/models/nano/nano.ts", "lib/judges/probe/worker.ts"]) {
    assertEquals(await codeVersion([file], [], copy), await codeVersion([file]));
  }
  assertEquals(await versions(), before);
  assertEquals(new Set(before.values()).size, before.size);
});

Deno.test("a colour range changes every verdict and the clips in colour, but not nano's", async () => {
  const found = await changes(
    "lib/sim/colour.ts",
    (text) => text.replace(/hue: \[(\d+)/, (_, from) => `hue: [${Number(from) + 1}`),
  );
  const dyed: string[] = [];
  for (const world of worlds) {
    let text = "";
    for await (const { name } of Deno.readDir(`${copy.root}/${folderOf(world)}`)) {
      if (!/\.ts$/.test(name) || name === "measures.ts" || name.endsWith("_test.ts")) continue;
      text += await Deno.readTextFile(`${copy.root}/${folderOf(world)}/${name}`);
    }
    if (text.includes("sim/colour.ts")) dyed.push(world);
  }
  assertOk(dyed.length > 0 && dyed.length < worlds.length);
  assertEquals(sorted(found), sorted([...probes, ...dyed.map((world) => `simulator of ${world}`)]));
});

for (const world of worlds) {
  Deno.test(`the measures of ${world} change only its verdicts, and its world only its clips`, async () => {
    assertEquals(await changes(`${folderOf(world)}/measures.ts`), [`probe of ${world}`]);
    assertEquals(await changes(`${folderOf(world)}/world.ts`), [`simulator of ${world}`]);
  });
}

Deno.test("measures shared by some worlds change only those worlds", async () => {
  assertEquals(
    sorted(await changes("lib/judges/probe/tubules.ts")),
    ["probe of microtubule", "probe of mitochondria"],
  );
});

Deno.test("changes in models/wan leave the versions of the simulator, nano and the probe", async () => {
  const wan = "lib/models/wan/wan.ts";
  const files: string[] = [];
  const collect = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(`${copy.root}/${folder}`)) {
      if (isDirectory) await collect(`${folder}/${name}`);
      else if (name.endsWith(".ts")) files.push(`${folder}/${name}`);
    }
  };
  await collect("lib/models/wan");
  assertOk(files.length > 20, `${files.length} files`);
  const own = await codeVersion([wan], [], copy);
  for (const file of files) {
    const text = await Deno.readTextFile(`${copy.root}/${file}`);
    await Deno.writeTextFile(`${copy.root}/${file}`, `// A comment.\n${text}`);
  }
  assertEquals(await versions(), before);
  assertOk(await codeVersion([wan], [], copy) !== own);
});

Deno.test("adding a world or extending a rubric invalidates nothing", async () => {
  const added = (text: string) => text.replace('"microtubule",', '"microtubule",\n  "cilium",');
  assertEquals(await changes("lib/worlds/registry.ts", added), []);
  assertEquals(await changes(`${folderOf("valve")}/rubric.json`, (text) => `${text}\n`), []);
  assertEquals(await changes("lib/judges/probe/registry.ts"), []);
});
