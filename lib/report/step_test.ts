import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import { openBenchmark } from "../benchmark/registry.ts";
import { simulator } from "../models/simulator.ts";
import { runPaths } from "../paths.ts";
import { clipsTable } from "../records/clip.ts";
import { generateClips } from "../runs/generate.ts";
import { silent } from "../runs/progress.ts";
import { scoreStep } from "../runs/score.ts";
import { type Session, withSession } from "../runs/session.ts";
import { judgeStep } from "../runs/judge_step.ts";
import { chooseJudge } from "../judges/registry.ts";
import { readTable, writeTable } from "../store/table.ts";
import { join } from "node:path";
import { verdictsTable } from "../records/verdict.ts";
import { type Summary, summaryTable } from "../records/summary.ts";
import { sortRows } from "../store/cache.ts";
import type { TableSchema } from "../store/schema.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { type ReportOptions, reportStep } from "./step.ts";

const invocation = { command: "report", passed: [], resolved: {} };
const within = <T>(folder: string, use: (session: Session) => Promise<T>) =>
  withSession({ folder, invocation, progress: silent, begins: true }, use);

/** Number of files written by a report. */
async function written(loaded: LoadedBenchmark, folder: string): Promise<number> {
  const { steps } = await within(folder, async (session) => {
    await reportStep({ ...session, loaded }, "repaired");
    return session.record;
  });
  return steps.find(({ name }) => name === "report")!.made;
}

Deno.test("a report is rewritten only if the declared ground truth of its clips changes", async () => {
  const folder = await Deno.makeTempDir();
  const loaded = await openBenchmark("mini");
  await assertInputError(() => written(loaded, folder), "no scores");
  await within(folder, async (session) => {
    const { paths } = session;
    const generator = simulator({ scenes: loaded.scenes!, violation: "ballistic" });
    const tasks = loaded.benchmark.tasks.filter(({ task }) => task === 9);
    await session.step(
      "generate",
      1,
      (progress) => generateClips({ generator, tasks, seeds: [0], paths }, progress),
    );
    await judgeStep(chooseJudge("probe"), {}, session);
    await scoreStep(session);
  });
  const [clip] = await readTable(clipsTable, runPaths(folder).table("clips"));
  assertEquals([clip.world, clip.violation], ["vesicle-diffusion", "ballistic"]);

  assertOk(await written(loaded, folder) > 10);
  assertEquals(await written(loaded, folder), 0);
  const rubrics = new Map(loaded.rubrics);
  const rubric = structuredClone(rubrics.get("vesicle-diffusion")!);
  rubric.violations["ballistic"].uncertain.push({ id: "still", because: "who knows" });
  rubrics.set("vesicle-diffusion", rubric);
  assertOk(await written({ ...loaded, rubrics }, folder) > 10);
  await Deno.remove(folder, { recursive: true });
});

/** A run with two violated clips of each of two models, judged by the probe and scored. */
async function twoModels(folder: string): Promise<void> {
  const { benchmark, scenes } = await openBenchmark("mini");
  const tasks = benchmark.tasks.filter(({ task }) => task === 9);
  await within(folder, async (session) => {
    const { paths } = session;
    for (const [name, seeds] of [["甲", [0, 1]], ["乙", [2, 3]]] as const) {
      const generator = simulator({ scenes: scenes!, violation: "ballistic", name });
      await generateClips({ generator, tasks, seeds, paths }, silent.step("generate", 1));
    }
    await judgeStep(chooseJudge("probe"), {}, session);
    await scoreStep(session);
  });
}

/** Reports, and gives the page, what was noted, and every figure. */
async function reported(folder: string, options: ReportOptions = {}) {
  const notes: string[] = [];
  const progress = { ...silent, note: (line: string) => void notes.push(line) };
  await withSession(
    { folder, invocation, progress },
    (session) => reportStep(session, "repaired", options),
  );
  const { report, figures } = runPaths(folder);
  const names = [...Deno.readDirSync(figures)].map(({ name }) => name)
    .filter((name) => name.endsWith(".svg"));
  const svgs = await Promise.all(names.map((name) => Deno.readTextFile(join(figures, name))));
  return {
    page: await Deno.readTextFile(join(report, "index.html")),
    notes: notes.join("\n"),
    svgs: svgs.join("\n"),
  };
}

/** Rewrites a table's rows. */
async function rewrite<Row>(schema: TableSchema<Row>, folder: string, change: (row: Row) => Row[]) {
  const path = runPaths(folder).table(schema.name);
  const rows = (await readTable(schema, path)).flatMap(change);
  await writeTable(schema, path, sortRows(schema, rows));
}

Deno.test("a report of any names, several judges, an edited table and a replaced clip", async () => {
  await inFolder(async (parent) => {
    const folder = join(parent, "run");
    await twoModels(folder);

    // Each model's cards show its own frames.
    const first = await reported(folder);
    const strips = [
      ...first.page.matchAll(/<img src="([^"]+)" alt="Frames of the clip by ([^ ]+) on/g),
    ]
      .map(([, strip, model]) => ({ strip: decodeURIComponent(strip), model }));
    assertEquals([...new Set(strips.map(({ model }) => model))].sort(), ["乙", "甲"]);
    const files = Map.groupBy(strips, ({ strip }) => strip);
    for (const [strip, own] of files) {
      assertEquals(new Set(own.map(({ model }) => model)).size, 1, strip);
      assertOk((await Deno.stat(join(runPaths(folder).report, strip))).isFile);
    }
    assertOk(files.size >= 2);
    assertEquals([first.notes, first.page.includes("for reference")], ["", false]);

    // A table that someone edited is not believed.
    await rewrite(summaryTable, folder, (row: Summary) => [{ ...row, mean: 99, common_mean: 99 }]);
    const edited = await reported(folder);
    assertOk(edited.notes.includes("made again") && !edited.page.includes(">99.0<"), edited.notes);

    // Names with control characters, from a table that no door checked, and a second judge.
    const name = "a\u0001b\u001b[31m\u202ec";
    const renamed = <Row extends { model: string }>(row: Row) =>
      row.model === "乙" ? { ...row, model: name } : row;
    await rewrite(clipsTable, folder, (row) => [renamed(row)]);
    await rewrite(verdictsTable, folder, (row) => {
      const gpt = { ...row, judge: "a-judge", judge_model: "gpt-x-2026", key: `gpt ${row.key}` };
      return row.model === "甲" ? [row, gpt] : [renamed(row)];
    });
    await within(folder, (session) => scoreStep(session));
    const two = await reported(folder);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\u0000-\u0008\u000b-\u001f\u202e]/.test(two.page + two.svgs), false);
    assertOk(two.page.includes("a\ufffdb") && two.svgs.includes("a\ufffdb"));
    assertOk(two.page.includes("Judge <b>probe</b>"));
    assertOk(two.notes.includes("others of this run: a-judge"), two.notes);
    assertOk(two.page.includes("--judge a-judge"));
    const other = await reported(folder, { judge: "a-judge" });
    assertOk(other.page.includes("Judge <b>a-judge (gpt-x-2026)</b>: a model, gpt-x-2026"));
    assertOk(other.svgs.includes("judge a-judge (gpt-x-2026)"));
    await assertInputError(() => reported(folder, { judge: "prob" }), "did you mean probe?");

    // A selection was scored last.
    await within(folder, (session) => scoreStep(session, { models: ["甲"] }));
    const partial = await reported(folder);
    assertOk(/This report is of \d+ of \d+ verdicts/.test(partial.notes), partial.notes);
    assertOk(partial.page.includes("since the last scoring was of these alone"));
    await within(folder, (session) => scoreStep(session));

    // A clip that was replaced after judging.
    for (const { model, path } of await readTable(clipsTable, runPaths(folder).table("clips"))) {
      if (model === "甲") await Deno.writeTextFile(join(folder, path), "another film");
    }
    const replaced = await reported(folder);
    assertOk(replaced.notes.includes("the file has changed"), replaced.notes);
    assertOk(replaced.page.includes("are not counted on this page"));
    assertOk(!replaced.page.includes("the clip by 甲") && replaced.page.includes("the clip by a"));
    const summary = await readTable(summaryTable, runPaths(folder).table("summary"));
    assertEquals([...new Set(summary.map(({ model }) => model))], [name]);
  });
});
