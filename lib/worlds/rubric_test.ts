import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { WORLDS } from "./all.ts";
import { fillIn, valueOf } from "./fill_in.ts";
import { openRubric, parseRubric, type Rubric } from "./rubric.ts";
import { worldFile } from "./registry.ts";

const rubrics = await Promise.all(WORLDS.map(({ name }) => openRubric(name)));

Deno.test("every world's rubric has the violations of its world.ts, and its scale", () => {
  for (const [i, { name, scale, violations }] of WORLDS.entries()) {
    assertEquals(rubrics[i].world, name);
    assertEquals(rubrics[i].scale, scale);
    assertEquals(Object.keys(rubrics[i].violations), violations.map((each) => each.name));
  }
});

Deno.test("ids are unique within a world, task numbers across all worlds", () => {
  for (const { world, criteria } of rubrics) {
    const ids = criteria.map(({ id }) => id);
    assertEquals(new Set(ids).size, ids.length, world);
    const texts = criteria.map(({ text }) => text);
    assertEquals(new Set(texts).size, texts.length, world);
  }
  const tasks = rubrics.flatMap((rubric) => rubric.tasks.map(({ task }) => task));
  assertEquals(tasks.toSorted((a, b) => a - b), tasks.map((_, i) => i + 1));
});

Deno.test("every violation breaks a scientific criterion, blank and frozen clips a positive one", () => {
  for (const { world, criteria, violations, controls } of rubrics) {
    const scientific = criteria.filter((row) => row.dimension === "scientific").map((row) =>
      row.id
    );
    for (const [name, { broken, uncertain }] of Object.entries(violations)) {
      assertOk(broken.some(({ id }) => scientific.includes(id)), `${world}, ${name}`);
      assertOk([...broken, ...uncertain].every(({ because }) => !/[.{}]$/.test(because)), name);
    }
    // Still pictures and empty ones earn less; not all worlds can detect shuffled frames.
    for (const control of ["blank", "frozen"] as const) {
      const ids = controls[control].broken.map(({ id }) => id);
      assertOk(
        criteria.some(({ id, sign }) => sign > 0 && ids.includes(id)),
        `${world}, ${control}`,
      );
    }
  }
});

Deno.test("every parameter of a task is accepted by its world", () => {
  for (const [i, { world, tasks }] of rubrics.entries()) {
    for (const { task, parameters } of tasks) {
      const taken = WORLDS[i].parameters.parse(parameters) as Record<string, unknown>;
      for (const [name, value] of Object.entries(parameters)) {
        assertEquals(taken[name], value, `task ${task} of ${world}, ${name}`);
      }
    }
  }
});

const valve = await Deno.readTextFile(worldFile("valve", "rubric.json"));

/** Parses the valve's rubric after a change. */
function changed(change: (rubric: Rubric & Record<string, unknown>) => void): () => Rubric {
  const rubric = JSON.parse(valve);
  change(rubric);
  return () => parseRubric(JSON.stringify(rubric), "valve/rubric.json");
}

Deno.test("an inconsistent rubric is refused, naming the file and the problem", async () => {
  const refused = (change: Parameters<typeof changed>[0], ...parts: string[]) =>
    assertInputError(changed(change), "valve/rubric.json", ...parts);
  await refused((r) => r.criteria[1].id = r.criteria[0].id, "opening-follows-flow is used twice");
  await refused((r) => r.tasks[2].task = 16, "task 16 is used twice");
  await refused(
    (r) => r.violations["backflow"].broken[0].id = "backstream",
    "backflow: unknown criterion backstream",
  );
  await refused(
    (r) => r.controls.frozen.broken.push({ id: "noise-free", because: "it is" }),
    "frozen: unknown criterion noise-free",
  );
  await refused(
    ({ violations: { backflow } }) => backflow.uncertain.push(backflow.broken[0]),
    "backflow",
    "is used twice",
  );
});

Deno.test("a malformed field is refused, naming its path", async () => {
  const refused = (change: Parameters<typeof changed>[0], ...parts: (string | RegExp)[]) =>
    assertInputError(changed(change), "valve/rubric.json", ...parts);
  // Invalid fields and types cannot be written with the static type.
  // deno-lint-ignore no-explicit-any
  const any = (value: unknown) => value as any;
  await refused((r) => r.criteria[2].id = "No Slip", "criteria[2].id", "no-slip");
  await refused((r) => r.criteria[2].weight = any(0.7), "criteria[2].weight");
  await refused((r) => r.criteria[2].sign = any("+1"), "criteria[2].sign");
  await refused((r) => r.criteria[2].dimension = any("beauty"), "criteria[2].dimension");
  await refused((r) => delete r.criteria[2].min, "min or max is needed", "criteria[2]");
  await refused((r) => r.criteria[2].min = any({ times: 2 }), "criteria[2].min");
  await refused((r) => r.criteria[2].min = any({ parameter: "" }), "criteria[2].min");
  await refused(
    (r) => r.criteria[2].min = any({ parameter: "period_s", per: 2 }),
    "criteria[2].min",
  );
  await refused(
    (r) => r.criteria[2].min = { parameter: "period_s", decimals: 1.5 },
    "criteria[2].min",
  );
  await refused(
    (r) => r.criteria[2].args = { direction: any({ parameter: "direction", of: { left: true } }) },
    "criteria[2].args.direction",
  );
  await refused((r) => r.tasks[0].task = 0, "tasks[0].task");
  await refused((r) => r.tasks[0].parameters.period_s = any([1]), "tasks[0].parameters.period_s");
  await refused((r) => r.violations["backflow"].broken = [], "violations.backflow.broken");
  await refused((r) => delete any(r.controls).blank, "controls.blank");
  await refused((r) => r.scale = any("tissue"), "scale");
  await refused((r) => r.note = "x", "note");
  await assertInputError(() => parseRubric("{", "mine.json"), "mine.json", "not JSON");
});

Deno.test("values are evaluated and rounded as specified, with ties to even", () => {
  const scene = { cells: 15, period_s: 1.1, drift: -0.25, cell: "neutrophil", axis: 90 };
  const rounded = (parameter: string, times: number, decimals: number) =>
    valueOf({ parameter, times, decimals }, scene);
  assertEquals(rounded("cells", 0.75, 1), 11.2);
  assertEquals(rounded("cells", 0.45, 1), 6.8);
  assertEquals(rounded("cells", 0.1, 0), 2);
  assertEquals(rounded("cells", 0.3, 0), 4);
  assertEquals(rounded("drift", 1, 1), -0.2);
  assertEquals(rounded("drift", 3, 1), -0.8);
  // 1.005 is slightly less than it looks, so it is not a tie.
  assertEquals(valueOf({ parameter: "s", decimals: 2 }, { s: 1.005 }), 1);
  assertEquals(rounded("period_s", 0.88, 3), 0.968);
  assertEquals(valueOf({ parameter: "cells", plus: -0.9, decimals: 1 }, scene), 14.1);
  assertEquals(valueOf({ parameter: "cells", times: 2, plus: 0.5 }, scene), 30.5);
  assertEquals(valueOf({ parameter: "cell" }, scene), "neutrophil");
  const sizes = { macrophage: 15, neutrophil: 12 };
  assertEquals(valueOf({ parameter: "cell", of: sizes }, scene), 12);
  assertEquals(valueOf({ parameter: "axis", of: { "90": "vertical" } }, scene), "vertical");
  assertEquals([valueOf(3, scene), valueOf("left", scene)], [3, "left"]);
});

Deno.test("a value that the scene lacks is an error naming it", async () => {
  const scene = { cell: "platelet", cells: 7 };
  await assertInputError(() => valueOf({ parameter: "speed" }, scene), "no parameter speed");
  await assertInputError(
    () => valueOf({ parameter: "cell", of: { macrophage: 15, neutrophil: 12 } }, scene),
    "cell is platelet",
    "macrophage, neutrophil",
  );
  await assertInputError(
    () => valueOf({ parameter: "cell", of: { constructor: 1 } }, { cell: "toString" }),
    "cell is toString",
  );
  await assertInputError(
    () => valueOf({ parameter: "cell", times: 2 }, scene),
    "cell is platelet",
    "a number",
  );
});

Deno.test("a criterion is filled in with parameters, words, arguments and limits, in this order", async () => {
  const criterion = {
    id: "speed",
    dimension: "instruction" as const,
    text: "A {size} cell crawls {direction} at {speed_um_s} µm/s, {speed_um_s} each second.",
    words: { size: { parameter: "cell", of: { neutrophil: "small" } } },
    sign: 1 as const,
    weight: 0.5 as const,
    measure: "crawling-speed",
    args: { field_um: 50, direction: { parameter: "direction" } },
    min: { parameter: "speed_um_s", times: 0.75, decimals: 2 },
    max: 9,
    unit: "um/s",
  };
  const scene = { cell: "neutrophil", direction: "right", speed_um_s: 4 };
  const { text, probe } = fillIn(criterion, scene);
  assertEquals(text, "A small cell crawls right at 4 µm/s, 4 each second.");
  assertEquals(
    JSON.stringify(probe),
    '{"measure":"crawling-speed","field_um":50,"direction":"right","min":3,"max":9,"unit":"um/s"}',
  );
  const { direction: _, ...lacking } = scene;
  await assertInputError(() => fillIn(criterion, lacking), "criterion speed", "direction");
});

Deno.test("an unknown world is named, with the nearest match", async () => {
  await assertInputError(() => openRubric("meiosis"), "meiosis", "mitosis");
});
