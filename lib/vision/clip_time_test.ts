/** Measures of clips whose frames are not evenly spaced. */
import { readMini } from "../benchmark/mini.ts";
import { probeJudge } from "../judges/probe/judge.ts";
import { assertEquals, assertNear } from "../testing/assert.ts";
import { world } from "../worlds/all.ts";
import { MEASURES } from "../worlds/mitosis/measures.ts";
import { analyseClip } from "./clip_analysis.ts";

const { benchmark, scenes } = await readMini();

for (const name of ["mitosis", "valve", "phagocytosis"]) {
  Deno.test(`${name}: even times that are written out give the verdicts of the rate`, async () => {
    const task = benchmark.tasks.find((one) => scenes.get(one.task)!.world === name)!;
    const { video } = world(name).simulate(scenes.get(task.task)!.parameters, { seed: 1 });
    const criteria = benchmark.criteria.filter((one) => one.task === task.task);
    const times = video.frames.map((_, frame) => frame / video.fps);
    const judge = probeJudge();
    const [by, out] = await Promise.all(
      [video, { ...video, times }].map((clip) => judge.judge(task, criteria, clip, {})),
    );
    assertEquals(out, by);
  });
}

Deno.test("a division is timed by its frame's own time, not by the mean rate", () => {
  const { video } = world("mitosis").simulate({}, { seed: 1 });
  const timeOf = (times?: number[]) => {
    const clip = times
      ? { ...video, fps: video.frames.length / (2 * times.at(-1)!), times }
      : video;
    const found = MEASURES["division-time"].measure(analyseClip(clip), {});
    return found.value!;
  };
  const frame = Math.round(timeOf() * video.fps);
  // Slow at first, then fast: as in a film whose frames were dropped.
  const times = video.frames.map((_, k) => k < 5 ? k : 5 + (k - 5) / 10);
  assertNear(timeOf(times), times[frame], 1e-9);
});
