import type { Clip } from "../records/clip.ts";
import type { Criterion } from "../records/criterion.ts";
import type { Score } from "../records/score.ts";
import type { Task } from "../records/task.ts";
import type { Verdict } from "../records/verdict.ts";
import { assertEquals } from "../testing/assert.ts";
import { differingVerdicts, judgedExample } from "./judged_example.ts";
import type { OpenRun } from "./open_run.ts";

Deno.test("a simulated run gives a correct clip, then a violated one of the same task", () => {
  const clip = (task: number, model: string, violation: string) =>
    ({ model, task, seed: 0, world: "mitosis", violation }) as Clip;
  const clips = [
    clip(1, "violator", "vanishing-daughter"),
    clip(1, "control:blank", "blank"),
    clip(2, "violator", "vanishing-daughter"),
    clip(2, "simulator", ""),
  ];
  const ids = ["area", "daughters"];
  const run = {
    judge: "j",
    tasks: [1, 2].map((task) => ({ task }) as Task),
    criteria: ids.map((id, i) =>
      ({ task: 2, id, dimension: "scientific", place: i + 1, sign: 1, weight: 1 }) as Criterion
    ),
    clips,
    verdicts: clips.flatMap(({ model, task, seed, violation }) =>
      ids.map((id) => {
        const met = violation === "" || id === "area";
        return { judge: "j", model, task, seed, id, met, evidence: id } as Verdict;
      })
    ),
    scores: [] as Score[],
  } as unknown as OpenRun;
  const example = judgedExample(run);
  assertEquals(example.task.task, 2);
  assertEquals(
    example.clips.map(({ label, planted }) => [label, planted?.kind]),
    [["simulator (correct)", undefined], [
      "violator (vanishing-daughter)",
      "temporal-consistency",
    ]],
  );
  const [differing, ...others] = differingVerdicts(example.clips);
  assertEquals(others, []);
  assertEquals(
    example.clips.map(({ label }) => differing[label]),
    ["met: daughters", "not met: daughters"],
  );
});

Deno.test("other runs give the best and the worst clip of the first task that was judged", () => {
  const models = ["sora", "veo", "wan"];
  const run = {
    judge: "j",
    tasks: [1, 2].map((task) => ({ task }) as Task),
    criteria: [
      { task: 2, id: "a", dimension: "visual", place: 1, sign: 1, weight: 1 } as Criterion,
    ],
    clips: [{ model: "veo", task: 2, seed: 0, world: "" } as Clip],
    verdicts: models.map((model) =>
      ({ judge: "j", model, task: 2, seed: 0, id: "a", met: model === "veo" }) as Verdict
    ),
    scores: models.map((model, i) =>
      ({
        rule: "repaired",
        dimension: "total",
        model,
        task: 2,
        seed: 0,
        score: [40, 90, 10][i],
      }) as Score
    ),
  } as unknown as OpenRun;
  const { task, clips } = judgedExample(run);
  assertEquals(task.task, 2);
  assertEquals(clips.map(({ model, clip }) => [model, clip?.model]), [["veo", "veo"], [
    "wan",
    undefined,
  ]]);
  assertEquals(differingVerdicts(clips).length, 1);
});
