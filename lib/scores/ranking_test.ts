import type { Score } from "../records/score.ts";
import { join } from "node:path";
import { type Summary, summaryTable } from "../records/summary.ts";
import { sortRows } from "../store/cache.ts";
import { readTable, writeTable } from "../store/table.ts";
import { inFolder } from "../testing/folder.ts";
import type { Task } from "../records/task.ts";
import { random } from "../random.ts";
import { assertEquals, assertNear, assertOk } from "../testing/assert.ts";
import { commonTasks, rankModels } from "./ranking.ts";
import { comparedText, missingText } from "./compared_text.ts";
import { leaderboardOf, summarise } from "./summary.ts";

const tasks = Array.from({ length: 39 }, (_, i) => ({
  task: i + 1,
  scale: ["organ", "cell", "subcellular"][i % 3],
})) as Task[];

/** Scores of a model on some tasks, each with its seeds. */
function scoresOf(
  model: string,
  on: readonly number[],
  score: (task: number, seed: number) => number | null,
  seeds: readonly number[] = [0],
  judge = "probe",
): Score[] {
  const row = { rule: "repaired", judge, model, low: 0, high: 100, judged: 4, criteria: 4 };
  return on.flatMap((task) =>
    seeds.map((seed): Score => ({
      ...{ ...row, task, seed, dimension: "total" },
      score: score(task, seed),
    }))
  );
}

const ALL = tasks.map(({ task }) => task);
const noise = (model: string, task: number) => 10 * (random(7, model, task)() - 0.5);
/** Six models, 10 points apart, on all tasks. */
const six = [60, 50, 40, 30, 20, 10].flatMap((level, i) =>
  scoresOf(`m${i}`, ALL, (task) => level + task / 10 + noise(`m${i}`, task))
);
const overall = (rows: readonly Summary[]) => rows.filter(({ group }) => group === "all");

Deno.test("three of a model's best clips neither rank it nor shrink the others' comparison", () => {
  const best = scoresOf("three", [37, 38, 39], () => 55);
  const rows = summarise([...best, ...six], tasks);
  const { ranked, apart } = leaderboardOf(rows);
  assertEquals(overall(ranked).map(({ model, rank, tasks }) => [model, rank, tasks]), [
    ...[0, 1, 2, 3, 4, 5].map((i) => [`m${i}`, i + 1, 39]),
  ]);
  assertEquals(overall(apart).map(({ model, rank, tasks }) => [model, rank, tasks]), [
    ["three", null, 3],
  ]);
  // The others' means are those without it, and its own mean has no interval.
  const without = overall(summarise(six, tasks));
  for (const row of without) {
    const [now] = overall(rows).filter(({ model }) => model === row.model);
    assertEquals(now, row);
    assertEquals(now.common_mean, now.mean);
  }
  assertEquals(overall(apart).map(({ mean, ci_low }) => [mean, ci_low]), [[55, null]]);
  const missing = missingText(rows, 39)!;
  assertOk(missing.includes("three 3") && !missing.includes("m0"), missing);
  assertEquals(comparedText(ranked), "means over the 39 tasks that all 6 ranked models have");
});

Deno.test("models that lack different tasks are compared on those that they share", () => {
  // The worse model lacks the hard tasks: by its own mean it would lead.
  const hard = (task: number) => task > 26;
  const good = scoresOf("good", ALL, (task) => hard(task) ? 10 : 60 + noise("good", task));
  const easy = ALL.filter((task) => !hard(task));
  const lucky = scoresOf("lucky", easy, (task) => 52 + noise("lucky", task));
  const rows = overall(summarise([...good, ...lucky], tasks));
  const [a, b] = rows;
  assertOk(a.mean! < b.mean!, `${a.mean} ${b.mean}`);
  assertEquals([a.rank, b.rank, a.common_tasks, b.common_tasks], [1, 2, 26, 26]);
  assertOk(a.common_mean! > b.common_mean!);
});

Deno.test("the common tasks are at least half of the most complete model's, whatever the order", () => {
  const range = (from: number, to: number) => ALL.filter((task) => task >= from && task <= to);
  const tasksOf = new Map([
    ["late", range(21, 39)],
    ["all", ALL],
    ["early", range(1, 20)],
    ["none", []],
    ["most", range(3, 39)],
  ]);
  const found = commonTasks(tasksOf);
  assertEquals(found.ranked, ["all", "most"]);
  assertEquals(found.apart, ["early", "late", "none"]);
  assertEquals(commonTasks(new Map([...tasksOf].reverse())), found);
  // Two halves that do not meet: the first by name is alone.
  const halves = commonTasks(new Map([["b", range(1, 10)], ["a", range(11, 20)]]));
  assertEquals([halves.ranked, halves.apart, halves.tasks.length], [["a"], ["b"], 10]);
  assertEquals(commonTasks(new Map()), { ranked: [], apart: [], tasks: [] });
});

Deno.test("models that cannot be told apart share a rank; the next rank counts them all", () => {
  const over = (mean: number, of: string, spread = 10) =>
    new Map(ALL.map((task) => [task, mean + spread * 2 * (random(3, of, task)() - 0.5)]));
  const ranks = (means: ReadonlyMap<string, ReadonlyMap<number, number>>) =>
    Object.fromEntries([...rankModels(means)].map(([model, { rank }]) => [model, rank]));
  const close = new Map([["a", over(50, "a")], ["b", over(50.5, "b")], ["c", over(20, "c")]]);
  assertEquals(ranks(close), { a: 1, b: 1, c: 3 });
  // Equal means differ in nothing.
  assertEquals(ranks(new Map([["x", over(5, "x")], ["y", over(5, "x")]])), { x: 1, y: 1 });
  // A small lead on every task is a lead, however much tasks vary.
  const varied = over(50, "z", 40);
  const ahead = new Map([...varied].map(([task, score]) => [task, score + 0.5]));
  assertEquals(ranks(new Map([["behind", varied], ["ahead", ahead]])), { ahead: 1, behind: 2 });
});

Deno.test("groups, too, compare on the tasks that all ranked models have and on no others", () => {
  const organ = ALL.filter((task) => tasks[task - 1].scale === "organ");
  const others = ALL.filter((task) => !organ.includes(task));
  // Two models have all; the third lacks all organ tasks but one, which are those that the first is bad at.
  const first = scoresOf("first", ALL, (task) => organ.includes(task) ? 10 : 60);
  const second = scoresOf("second", ALL, (task) => organ.includes(task) ? 90 : 50);
  const third = scoresOf("third", [organ[0], ...others], () => 30);
  const rows = summarise([...first, ...second, ...third], tasks);
  assertEquals(overall(rows).map(({ common_tasks }) => common_tasks), [27, 27, 27]);
  for (const model of ["first", "second", "third"]) {
    const own = rows.filter((row) => row.model === model && row.common_tasks > 0);
    const [all, ...scales] = own.map(({ common_tasks }) => common_tasks);
    assertEquals(scales.reduce((sum, n) => sum + n, 0), all);
    assertEquals(scales, [1, 13, 13]);
  }
});

Deno.test("fewer than five common tasks give means, but no intervals and no ranks", () => {
  for (const [n, rank] of [[4, null], [5, 1]] as const) {
    const on = ALL.slice(0, n);
    const rows = overall(summarise(
      [...scoresOf("a", on, () => 90), ...scoresOf("b", on, (task) => task)],
      tasks,
    ));
    assertEquals(rows.map(({ common_tasks }) => common_tasks), [n, n]);
    assertEquals(rows[0].rank, rank);
    assertEquals([rows[0].ci_low === null, rows[0].common_low === null], [n < 5, n < 5]);
    assertNear(rows[1].common_mean!, (n + 1) / 2, 1e-12);
    assertEquals(comparedText(leaderboardOf(rows).ranked).includes("no ranks"), n < 5);
  }
});

Deno.test("a task counts once whatever its number of clips, and who has several is said", () => {
  const once = scoresOf("once", ALL, (task) => task);
  const thrice = scoresOf("thrice", ALL, (task, seed) => task + 3 * (seed - 1), [0, 1, 2]);
  // Of some tasks alone it has more clips: they weigh no more.
  const uneven = [
    ...scoresOf("uneven", ALL.slice(0, 10), (task) => task, [0, 1, 2]),
    ...scoresOf("uneven", ALL.slice(10), (task) => task),
  ];
  const rows = overall(summarise([...once, ...thrice, ...uneven], tasks));
  for (const { common_mean, rank } of rows) {
    assertNear(common_mean!, 20, 1e-9);
    assertEquals(rank, 1);
  }
  assertEquals(rows.map(({ clips }) => clips), [39, 117, 59]);
  const text = missingText(rows, 39)!;
  assertOk(text.includes("once 1, thrice 3, uneven 1.5"), text);
});

Deno.test("two judges of the same clips are ranked apart", () => {
  const few = scoresOf("m0", [1, 2, 3], () => 100, [0], "person");
  const rows = overall(summarise([...six, ...few], tasks));
  const person = rows.filter(({ judge }) => judge === "person");
  assertEquals(person.map(({ model, common_tasks }) => [model, common_tasks]), [["m0", 3]]);
  assertEquals(rows.find(({ judge }) => judge === "probe")!.common_tasks, 39);
});

Deno.test("tables of earlier versions open, without ranks, and are shown as they are", async () => {
  await inFolder(async (folder) => {
    const added = Object.keys(summaryTable.added!);
    const columns = Object.fromEntries(
      Object.entries(summaryTable.columns).filter(([name]) => !added.includes(name)),
    );
    const former = { ...summaryTable, columns, added: undefined } as unknown as typeof summaryTable;
    const path = join(folder, "summary.arrow");
    await writeTable(former, path, sortRows(former, summarise(six, tasks)));
    const rows = await readTable(summaryTable, path);
    assertEquals([rows.length, rows[0].rank, rows[0].common_tasks, rows[0].clips], [
      42,
      null,
      0,
      0,
    ]);
    const { ranked, apart } = leaderboardOf(rows);
    assertEquals([overall(ranked).map(({ model }) => model)[0], apart.length], ["m0", 0]);
    assertEquals(overall(ranked).length, 6);
  });
});
