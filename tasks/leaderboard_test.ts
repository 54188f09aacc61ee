import { readPaper } from "../lib/benchmark/paper.ts";
import { openBenchmark } from "../lib/benchmark/registry.ts";
import { join } from "node:path";
import { PROJECT, runPaths } from "../lib/paths.ts";
import { claimsTable } from "../lib/records/claim.ts";
import type { Score } from "../lib/records/score.ts";
import { summaryTable } from "../lib/records/summary.ts";
import type { Task } from "../lib/records/task.ts";
import { leaderboardFigure } from "../lib/report/figures.ts";
import { summarise } from "../lib/scores/summary.ts";
import { sortRows } from "../lib/store/cache.ts";
import { writeTable } from "../lib/store/table.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { inFolder } from "../lib/testing/folder.ts";
import { sharedData } from "../lib/testing/shared_data.ts";
import { textsIn } from "../lib/testing/figure.ts";
import { keepScored, scoredRows } from "../lib/runs/score.ts";
import { clipsTable } from "../lib/records/clip.ts";
import type { Criterion } from "../lib/records/criterion.ts";
import { type Verdict, verdictsTable } from "../lib/records/verdict.ts";
import { verdictOn } from "../lib/testing/verdicts.ts";
import { leaderboardText } from "./work/leaderboard.ts";

const CLIP = {
  ...{ model: "", task: 0, seed: 0, world: "", violation: "", path: "", sha256: "", frames: 1 },
  ...{ width: 1, height: 1, fps: 1, steps: 0, guidance: 0, device: "", seconds: 0, key: "" },
};
const released = sharedData("microworldbench");

/** Means of a model that has the name of one of the paper's, of another, and of one with three clips. */
const tasks = Array.from({ length: 10 }, (_, i) => ({ task: i + 1, scale: "cell" }) as Task);
const row = { rule: "repaired", seed: 0, dimension: "total", low: 0, high: 100 } as const;
const scoresOf = (judge: string, model: string, n: number, score: number) =>
  tasks.slice(0, n).map(({ task }): Score => ({
    ...{ ...row, judge, model, task, judged: 3, criteria: 3 },
    score: score + task % 2,
  }));
const summary = summarise([
  ...scoresOf("probe", "Veo3", 10, 40),
  ...scoresOf("probe", "mine", 10, 60),
  ...scoresOf("probe", "three", 3, 99),
  ...scoresOf("person", "a\u001b[2Jb", 4, 50),
], tasks);

async function textOn(of: Parameters<typeof leaderboardText>[2]): Promise<string> {
  let text = "";
  await inFolder(async (folder) => {
    const paths = runPaths(folder);
    await writeTable(summaryTable, paths.table("summary"), sortRows(summaryTable, summary));
    await writeTable(claimsTable, paths.table("claims"), [{
      ...{ rule: "repaired", judge: "probe", claim: "b", says: "nano exceeds s-base" },
      ...{ difference: 3, ci_low: null, ci_high: null, tasks: 4, standing: "undecided" as const },
    }]);
    text = await leaderboardText(paths, "repaired", of);
  });
  return text;
}

Deno.test("the terminal's leaderboard: ranks, models apart, missing tasks, one judge at a time", async () => {
  const paper = await readPaper(PROJECT.paper);
  const benchmark = { name: "mini", tasks, criteria: [] };
  const text = await textOn({ benchmark, paper });
  const [, person, probe] = text.split("\nJudge ");
  assertOk(probe.startsWith("probe: means over the 10 tasks that both ranked models have"), text);
  const lines = probe.split("\n").map((line) => line.trim().split(/\s+/));
  const of = (model: string) => lines.find(([name]) => name === model)!;
  assertEquals([of("mine")[1], of("Veo3")[1], of("three")[1]], ["1", "2", "–"]);
  assertOk(probe.indexOf("not ranked") < probe.indexOf("three"));
  assertOk(probe.includes("fewer than the benchmark's 10 tasks: three 3."), text);
  assertOk(probe.includes("not counted as 0"));
  assertOk(person.startsWith("person: mean over 4 tasks; fewer than 5: no intervals and no ranks"));
  assertOk(person.includes("a\ufffd[2Jb") && !text.includes("\u001b"));
  assertOk(text.includes("over 4 tasks, too few for an interval, undecided"));
  // The benchmark is not the release: a model named Veo3 is nobody's.
  assertEquals(text.match(/Veo3/g)!.length, 1);
  assertOk(!text.includes("paper"));
});

Deno.test("the terminal's leaderboard: coverage, what was never asked, a selection, a judge without verdicts", async () => {
  const criteria = tasks.flatMap(({ task }) =>
    (["scientific", "visual"] as const).map((dimension, place) =>
      ({ task, id: dimension, dimension, place, sign: 1, weight: 1, description: "" }) as Criterion
    )
  );
  const benchmark = { name: "mini", tasks, criteria };
  const paper = await readPaper(PROJECT.paper);
  await inFolder(async (folder) => {
    const paths = runPaths(folder);
    const write = async (verdicts: Verdict[], left: Verdict[] = []) => {
      await writeTable(verdictsTable, paths.table("verdicts"), [...verdicts, ...left]);
      await keepScored(scoredRows(benchmark, verdicts), paths);
      return await leaderboardText(paths, "repaired", { benchmark, paper });
    };
    const clip = { model: "mine", seed: 1 };
    await writeTable(
      clipsTable,
      paths.table("clips"),
      tasks.map(({ task }) => ({ ...CLIP, ...clip, task })),
    );
    const whole = criteria.map((row) => verdictOn(row, true, clip));
    const alone = await write(whole);
    assertOk(/mine +– /.test(alone) && !/coverage|not asked|shares/.test(alone), alone);
    const twins = await write([...whole, ...whole.map((row) => ({ ...row, model: "twin" }))]);
    assertOk(/twin +1 /.test(twins) && twins.includes("A model shares the rank of those above"));
    // Verdicts that are stale, or on a clip whose file has changed, are in the table and not scored.
    const stale = { ...whole[0], criterion_hash: "another text" };
    const unscored = await write(whole.slice(2, -2), [stale, ...whole.slice(-2)]);
    assertOk(unscored.includes("Of 20 criteria of the run's clips 16 have a verdict; 4 were not"));
    // One dimension of one task was asked, as where a budget ends; another judge never answered.
    const silent = whole.map((row) => ({ ...row, judge: "silent", met: null }));
    const text = await write([whole[0], ...silent]);
    const [, board, left] = text.split("\nJudge ");
    assertEquals(board.split("\n")[2].trim().split(/\s+/).slice(-2), ["1", "50.0%"]);
    assertOk(
      board.includes("Of 20 criteria of the run's clips 1 has a verdict; 19 were not asked."),
    );
    assertOk(board.includes("1 task has no verdict in some dimension: its score is of the other"));
    assertOk(left.startsWith("silent (1): left out, no task could be scored"), text);
    assertOk(!board.includes("rank of those above"), board);
  });
});

Deno.test({
  name: "the paper's nine rows are shown on the published release alone",
  ignore: released.absent,
  async fn() {
    await inFolder(async (folder) => {
      const altered = join(folder, "altered");
      await Deno.mkdir(altered);
      for await (const { name } of Deno.readDir(released.path)) {
        const text = await Deno.readTextFile(join(released.path, name));
        // One letter of one prompt, as of someone who mends a spelling.
        await Deno.writeTextFile(
          join(altered, name),
          name === "MWBenchRubrics_norm.json" ? text.replace("cell", "cells") : text,
        );
      }
      const shown = async (spec: string) => {
        const loaded = await openBenchmark(spec);
        const text = await textOn(loaded);
        const figure = textsIn(
          leaderboardFigure(
            summary.filter(({ judge }) => judge === "probe"),
            loaded,
          ).svg,
        );
        const rows = text.match(/, paper /g)?.length ?? 0;
        return { rows, sora: figure.filter((words) => words === "Sora").length, text };
      };
      const release = await shown(`release:${released.path}`);
      assertEquals([release.rows, release.sora], [9, 3]);
      assertOk(release.text.includes("over all 459 tasks and by its judge"));
      const other = await shown(`release:${altered}`);
      assertEquals([other.rows, other.sora], [0, 0]);
      assertOk(other.text.includes("not the published ones"));
      const mine = await shown(join(released.path, "MWBenchRubrics_norm.json"));
      assertEquals([mine.rows, mine.sora, mine.text.includes("paper")], [0, 0, false]);
      const mini = await shown("mini");
      assertEquals([mini.rows, mini.sora, mini.text.includes("paper")], [0, 0, false]);
    });
  },
});
