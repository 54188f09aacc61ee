/** The bindings of every criterion of the embedded benchmark. */
import { readMini } from "../../benchmark/mini.ts";
import { WORLD_NAMES, worldFile } from "../../worlds/registry.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import { fileOf, MEASURES, readBinding } from "./binding.ts";
import { GROUPS } from "./registry.ts";

const { benchmark, scenes } = await readMini();

Deno.test("all criteria of the embedded benchmark are bound to existing measures", () => {
  assertOk(benchmark.criteria.length > 0);
  for (const { task, id, probe } of benchmark.criteria) {
    const { measure, unit, min, max } = readBinding(probe, `task ${task} ${id}`);
    assertEquals(measure.unit, unit);
    assertOk((min ?? -Infinity) <= (max ?? Infinity), `task ${task} ${id}: ${min} to ${max}`);
  }
});

Deno.test("a measure is general or belongs to the criterion's own world", () => {
  for (const { task, id, probe } of benchmark.criteria) {
    const { world } = scenes.get(task)!;
    const file = fileOf(JSON.parse(probe).measure)!.href;
    const elsewhere = WORLD_NAMES.filter((name) => name !== world)
      .some((name) => worldFile(name, "measures.ts").href === file);
    assertOk(!elsewhere, `task ${task} of ${world}, ${id}: ${file}`);
  }
});

Deno.test("no two groups share a measure's name", () => {
  const names = GROUPS.flatMap(({ measures }) => Object.keys(measures));
  assertEquals(new Set(names).size, names.length);
  assertEquals(names.sort(), Object.keys(MEASURES).sort());
});

Deno.test("errors of a binding name its criterion, the problem and the nearest name", async () => {
  const refused = (probe: object | string, ...parts: string[]) =>
    assertInputError(
      () => readBinding(typeof probe === "string" ? probe : JSON.stringify(probe), "task 5 area"),
      "task 5 area",
      ...parts,
    );
  await refused("[", "expected JSON, found [");
  await refused({ measure: "nois", max: 2, unit: "levels" }, "did you mean noise?");
  await refused({ measure: "toString", max: 2, unit: "1" }, "unknown measure toString");
  await refused({ measure: "noise", unit: "levels" }, "min or max is needed");
  await refused({ measure: "noise", max: "2", unit: "levels" }, "max");
  await refused({ measure: "noise", max: 2, unit: "1" }, "noise is in levels, the binding has 1");
  await refused({ measure: "noise", max: 2, unit: "levels", field_um: 3 }, "noise", "field_um");
  await refused({ measure: "noise", min: 3, max: 2, unit: "levels" }, "min 3 is above max 2");
  await refused({ max: 2, unit: "levels" }, "measure");
});
