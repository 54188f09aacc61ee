import { chooseJudge } from "../judges/registry.ts";
import { chooseModel } from "../models/registry.ts";
import { join } from "node:path";
import { type RunPaths, runPaths } from "../paths.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import { scoresTable } from "../records/score.ts";
import { type Verdict, verdictsTable } from "../records/verdict.ts";
import { reportStep } from "../report/step.ts";
import { journalPath, openJournal } from "../store/journal.ts";
import type { TableSchema } from "../store/schema.ts";
import { readTable, writeTable } from "../store/table.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { generateStep } from "./generate_step.ts";
import { judgeStep } from "./judge_step.ts";
import { silent } from "./progress.ts";
import { clipsOf } from "./selection.ts";
import { scoreStep } from "./score.ts";
import { type Session, withSession } from "./session.ts";

const invocation = { command: "try", passed: [], resolved: {} };

/** Works in a run and gives what it noted. */
async function inRun(
  folder: string,
  work: (session: Session) => Promise<unknown>,
  benchmark?: string,
): Promise<string> {
  const notes: string[] = [];
  const step = (name: string) => ({
    ...silent.step(name, 0),
    done: (summary: string) => void notes.push(`${name} ${summary}`),
  });
  const progress = { step, note: (line: string) => void notes.push(line) };
  await withSession({ folder, invocation, progress, begins: true, benchmark }, work);
  return notes.join("\n");
}

Deno.test("verdicts on clips that were made again since are neither scored nor reported", async () => {
  const folder = await Deno.makeTempDir();
  const make = (model: string, tasks: number[]) => (session: Session) =>
    generateStep(chooseModel(model), { seeds: [0], tasks }, session);
  await inRun(folder, async (session) => {
    await make("x=simulator", [9, 10])(session);
    await judgeStep(chooseJudge("probe"), {}, session);
    await scoreStep(session);
  });
  await inRun(folder, make("x=simulator:each", [9]));
  for (const step of [scoreStep, (session: Session) => reportStep(session, "repaired")]) {
    const told = await inRun(folder, step);
    assertOk(told.includes("its clip was made again"), told);
    assertOk(told.includes(`deno task judge --run ${folder} --judge probe`), told);
  }
  await inRun(folder, make("x=simulator:each", [10]));
  await assertInputError(() => inRun(folder, scoreStep), "Found no verdicts");
  await assertInputError(
    () => inRun(folder, (session) => reportStep(session, "repaired")),
    "stale",
  );
  const again = await inRun(folder, async (session) => {
    await judgeStep(chooseJudge("probe"), {}, session);
    await scoreStep(session);
  });
  assertEquals(again.includes("stale"), false, again);
  await Deno.remove(folder, { recursive: true });
});

/** A benchmark of one task of one's own that the probe judges by a limit. */
function ownBenchmark(min: number, prompt = "A cell divides."): string {
  const text = "Two daughters remain.";
  const block = { d1: text, s1: "+1", w1: 1 };
  const measured = { ...block, p1: { measure: "bodies-at-end", min, unit: "bodies" } };
  const [rubrics_scientific, rubrics_visual, rubrics_instruction] = [block, block, measured];
  const asked = { task: prompt, requirement: "One cell becomes two.", world: "mitosis" };
  const blocks = { rubrics_scientific, rubrics_visual, rubrics_instruction };
  return JSON.stringify([{ index: 1, ...asked, ...blocks }]);
}

Deno.test("verdicts under another limit or on another prompt are stale until they are judged again", async () => {
  const parent = await Deno.makeTempDir();
  const folder = join(parent, "mine");
  const file = join(parent, "cells.json");
  await Deno.writeTextFile(file, ownBenchmark(2));
  const paths = runPaths(folder);
  const judge = (session: Session) => judgeStep(chooseJudge("probe"), {}, session);
  await inRun(folder, async (session) => {
    await generateStep(chooseModel("simulator"), { seeds: [0] }, session);
    await judge(session);
    await scoreStep(session);
  }, file);
  await Deno.writeTextFile(file, ownBenchmark(3));
  const limit = await inRun(folder, scoreStep);
  assertOk(limit.includes("1 verdict is stale"), limit);
  assertOk(limit.includes("its limits have changed"), limit);
  await inRun(folder, judge);
  assertOk(!(await inRun(folder, scoreStep)).includes("stale"));
  await Deno.writeTextFile(file, ownBenchmark(3, "A cell divides in two."));
  await assertInputError(() => inRun(folder, scoreStep), "Found no verdicts");

  // An earlier version's rows do not say what was asked: they are kept, and judging completes them.
  await inRun(folder, judge);
  const rows = await readTable(verdictsTable, paths.table("verdicts"));
  const unknown = rows.map((row) => ({ ...row, asked_hash: "" }));
  await writeTable(verdictsTable, paths.table("verdicts"), unknown);
  await Deno.writeTextFile(file, ownBenchmark(2, "A cell divides in two."));
  assertOk(!(await inRun(folder, scoreStep)).includes("stale"));
  await Deno.writeTextFile(file, ownBenchmark(3, "A cell divides in two."));
  const again = await inRun(folder, judge);
  assertOk(again.includes("up to date"), again);
  assertEquals(await readTable(verdictsTable, paths.table("verdicts")), rows);
  await Deno.remove(parent, { recursive: true });
});

Deno.test("what a killed command had kept in a journal alone is judged and scored", async () => {
  const folder = await Deno.makeTempDir();
  const paths = runPaths(folder);
  await inRun(folder, async (session) => {
    await generateStep(chooseModel("x=simulator"), { seeds: [0], tasks: [9, 10] }, session);
    await judgeStep(chooseJudge("probe"), {}, session);
  });
  for (const table of [clipsTable, verdictsTable] as const) await leaveInJournal(table, paths);
  await inRun(folder, (session) => scoreStep(session));
  const scored = await readTable(scoresTable, paths.table("scores"));
  assertEquals([...new Set(scored.map(({ task }) => task))], [9, 10]);
  await leaveInJournal(clipsTable, paths, true);
  await inRun(folder, async (session) => assertEquals((await clipsOf(session)).length, 2));
  await Deno.remove(folder, { recursive: true });
});

/** Leaves a table as `kill -9` would: rows of task 10, or all, in its journal alone. */
async function leaveInJournal(
  table: typeof clipsTable | typeof verdictsTable,
  paths: RunPaths,
  all = false,
): Promise<void> {
  const schema = table as TableSchema<Clip | Verdict>;
  const path = paths.table(schema.name);
  const rows = await readTable(schema, path);
  const late = rows.filter(({ task }) => all || task === 10);
  await Deno.remove(path);
  if (!all) await writeTable(schema, path, rows.filter((row) => !late.includes(row)));
  const journal = await openJournal(schema, journalPath(path));
  await journal.append(late);
  journal.close();
}

Deno.test("scores that others put in place of the run's are made again, and what happened is said", async () => {
  const folder = await Deno.makeTempDir();
  const paths = runPaths(folder);
  await inRun(folder, async (session) => {
    await generateStep(chooseModel("x=simulator"), { seeds: [0], tasks: [9, 10] }, session);
    await judgeStep(chooseJudge("probe"), {}, session);
    await scoreStep(session, { tasks: [9] });
  });
  const foreign = await Deno.readFile(paths.table("scores"));
  await inRun(folder, scoreStep);
  const whole = await Deno.readFile(paths.table("scores"));
  const summary = await Deno.readFile(paths.table("summary"));
  assertOk((await inRun(folder, scoreStep)).includes("score up to date"));
  await Deno.writeFile(paths.table("scores"), foreign);
  await Deno.writeTextFile(paths.table("summary"), "garbage");
  const told = await inRun(folder, scoreStep);
  assertOk(/score \d+ made/.test(told), told);
  assertEquals(await Deno.readFile(paths.table("scores")), whole);
  assertEquals(await Deno.readFile(paths.table("summary")), summary);

  // An equal result of other verdicts is no cached one.
  const rows = await readTable(verdictsTable, paths.table("verdicts"));
  const renamed = rows.map((row) => ({ ...row, key: `other ${row.key}` }));
  await writeTable(verdictsTable, paths.table("verdicts"), renamed);
  const equal = await inRun(folder, scoreStep);
  assertOk(/score made again, all [1-9]\d* as before/.test(equal), equal);
  const after = await inRun(folder, scoreStep);
  assertOk(/score up to date, [1-9]\d* cached/.test(after), after);
  await Deno.remove(folder, { recursive: true });
});
