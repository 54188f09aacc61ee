import { type Criterion, type Dimension, DIMENSIONS } from "../records/criterion.ts";
import { SCALES, type Task } from "../records/task.ts";
import { random } from "../random.ts";
import { assertEquals, assertInputError, assertNear, assertOk } from "../testing/assert.ts";
import { verdictOn } from "../testing/verdicts.ts";
import { failureRates, failures, mostFailed } from "./failures.ts";

const task = (number: number): Task => ({
  benchmark: "mini",
  task: number,
  scale: SCALES[number % 3],
  prompt: "",
  requirement: "",
  source: "",
});

const criterion = (
  task: number,
  dimension: Dimension,
  number: number,
  more: Partial<Criterion> = {},
): Criterion => ({
  benchmark: "mini",
  task,
  id: `${dimension}-${number}`,
  dimension,
  place: number,
  criterion: number,
  description: `${dimension} ${task}.${number}`,
  sign: 1,
  weight: 1,
  raw_weight: 1,
  probe: "",
  ...more,
});

/** Two models, nine tasks, three seeds, five criteria of which the last is a penalty. */
function study() {
  const uniform = random(5, "failures");
  const tasks = Array.from({ length: 9 }, (_, i) => task(i + 1));
  const criteria = tasks.flatMap(({ task }) =>
    DIMENSIONS.flatMap((dimension) =>
      [1, 2, 3, 4, 5].map((n) => criterion(task, dimension, n, { sign: n === 5 ? -1 : 1 }))
    )
  );
  const verdicts = ["nano", "wan"].flatMap((model) =>
    [3, 1, 2].flatMap((seed) =>
      criteria.map((of) => {
        const draw = uniform();
        return verdictOn(of, draw < 0.1 ? null : draw < 0.6, { model, seed });
      })
    )
  );
  return { tasks, criteria, verdicts };
}

Deno.test("a positive criterion fails when unmet, a penalty when met, and null never", () => {
  const earns = criterion(1, "scientific", 1);
  const costs = criterion(1, "scientific", 2, { sign: -1 });
  const outcomes = [true, false, null].flatMap((met, seed) => [
    verdictOn(earns, met, { seed }),
    verdictOn(costs, met, { seed }),
  ]);
  const rows = failures({ tasks: [task(1)], criteria: [earns, costs] }, outcomes);
  assertEquals(
    rows.map((
      { sign, failed, judged, unjudged, seeds },
    ) => [sign, failed, judged, unjudged, seeds]),
    [[1, 1, 2, 1, [1]], [-1, 1, 2, 1, [0]]],
  );
});

Deno.test("criteria are joined by task and id, never by position, and keep their scale", () => {
  const keys = [[1, "scientific", 22], [1, "visual", 22], [2, "scientific", 22]] as const;
  const criteria = keys.map(([task, dimension, n]) => criterion(task, dimension, n));
  const verdicts = criteria.map((of, i) => verdictOn(of, i !== 1, { place: 3 - i })).reverse();
  const rows = failures({ tasks: [task(1), task(2)], criteria }, verdicts);
  assertEquals(
    rows.map(({ description, failed, scale }) => [description, failed, scale]),
    [
      ["scientific 1.22", 0, "cell"],
      ["visual 1.22", 1, "cell"],
      ["scientific 2.22", 0, "subcellular"],
    ],
  );
});

Deno.test("every verdict is counted exactly once, in rows and in rates", () => {
  const { verdicts, ...benchmark } = study();
  const rows = failures(benchmark, verdicts);
  assertEquals(rows.length, 2 * benchmark.criteria.length);
  for (const counted of [rows, failureRates(rows)]) {
    const sum = (column: "failed" | "judged" | "unjudged") =>
      counted.reduce((total, row) => total + row[column], 0);
    assertEquals(sum("judged") + sum("unjudged"), verdicts.length);
    assertEquals(sum("unjudged"), verdicts.filter(({ met }) => met === null).length);
    const signs = new Map(
      benchmark.criteria.map((c) => [`${c.task} ${c.id}`, c.sign]),
    );
    const against = verdicts.filter((v) =>
      v.met !== null && v.met === (signs.get(`${v.task} ${v.id}`) === -1)
    );
    assertEquals(sum("failed"), against.length);
  }
  assertEquals(failureRates(rows).length, 2 * 9);
});

Deno.test("the order of verdicts changes only the order of models", () => {
  const { verdicts, ...benchmark } = study();
  const forward = failures(benchmark, verdicts).filter(({ model }) => model === "wan");
  const backward = failures(benchmark, [...verdicts].reverse())
    .filter(({ model }) => model === "wan");
  assertEquals(forward, backward);
  assertOk(forward.some(({ seeds }) => seeds.length > 1));
});

Deno.test("tasks without a scale count too, in separate cells after the scales", () => {
  const asked = [criterion(1, "visual", 1), criterion(2, "visual", 1)];
  const tasks = [{ ...task(1), scale: "" as const }, task(2)];
  const rows = failures({ tasks, criteria: asked }, asked.map((of) => verdictOn(of, false)));
  assertEquals(rows.map(({ scale, failed }) => [scale, failed]), [["", 1], ["subcellular", 1]]);
  const rates = failureRates(rows).map(({ scale, rate }) => [scale, rate]);
  assertEquals(rates, [["subcellular", 1], ["", 1]]);
  assertEquals(mostFailed(rows).map(({ scale }) => scale), ["", "subcellular"]);
});

Deno.test("a cell without verdicts has no rate", () => {
  const asked = criterion(1, "visual", 1);
  const rows = failures({ tasks: [task(1)], criteria: [asked] }, [verdictOn(asked, null)]);
  assertEquals(failureRates(rows).map(({ rate, unjudged }) => [rate, unjudged]), [[null, 1]]);
  assertEquals(mostFailed(rows), []);
});

Deno.test("evidence is that of the first failing seed, or its reason if absent", () => {
  const asked = criterion(1, "visual", 1);
  const benchmark = { tasks: [task(1)], criteria: [asked] };
  const verdict = (seed: number, met: boolean, evidence: string, reason = "") =>
    verdictOn(asked, met, { seed, evidence, reason });
  const [row] = failures(benchmark, [
    verdict(9, false, "late"),
    verdict(4, false, "first"),
    verdict(1, true, "passed"),
  ]);
  assertEquals([row.evidence, row.seeds], ["first", [4, 9]]);
  assertEquals(failures(benchmark, [verdict(1, false, "", "blurred")])[0].evidence, "blurred");
});

Deno.test("identical wording in several tasks is one criterion; many failures outrank one", () => {
  const words = { description: "Cells stay inside the vessel" };
  const shared = [3, 6, 9].map((number) => criterion(number, "scientific", 1, words));
  const single = criterion(3, "visual", 1, { weight: 0.2 });
  const heavy = criterion(3, "visual", 2, { weight: 1 });
  const rows = failures({ tasks: [3, 6, 9].map(task), criteria: [...shared, single, heavy] }, [
    verdictOn(single, false),
    verdictOn(heavy, false),
    ...shared.map((of) => verdictOn(of, false)),
    ...shared.map((of) => verdictOn(of, of.task === 3, { seed: 2 })),
  ]);
  const top = mostFailed(rows);
  assertEquals(top.map(({ failed, judged, tasks }) => [failed, judged, tasks]), [
    [5, 6, [3, 6, 9]],
    [1, 1, [3]],
    [1, 1, [3]],
  ]);
  assertEquals(top.slice(1).map(({ weight }) => weight), [1, 0.2]);
  assertNear(top[0].rate, 5 / 6, 1e-12);
  assertEquals(mostFailed(rows, { limit: 1 }).length, 1);
});

Deno.test("verdicts without a criterion and duplicate verdicts are refused, stating what was found", async () => {
  const asked = criterion(1, "visual", 1);
  const benchmark = { tasks: [task(1)], criteria: [asked] };
  const stray = verdictOn({ ...asked, id: "visual-7" }, true);
  await assertInputError(() => failures(benchmark, [stray]), "task 1", "visual criterion visual-7");
  const elsewhere = verdictOn({ ...asked, task: 5 }, true);
  await assertInputError(() => failures(benchmark, [elsewhere]), "task 5", "task that");
  const twice = [verdictOn(asked, true), verdictOn(asked, false)];
  await assertInputError(() => failures(benchmark, twice), "two verdicts", "seed 1");
});

Deno.test("across models, a criterion that all fail comes before one that only one fails", () => {
  const row = {
    judge: "imported",
    scale: "organ" as const,
    dimension: "visual" as const,
    task: 1,
    sign: 1 as const,
    weight: 1,
    judged: 1,
    unjudged: 0,
    evidence: "",
  };
  const rows = ["a", "b", "c"].flatMap((model, i) => [
    {
      ...row,
      model,
      id: "sharp",
      place: 1,
      description: "Sharp",
      failed: i === 0 ? 1 : 0,
      seeds: i ? [] : [0],
    },
    { ...row, model, id: "round", place: 2, description: "Round", failed: 1, seeds: [0] },
  ]);
  const [first, second] = mostFailed(rows, { acrossModels: true });
  assertEquals([first.description, first.model, first.failed, first.judged], [
    "Round",
    "3 models",
    3,
    3,
  ]);
  assertEquals([second.model, second.failed, second.judged], ["a", 1, 3]);
  assertEquals(first.example.model, "a");
});
