/** The probe judge on the embedded benchmark: true worlds pass, planted violations are caught. */
import { readMini } from "../../benchmark/mini.ts";
import type { Task } from "../../records/task.ts";
import { random } from "../../random.ts";
import { world } from "../../worlds/all.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import type { Video } from "../../video/types.ts";
import type { Ruling } from "../judge.ts";
import { probeJudge } from "./judge.ts";

const { benchmark, scenes } = await readMini();
const judge = probeJudge();

const criteriaOf = (task: number) => benchmark.criteria.filter((c) => c.task === task);
const judged = async (task: Task, video: Video) =>
  (await judge.judge(task, criteriaOf(task.task), video, {})).rulings;

/** Σ sign · weight of met criteria over Σ positive weight, in percent, not below 0. */
function score(task: number, rulings: readonly Ruling[]): number {
  const criteria = criteriaOf(task);
  const met = criteria.reduce((sum, c, i) => sum + (rulings[i].met ? c.sign * c.weight : 0), 0);
  const all = criteria.reduce((sum, c) => sum + (c.sign > 0 ? c.weight : 0), 0);
  return 100 * Math.max(0, met / all);
}

/** Scientific criteria that count against the clip. */
function charges(task: number, rulings: readonly Ruling[]): Ruling[] {
  return criteriaOf(task).flatMap((c, i) =>
    c.dimension === "scientific" && rulings[i].met === (c.sign < 0) ? [rulings[i]] : []
  );
}

for (const task of benchmark.tasks) {
  const { world: name, parameters } = scenes.get(task.task)!;

  Deno.test(`task ${task.task}: the true ${name} meets every criterion, with none unjudged`, async () => {
    const { video } = world(name).simulate(parameters, { seed: 100 + task.task });
    const rulings = await judged(task, video);
    const failing = rulings.filter((r, i) => r.met !== criteriaOf(task.task)[i].sign > 0);
    assertEquals(failing.map((r) => `${r.id}: ${r.evidence}${r.reason}`), []);
    assertEquals(score(task.task, rulings), 100);
  });
}

/** One task of each world: `deno task bench microsim` examines all, with many seeds. */
const firsts = [...Map.groupBy(benchmark.tasks, ({ source }) => source).values()]
  .map(([task]) => task);

for (const task of firsts) {
  const { world: name, parameters } = scenes.get(task.task)!;

  Deno.test(`task ${task.task}: each violation of ${name} fails a scientific criterion`, async () => {
    for (const violation of world(name).violations) {
      const options = { seed: 200 + task.task, violation: violation.name };
      const { video } = world(name).simulate(parameters, options);
      const found = charges(task.task, await judged(task, video));
      assertOk(found.length > 0, `${violation.name} was not detected`);
      assertOk(found.every((ruling) => /= -?[0-9.e-]+/.test(ruling.evidence)));
    }
  });

  Deno.test(`task ${task.task}: a clip of ${name} without real motion earns nothing`, async () => {
    const { video } = world(name).simulate(parameters, { seed: 300 + task.task });
    const filled = (level: (i: number) => number) => ({
      ...video,
      frames: video.frames.map((f, t) => Uint8Array.from(f, (_, i) => level(i + t * f.length))),
    });
    const uniform = random(task.task, "order");
    const clips = {
      black: filled(() => 0),
      grey: filled(() => 128),
      noise: filled((i) => (Math.imul(i + 1, 2654435761) >>> 16) & 255),
      frozen: { ...video, frames: video.frames.map(() => video.frames[0]) },
      shuffled: {
        ...video,
        frames: video.frames.map((frame) => ({ frame, place: uniform() }))
          .toSorted((a, b) => a.place - b.place).map(({ frame }) => frame),
      },
    };
    for (const [kind, clip] of Object.entries(clips)) {
      const rulings = await judged(task, clip);
      assertEquals(score(task.task, rulings), 0, kind);
      const positive = criteriaOf(task.task).map((c, i) => c.sign > 0 ? rulings[i].met : false);
      assertOk(
        positive.every((met) => met === false),
        `${kind}: a criterion is met, or not judged`,
      );
    }
  });
}

Deno.test("no binding, no frames or small frames: no verdict but a reason", async () => {
  const task = benchmark.tasks[0];
  const [criterion] = criteriaOf(1);
  const clip = { width: 32, height: 32, fps: 12, frames: [new Uint8Array(32 * 32 * 3)] };
  const reason = async (probe: string, video: Video) => {
    const { rulings: [ruling] } = await judge.judge(task, [{ ...criterion, probe }], video, {});
    assertEquals(ruling.met, null);
    return ruling.reason;
  };
  assertEquals(await reason("", clip), "the criterion has no probe");
  assertOk((await reason(criterion.probe, clip)).includes("32 px"));
  assertOk((await reason(criterion.probe, { ...clip, frames: [] })).includes("no frames"));
});

Deno.test("an invalid binding is an error of the benchmark, naming the criterion", async () => {
  const wrong = async (probe: string, ...parts: string[]) => {
    const criterion = { ...criteriaOf(2)[0], probe };
    const clip = { width: 64, height: 64, fps: 12, frames: [] };
    await assertInputError(
      () => judge.judge(benchmark.tasks[1], [criterion], clip, {}),
      `task 2, scientific ${criterion.id}`,
      ...parts,
    );
  };
  await wrong("profile", "JSON");
  await wrong('{"measure":"viscosity","min":1,"unit":"1"}', "viscosity", "profile-deviation");
  await wrong('{"measure":"flicker","unit":"%"}', "min or max");
  await wrong('{"measure":"flicker","max":2,"unit":"levels"}', "flicker is in %");
  await wrong('{"measure":"axis-speed","max":2,"unit":"um/s"}', "field_um");
});
