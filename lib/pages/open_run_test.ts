import { criterionHash } from "../records/criterion.ts";
import type { Verdict } from "../records/verdict.ts";
import { verdictsTable } from "../records/verdict.ts";
import { runPaths } from "../paths.ts";
import { readTable, writeTable } from "../store/table.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { lockFolder } from "../runs/lock.ts";
import { readManifest } from "../runs/manifest.ts";
import { aboutRun, openRun } from "./open_run.ts";

/** Used by each test in turn. */
const folder = await Deno.makeTempDir();
const SMALL = { tasks: [9], seeds: [0], models: ["simulator", "simulator:each"] };

Deno.test("a run is made once, then read; its tables refer to one another", async () => {
  const first = await openRun(folder, SMALL);
  const { criteria, verdicts, scores } = first;
  const known = new Map(
    criteria.map((
      c,
    ) => [`${c.task} ${c.id}`, [c.dimension, c.place, criterionHash(c.description)]]),
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
  const { invocations } = (await readManifest(paths.manifest))!;
  const made = invocations.at(-1)!.steps.map(({ made }) => made);
  assertEquals(made, made.map(() => 0));
});

Deno.test("one judge is shown: the first in the alphabet, or the one that is named", async () => {
  const { verdicts, judge, judges } = await openRun(folder, SMALL);
  assertEquals([judge, judges], ["probe", ["probe"]]);
  // Another judge finds fault with everything. It has not been scored yet.
  const others = verdicts.map((row): Verdict => ({ ...row, judge: "human", met: false }));
  const path = runPaths(folder).table("verdicts");
  await writeTable(verdictsTable, path, [...others, ...await readTable(verdictsTable, path)]);

  const human = await openRun(folder, SMALL);
  assertEquals([human.judge, human.judges], ["human", ["human", "probe"]]);
  const probe = await openRun(folder, { ...SMALL, judge: "probe" });
  for (const run of [human, probe]) {
    const rows = [run.verdicts, run.scores, run.summary];
    assertOk(rows.every((own) => own.length > 0 && own.every((row) => row.judge === run.judge)));
  }
  assertEquals(probe.verdicts.length, human.verdicts.length);
  assertOk(aboutRun(probe).includes("Other judges of this run: `human`"));
  await assertInputError(
    () => openRun(folder, { ...SMALL, judge: "prob" }),
    "did you mean probe?",
    "human, probe",
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a folder in use is refused and left as it is", async () => {
  const used = await Deno.makeTempDir();
  using _lock = await lockFolder(runPaths(used));
  await assertInputError(() => openRun(used, SMALL), "Another run is using", used);
  assertEquals([...Deno.readDirSync(used)].map(({ name }) => name), [".lock"]);
});
