import { readMini } from "../../benchmark/mini.ts";
import type { Criterion } from "../../records/criterion.ts";
import { assertEquals, assertOk } from "../../testing/assert.ts";
import { CONTROLS } from "../../worlds/rubric.ts";
import { isControl, knownTruth } from "./truth.ts";

const { benchmark, scenes, rubrics } = await readMini();
const { criteria } = benchmark;
const rubricOf = ({ task }: Criterion) => rubrics.get(scenes.get(task)!.world)!;
const truth = (violation: string, criterion: Criterion) =>
  knownTruth(rubricOf(criterion), violation, criterion);
const of = (task: number, id: string) => criteria.find((c) => c.task === task && c.id === id)!;

Deno.test("in a true world positives are met and penalties are not", () => {
  assertOk(criteria.every((c) => truth("", c) === c.sign > 0));
});

Deno.test("a violation breaks the criteria that it concerns, and no others", () => {
  assertEquals(truth("plug-flow", of(1, "laminar-profile")), false);
  assertEquals(truth("plug-flow", of(1, "plug-flow")), true);
  assertEquals(truth("plug-flow", of(1, "intact-vessel")), true);
  assertEquals(truth("plug-flow", of(4, "cell-colour")), true);
  assertEquals(truth("through-wall", of(3, "no-slip")), null);
});

Deno.test("every violation breaks a scientific criterion in each task of its world", () => {
  for (const [task, { world }] of scenes) {
    const science = criteria.filter((c) => c.task === task && c.dimension === "scientific");
    for (const name of Object.keys(rubrics.get(world)!.violations)) {
      const broken = science.filter((c) => truth(name, c) === c.sign < 0);
      assertOk(broken.length > 0, `task ${task}, ${name}`);
    }
  }
});

Deno.test("for a control only declared criteria are certain; a blank clip earns nothing", () => {
  assertEquals(truth("shuffled", of(5, "order-of-events")), null);
  assertEquals(truth("shuffled", of(5, "continuous")), false);
  for (const c of criteria) {
    const blank = truth("blank", c);
    if (c.sign > 0) assertOk(blank !== true, c.description);
  }
  for (const control of CONTROLS) {
    assertOk(isControl(control));
    const certain = criteria.filter((c) => truth(control, c) !== null);
    assertOk(certain.length > 0 && certain.every((c) => truth(control, c) === c.sign < 0), control);
  }
});

Deno.test("unknown to the rubric is uncertain: another world's violation, another criterion", () => {
  assertEquals(truth("ballistic", of(1, "laminar-profile")), null);
  assertEquals(truth("noise", of(1, "laminar-profile")), null);
  assertEquals(truth("constructor", of(1, "laminar-profile")), null);
  const rubric = rubrics.get("vessel-flow")!;
  assertEquals(knownTruth(rubric, "", { id: "daughters-persist", sign: 1 }), null);
  assertEquals(knownTruth(rubric, "plug-flow", { id: "daughters-persist", sign: -1 }), null);
});

Deno.test("the order of a rubric's criteria does not change the truth", () => {
  for (const c of criteria) {
    const rubric = rubricOf(c);
    const reversed = { ...rubric, criteria: rubric.criteria.toReversed() };
    for (const name of ["", ...Object.keys(rubric.violations), ...CONTROLS]) {
      assertEquals(knownTruth(reversed, name, c), truth(name, c));
    }
  }
});
