import { join } from "node:path";
import { chooseJudge } from "../judges/registry.ts";
import { chooseModel } from "../models/registry.ts";
import { runPaths } from "../paths.ts";
import { criterionHash } from "../records/criterion.ts";
import type { Verdict } from "../records/verdict.ts";
import { generateStep } from "../runs/generate_step.ts";
import { judgeStep } from "../runs/judge_step.ts";
import { lockFolder } from "../runs/lock.ts";
import { readManifest } from "../runs/manifest.ts";
import { silent } from "../runs/progress.ts";
import { scoreStep } from "../runs/score.ts";
import { type Session, withSession } from "../runs/session.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { aboutRun, openRun } from "./open_run.ts";

const SMALL = { tasks: [9], seeds: [0], models: ["simulator", "simulator:each"] };

Deno.test("a run is made once, then read; its tables refer to one another", async () => {
  const folder = await Deno.makeTempDir();
  const first = await openRun(folder, SMALL);
  const { criteria, verdicts, scores } = first;
  const known = new Map(
    criteria.map((
      { task, id, dimension, place, description },
    ) => [`${task} ${id}`, [dimension, place, criterionHash(description)]]),
  );
  for (const { task, id, dimension, place, criterion_hash } of verdicts) {
    assertEquals([dimension, place, criterion_hash], known.get(`${task} ${id}`));
  }
  assertOk(first.scenes.size === first.tasks.length);
  const total = (model: string) =>
    scores.find((row) =>
      row.model === model && row.rule === "repaired" && row.dimension === "total"
    )!.score!;
  assertOk(total("simulator") > total("violator"));

  const { paths, ...again } = await openRun(folder, SMALL);
  assertEquals({ ...again, paths: first.paths }, first);
  const { steps } = (await readManifest(paths.manifest))!.invocations.at(-1)!;
  assertEquals(steps.map(({ made }) => made), steps.map(() => 0));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("one judge is shown: the one with verdicts on most clips, or the one that is named", async () => {
  const folder = await someonesRun(async (session) => {
    await generateStep(chooseModel("mine=simulator"), { seeds: [0], tasks: [9] }, session);
    await judgeStep(chooseJudge("a=probe"), {}, session);
    await scoreStep(session);
    // This one has judged a clip more, and is not scored yet.
    await generateStep(chooseModel("mine=simulator"), { seeds: [1], tasks: [9] }, session);
    await judgeStep(chooseJudge("b=probe"), {}, session);
  });
  const first = await openRun(folder);
  assertEquals([first.judge, first.judges], ["b", ["a", "b"]]);
  const named = await openRun(folder, { judge: "a" });
  for (const run of [first, named]) {
    const rows = [run.verdicts, run.scores, run.summary];
    assertOk(rows.every((own) => own.length > 0 && own.every((row) => row.judge === run.judge)));
  }
  assertOk(aboutRun(named).includes("Other judges of this run: `b`"));
  const hostile = aboutRun({ ...named, judges: ["a", "x`<img src=x onerror=alert(1)>"] });
  assertOk(hostile.includes("run: `x'<img src=x onerror=alert(1)>`."), hostile);
  await assertInputError(
    () => openRun(folder, { judge: "human" }),
    "no verdicts of the judge human",
    "a, b",
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a run in use is refused and left as it is", async () => {
  const folder = await Deno.makeTempDir();
  await openRun(folder, SMALL);
  using _lock = await lockFolder(runPaths(folder));
  await assertInputError(() => openRun(folder, SMALL), "Another run is using", folder);
});

/** A run that someone began with a command. */
async function someonesRun(
  work: (session: Session) => Promise<unknown>,
  benchmark?: string,
): Promise<string> {
  const folder = await Deno.makeTempDir();
  const invocation = { command: "generate", passed: [], resolved: {} };
  await withSession(
    { folder, invocation, progress: silent, begins: true, benchmark },
    async (s) => {
      await work(s);
    },
  );
  return folder;
}

Deno.test("someone's own run with verdicts is opened as it is, and scored", async () => {
  const folder = await someonesRun(async (session) => {
    const model = chooseModel("mine=simulator");
    await generateStep(model, { seeds: [0], tasks: [9] }, session);
    await judgeStep(chooseJudge("my judge=probe"), {}, session);
  });
  const { clips, verdicts, summary } = await openRun(folder);
  const judges = new Set(verdicts.map(({ judge }: Verdict) => judge));
  assertEquals([clips.map(({ model }) => model), [...judges]], [["mine"], ["my judge"]]);
  assertOk(summary.every(({ model, judge }) => model === "mine" && judge === "my judge"));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a run on another benchmark, of imported verdicts and without clips, is opened", async () => {
  const parent = await Deno.makeTempDir();
  const block = { d1: "It is sharp.", s1: "+1", w1: 1 };
  const blocks = { rubrics_scientific: block, rubrics_visual: block, rubrics_instruction: block };
  const own = { index: 1, task: "A cell divides.", requirement: "One becomes two.", ...blocks };
  await Deno.writeTextFile(join(parent, "cells.json"), JSON.stringify([own]));
  const scored = { parsed_result: { reasoning: "Seen.", scores: [1] } };
  const result = {
    index: 1,
    scientific_eval: scored,
    visual_eval: scored,
    instruction_eval: scored,
  };
  await Deno.writeTextFile(join(parent, "wan_result.json"), JSON.stringify([result]));
  const cells = join(parent, "cells.json");
  const folder = await someonesRun(
    (session) => judgeStep(chooseJudge(`imported:${parent}`), {}, session),
    cells,
  );
  const { loaded, clips, verdicts, scenes } = await openRun(folder);
  assertEquals([loaded.benchmark.name, clips.length, verdicts.length], ["cells", 0, 3]);
  assertEquals([scenes.size, verdicts[0].judge, verdicts[0].model], [0, "imported", "wan"]);

  const empty = await someonesRun(() => Promise.resolve(), cells);
  await assertInputError(() => openRun(empty), "Found no verdicts on cells", "deno task judge");
  for (const path of [parent, folder, empty]) await Deno.remove(path, { recursive: true });
});

Deno.test("a mistyped name begins no run", async () => {
  await assertInputError(() => openRun("no-such-run"), "no-such-run");
});
