import { fileURLToPath } from "node:url";
import { readKeys } from "../../benchmark/keys.ts";
import { readMini } from "../../benchmark/mini.ts";
import { jsonFiles } from "../../json_files.ts";
import { WORLDS } from "../../worlds/all.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import { type Declared, knownTruth, parseDeclared } from "./truth.ts";
import { CONTROLS } from "../../worlds/rubric.ts";

const data = (name: string) =>
  fileURLToPath(new URL(`../../../data/mini/${name}`, import.meta.url));
const { benchmark, scenes } = await readMini(data("tasks"));
const criteria = readKeys(benchmark.criteria, "repaired");
const files = await jsonFiles(data("violations"), "violations");
const declared = parseDeclared(files);
const truth = knownTruth(declared, criteria, scenes);

const of = (task: number, dimension: string, says: string) =>
  criteria.find((c) =>
    c.task === task && c.dimension === dimension && c.description.includes(says)
  )!;

Deno.test("each world and violation of the code is declared, and no other", () => {
  const names = (entries: Iterable<readonly [string, string[]]>) =>
    Object.fromEntries([...entries].map(([world, own]) => [world, own.sort()]));
  assertEquals(
    names(Object.entries(declared).map(([name, own]) => [name, Object.keys(own.violations)])),
    names(WORLDS.map(({ name, violations }) => [name, violations.map((v) => v.name)])),
  );
});

Deno.test("in a true world positives are met and penalties are not", () => {
  assertOk(criteria.every((c) => truth.met("simulator", c) === c.sign > 0));
});

Deno.test("a violation breaks what it is about, and leaves the rest", () => {
  const plug = "violator:plug-flow";
  assertEquals(truth.met(plug, of(1, "scientific", "Laminar")), false);
  assertEquals(truth.met(plug, of(1, "scientific", "move as a plug")), true);
  assertEquals(truth.met(plug, of(1, "scientific", "Intact vessel")), true);
  assertEquals(truth.met(plug, of(4, "instruction", "The cells are dark red")), true);
  assertEquals(truth.met("violator:through-wall", of(3, "scientific", "No slip")), null);
});

Deno.test("every violation breaks a scientific criterion in each task of its world", () => {
  for (const [task, { world }] of scenes) {
    const science = criteria.filter((c) => c.task === task && c.dimension === "scientific");
    for (const name of Object.keys(declared[world].violations)) {
      const broken = science.filter((c) => truth.met(`violator:${name}`, c) === c.sign < 0);
      assertOk(broken.length > 0, `task ${task}, ${name}`);
    }
  }
});

Deno.test("of a control only what is declared is certain; a blank clip earns nothing", () => {
  assertEquals(truth.met("control:shuffled", of(5, "scientific", "Order of events")), null);
  assertEquals(truth.met("control:shuffled", of(5, "visual", "no frame jumps")), false);
  for (const c of criteria) {
    const blank = truth.met("control:blank", c);
    if (c.sign > 0) assertOk(blank !== true, c.description);
  }
  for (const control of CONTROLS) {
    const certain = criteria.filter((c) => truth.met(`control:${control}`, c) !== null);
    assertOk(certain.some((c) => truth.met(`control:${control}`, c) === c.sign < 0), control);
  }
});

Deno.test("a kind that the task's world does not have is uncertain", () => {
  assertEquals(truth.met("violator:ballistic", of(1, "scientific", "Laminar")), null);
  assertEquals(truth.met("nano", of(1, "scientific", "Laminar")), null);
});

Deno.test("a criterion that is not there, or there twice, is an error that says where", async () => {
  const wrong = structuredClone(declared) as Declared;
  const [claim] = wrong["mitosis"].violations["area-doubling"].broken;
  claim.says = "Conserved colour";
  wrong["vessel-flow"].violations["plug-flow"].uncertain.push(
    wrong["vessel-flow"].violations["plug-flow"].broken[0],
  );
  await assertInputError(
    () => knownTruth(wrong, criteria, scenes),
    "task 5 has 0",
    "Conserved colour",
    "declared twice",
    "plug-flow",
  );
  await assertInputError(
    () => parseDeclared([{ file: "mitosis.json", text: "{" }]),
    "mitosis.json",
  );
  await assertInputError(
    () =>
      parseDeclared(
        files.map(({ file, text }) => ({ file, text: text.replaceAll('"says"', '"tells"') })),
      ),
    "tells",
  );
});
