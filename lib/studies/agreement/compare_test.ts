import { type Criterion, DIMENSIONS } from "../../records/criterion.ts";
import type { Task } from "../../records/task.ts";
import type { Verdict } from "../../records/verdict.ts";
import { ruleNamed } from "../../scores/rules.ts";
import { sortRows } from "../../store/cache.ts";
import { encodeTable } from "../../store/table.ts";
import { assertEquals, assertInputError, assertNear, assertOk } from "../../testing/assert.ts";
import { agreementTable } from "../../records/agreement.ts";
import { verdictOn } from "../../testing/verdicts.ts";
import { agreementText } from "./text.ts";
import { compareJudges } from "./compare.ts";

const tasks = [1, 2, 3, 4, 5].map((task) => ({ task, scale: "cell" }) as Task);
const criteria = tasks.flatMap(({ task }) =>
  DIMENSIONS.flatMap((dimension) =>
    [1, 2].map((place): Criterion => ({
      benchmark: "mini",
      task,
      id: `${dimension}-${place}`,
      dimension,
      place,
      criterion: place,
      description: `${dimension} ${place} of ${task}`,
      sign: 1,
      weight: 1,
      raw_weight: 1,
      probe: "",
    }))
  )
);

function verdictsOf(
  judge: string,
  met: (model: string, criterion: Criterion) => boolean | null,
  judge_model = "1",
): Verdict[] {
  return ["nano", "wan"].flatMap((model) =>
    criteria.map((row) => verdictOn(row, met(model, row), { judge, judge_model, model, seed: 0 }))
  );
}

const probe = verdictsOf("probe", (model, { place }) => model === "nano" || place === 1);
const human = verdictsOf(
  "human",
  (model, { dimension, place }) =>
    dimension === "visual" ? place === 1 : model === "wan" || place === 1,
);
const compare = (verdicts: Verdict[], ...judges: [string, string]) =>
  compareJudges({ judges, tasks, criteria, verdicts, rule: ruleNamed("repaired") });

Deno.test("rows for all, each dimension and each model, with ranks under both judges", () => {
  const rows = compare([...probe, ...human], "probe", "human/1");
  assertEquals(rows.length, 3 * 4);
  const of = (model: string, dimension: string) =>
    rows.find((row) => row.model === model && row.dimension === dimension)!;
  assertEquals([of("all", "all").pairs, of("all", "all").nulls], [60, 0]);
  // Equal on every first criterion; for the second ones only in "visual" of wan.
  assertNear(of("all", "all").raw!, 0.5 + 0.5 / 6, 1e-12);
  const [nano, wan] = [of("nano", "all"), of("wan", "all")];
  assertEquals([nano.first_mean, nano.first_rank], [100, 1]);
  assertEquals([wan.first_mean, wan.first_rank], [50, 2]);
  assertEquals([nano.second_mean, nano.second_rank], [50, 2]);
  assertEquals(wan.second_rank, 1);
  assertEquals([of("nano", "visual").second_rank, of("wan", "visual").second_rank], [1, 1]);
  assertEquals([of("all", "all").first_mean, of("all", "all").first_rank], [null, null]);
  assertOk(encodeTable(agreementTable, sortRows(agreementTable, rows)).length > 0);
});

Deno.test("only criteria put to both judges count; nulls are counted separately", () => {
  const some = human.filter(({ task }) => task < 3)
    .map((row) => row.place === 2 ? { ...row, met: null } : row);
  const [all] = compare([...probe, ...some], "probe", "human");
  assertEquals([all.pairs, all.nulls, all.raw], [12, 12, 1]);
  assertEquals(all.first_mean, null);
});

Deno.test("means and ranks rest on the same criteria of the same tasks under both judges", () => {
  // The person leaves out what the probe finds unmet, and labels but two tasks of wan.
  const some = human.filter(({ model, task }) => model === "nano" || task < 3)
    .map((row) => row.dimension === "visual" && row.place === 2 ? { ...row, met: null } : row);
  const rows = compare([...probe, ...some], "probe", "human");
  const of = (model: string, dimension: string) =>
    rows.find((row) => row.model === model && row.dimension === dimension)!;
  const [nano, wan] = [of("nano", "all"), of("wan", "all")];
  assertEquals([nano.first_rank, nano.tasks, wan.first_rank, wan.tasks], [1, 5, null, 2]);
  const visual = of("wan", "visual");
  assertEquals([visual.first_mean, visual.second_mean], [100, 100]);
});

Deno.test("an absent or ambiguous judge, the same judge twice, or disjoint clips are errors", async () => {
  const all = [
    ...probe,
    ...human,
    ...verdictsOf("gpt", () => true, "a/b"),
    ...verdictsOf("gpt", () => true, "c"),
  ];
  await assertInputError(
    () => compare(all, "probe", "nobody"),
    "nobody",
    "gpt (a/b), gpt (c), human (1), probe (1)",
  );
  await assertInputError(() => compare([], "probe", "human"), "judge probe, nor of any other");
  await assertInputError(() => compare(all, "gpt", "probe"), "ambiguous", "gpt (a/b), gpt (c)");
  await assertInputError(() => compare(all, "probe", "probe/1"), "itself");
  for (const name of ["gpt/a/b", "gpt (a/b)"]) {
    assertEquals(compare(all, name, "probe")[0].first, "gpt/a/b");
  }
  const elsewhere = human.map((row) => ({ ...row, seed: 9 }));
  await assertInputError(() => compare([...probe, ...elsewhere], "probe", "human"), "no clip");
});

Deno.test("the text names judges in one form, and says why a model has no rank", () => {
  const as = (rows: Verdict[], judge_model: string) => rows.map((row) => ({ ...row, judge_model }));
  const judges = [...as(probe, "probe"), ...as(human, "sheet-2")];
  const whole = agreementText(compare(judges, "probe", "human"));
  assertOk(whole.includes("\nprobe and human, with") && !/\/|No rank/.test(whole), whole);
  // Of a third model there are clips of two tasks alone.
  const third = judges.filter(({ model, task }) => model === "nano" && task < 3)
    .map((row) => ({ ...row, model: "three" }));
  const apart = agreementText(compare([...judges, ...third], "probe", "human"));
  assertOk(
    /Not ranked, too few of the others' tasks; means over their own:\nthree .* – /.test(apart),
  );
  const few = judges.filter(({ task }) => task < 3);
  assertOk(agreementText(compare(few, "probe", "human")).includes("No ranks: fewer than 5"));
  const one = judges.filter(({ model }) => model === "wan");
  assertOk(agreementText(compare(one, "probe", "human")).includes("No rank: one model alone"));
  const sheets = agreementText(
    compare([...as(human, "sheet-1"), ...judges], "human/sheet-1", "human/sheet-2"),
  );
  assertOk(sheets.includes("\nhuman/sheet-1 and human/sheet-2, with"), sheets);
});
