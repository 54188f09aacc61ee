import type { Clip } from "../records/clip.ts";
import type { Criterion } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";
import type { Verdict } from "../records/verdict.ts";
import { assertEquals } from "../testing/assert.ts";
import { failingClips } from "./failing_clips.ts";
import type { OpenRun } from "./open_run.ts";

const at = { dimension: "scientific" as const, sign: 1 as const, weight: 1 };
const tasks = [1, 2].map((task) => ({ task, scale: "cell", prompt: `Prompt ${task}` }) as Task);
const criteria = tasks.flatMap(({ task }) =>
  ["round", "whole"].map((id, i) =>
    ({ ...at, task, id, place: i + 1, description: `${id} in ${task}` }) as Criterion
  )
);

function verdict(model: string, task: number, seed: number, id: string, met: boolean): Verdict {
  return { judge: "j", model, task, seed, id, met, evidence: `${id} ${seed}` } as Verdict;
}

function clip(model: string, task: number, seed: number, world = ""): Clip {
  return { model, task, seed, world, violation: "", path: `${task}-${seed}.mp4` } as Clip;
}

/** A run with these clips and verdicts. */
function run(clips: Clip[], verdicts: Verdict[]): OpenRun {
  return { tasks, criteria, clips, verdicts } as unknown as OpenRun;
}

Deno.test("simulated clips are excluded; criteria are grouped by clip", () => {
  const found = failingClips(run(
    [clip("wan", 1, 0), clip("wan", 1, 1), clip("simulator", 1, 0, "mitosis")],
    [
      verdict("simulator", 1, 0, "round", false),
      verdict("wan", 1, 0, "round", true),
      verdict("wan", 1, 0, "whole", false),
      verdict("wan", 1, 1, "round", false),
      verdict("wan", 1, 1, "whole", false),
    ],
  ));
  assertEquals(
    found.map(({ model, task, seed, clip, failed }) => [
      model,
      task.prompt,
      seed,
      clip?.path,
      failed.map(({ description, failed, judged }) => [description, failed, judged]),
    ]),
    [
      ["wan", "Prompt 1", 0, "1-0.mp4", [["whole in 1", 2, 2]]],
      ["wan", "Prompt 1", 1, "1-1.mp4", [["round in 1", 1, 2]]],
    ],
  );
  assertEquals(found[1].failed[0].example.evidence, "round 1");
});

Deno.test("verdicts without clips count; each model has its own, up to the limit", () => {
  const verdicts = ["a", "b"].flatMap((model) =>
    tasks.flatMap(({ task }) =>
      ["round", "whole"].map((id) => verdict(model, task, 0, id, model === "b" && task === 1))
    )
  );
  const found = failingClips(run([], verdicts), 3);
  assertEquals(found.map(({ model, clip }) => [model, clip]), [["a", null], ["a", null], [
    "b",
    null,
  ]]);
  assertEquals(found.map(({ failed }) => failed.length), [2, 1, 2]);
});
