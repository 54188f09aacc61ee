import { join } from "node:path";
import type { Judge } from "../../judges/judge.ts";
import { probeJudge } from "../../judges/probe/judge.ts";
import { verdictsTable } from "../../records/verdict.ts";
import { SAMPLING, type Sampling } from "../../models/nano/sampling.ts";
import { simulator } from "../../models/simulator.ts";
import { clipsTable } from "../../records/clip.ts";
import { runPaths } from "../../paths.ts";
import { type Ablation, ablationsTable, FACTORS } from "../../records/ablation.ts";
import { gainName, retainedGain } from "./rows.ts";
import { RULES } from "../../scores/rules.ts";
import { exists } from "../../store/file.ts";
import { readTable } from "../../store/table.ts";
import { assertEquals, assertInputError, assertNear, assertOk } from "../../testing/assert.ts";
import type { SampledVideo } from "../../video/sample.ts";
import type { Video } from "../../video/types.ts";
import type { OpenGenerator } from "../../models/video_model.ts";
import { ablate, type AblateOptions } from "./ablate.ts";
import { EVERY, everyNthFrame, judgeEveryNthFrame } from "./frames.ts";
import { modelsIn } from "../../models/nano/find_weights.ts";
import { trainedOnFewer } from "./trained.ts";
import { planAblations, type PlanOptions } from "./plan.ts";
import { readAblations } from "./read_ablations.ts";
import { openBenchmark } from "../../benchmark/registry.ts";
import { readManifest } from "../../runs/manifest.ts";
import { silent } from "../../runs/progress.ts";
import { withSession } from "../../runs/session.ts";

const loaded = await openBenchmark("mini");
const all = loaded.benchmark.tasks;
/** Four tasks: for two of them, the even ones, the fake clips are worse at few steps. */
const tasks = [1, 2, 3, 4];
const sampling: Sampling = { ...SAMPLING, steps: 12, guidance: 3, solver: "adams" };
const reworded = all.slice(0, 3).map((task) => ({
  ...task,
  prompt: `In other words: ${task.task}`,
}));

const PLAN: PlanOptions = {
  factors: FACTORS,
  model: "nano",
  base: "s-base",
  trained: [{ model: "nano-256", clips: 256 }, { model: "nano-64", clips: 64 }],
  sampling,
  seeds: 1,
  tasks: all,
  reworded,
  judge: "probe",
};

const invocation = { command: "ablate", passed: [], resolved: {} };

/** Nine uniform grey frames; the level determines the verdicts of the judge below. */
function fakeOf(
  weights: string,
  name: string,
  { steps = 12, guidance = 3, solver = "adams" }: Partial<Sampling>,
  made: string[],
): OpenGenerator {
  const base = weights === "s-base";
  return {
    name,
    steps,
    guidance,
    device: "cpu",
    fingerprint: () => JSON.stringify({ weights, steps, guidance, solver }),
    generate({ task, prompt }, { seed }) {
      made.push(`${name} ${task} ${seed}`);
      const worse = steps < 12 && task % 2 === 0 ||
        prompt.startsWith("In other words") && task === 3;
      const level = base || worse ? 40 : 200;
      const frames = Array.from({ length: 9 }, () => new Uint8Array(64 * 64 * 3).fill(level));
      return Promise.resolve({ width: 64, height: 64, fps: 8, frames });
    },
  };
}

/**
 * A judge that calls bright clips perfect and dark ones worthless, with a record of what it was
 * shown.
 */
function brightness(shown: { frames: number; fps: number }[] = []): Judge {
  return {
    name: "brightness",
    model: "double",
    fingerprint: () => "brightness",
    frames: "all",
    per: "clip",
    concurrency: 1,
    retriesNulls: false,
    judge(_task, criteria, video: Video | SampledVideo) {
      shown.push({ frames: video.frames.length, fps: video.fps });
      const bright = video.frames[0][0] > 120;
      const rulings = criteria.map(({ id, sign }) => (
        { id, met: bright === sign > 0, reason: "", evidence: "" }
      ));
      return Promise.resolve({ rulings });
    },
  };
}

async function run(folder: string, options: Partial<AblateOptions> = {}, signal?: AbortSignal) {
  const made: string[] = [];
  const rows = await withSession(
    { folder, invocation, progress: silent, signal, begins: true },
    (session) =>
      ablate({
        ...PLAN,
        loaded,
        tasks,
        judge: brightness(),
        open: (...of) => Promise.resolve(fakeOf(...of, made)),
        ...options,
      }, session),
  );
  return { rows, made };
}

/** The row of one setting's total score. */
function totalOf(rows: readonly Ablation[], factor: string, value: string, model = "nano") {
  const row = rows.find((row) =>
    row.factor === factor && row.value === value && row.model === model && row.group === "all"
  )!;
  return [row.mean, row.difference, row.tasks];
}

Deno.test("the plan: one factor varied at a time, default clips once, all rules and frame rates", () => {
  const { settings, variants, skipped } = planAblations(PLAN);
  const values = (factor: string, model = "nano") =>
    settings.filter((row) => row.factor === factor && row.model === model)
      .map(({ value, is_default }) => value + (is_default ? " *" : ""));
  assertEquals(values("steps"), ["2", "4", "8", "12 *", "24"]);
  assertEquals(values("guidance"), ["1", "2", "3 *", "5"]);
  assertEquals(values("solver"), ["euler", "adams *"]);
  assertEquals(values("seeds"), ["1 *", "2", "3"]);
  assertEquals(values("rule").map((name) => name.split(" ")[0]), RULES.map(({ name }) => name));
  for (const model of ["nano", "simulator"]) {
    assertEquals(values("frames", model), ["all *", "1 of 2", "1 of 4", "1 of 8"]);
  }
  for (const model of ["nano", "s-base", "nano − s-base"]) {
    assertEquals(values("wording", model), ["benchmark's *", "reworded"]);
  }
  assertEquals(values("data"), ["0", "64", "256", "all *"]);
  assertEquals(skipped, []);
  assertEquals(variants.map(({ name, seeds }) => `${name}, ${seeds}`), [
    ...["nano steps=2, 1", "nano steps=4, 1", "nano steps=8, 1", "nano, 3", "nano steps=24, 1"],
    ...["nano guidance=1, 1", "nano guidance=2, 1", "nano guidance=5, 1", "nano solver=euler, 1"],
    ...["simulator, 1", "nano reworded, 1", "s-base, 1", "s-base reworded, 1"],
    ...["nano-64, 1", "nano-256, 1"],
  ]);
  const changed = variants.filter(({ sampling }) => Object.keys(sampling).length > 0);
  assertOk(changed.every(({ sampling }) => Object.keys(sampling).length === 1));
  assertEquals(changed.length, 8);
  const prompts = variants.find(({ name }) => name === "nano reworded")!.tasks;
  assertEquals(prompts, reworded);
  assertEquals(settings.find(({ factor }) => factor === "wording")!.on, new Set([1, 2, 3]));
});

Deno.test("missing defaults are added, and factors that cannot be varied are skipped", async () => {
  const other = { ...sampling, steps: 16 };
  const odd = planAblations({ ...PLAN, sampling: other, seeds: 5, factors: ["steps", "seeds"] });
  const defaults = odd.settings.filter(({ is_default }) => is_default);
  assertEquals(defaults.map(({ value }) => value), ["16", "5"]);
  const bare = { ...PLAN, trained: [], reworded: null };
  const { settings, skipped } = planAblations(bare);
  assertOk(!settings.some(({ factor }) => factor === "data" || factor === "wording"));
  assertEquals(skipped.length, 2);
  assertOk(skipped[0].includes("wording") && skipped[1].includes("--stages nano-64,nano-256"));
  await assertInputError(
    () => planAblations({ ...bare, factors: ["data"] }),
    "Nothing to vary",
    "deno task train",
  );
  const elsewhere = planAblations({ ...PLAN, tasks: all.slice(5), factors: ["wording", "rule"] });
  assertOk(elsewhere.skipped[0].includes("none of these tasks"));
});

Deno.test("means and paired differences match the clips as generated", async () => {
  const folder = await Deno.makeTempDir();
  const paths = runPaths(folder);
  const shown: { frames: number; fps: number }[] = [];
  const { rows, made } = await run(folder, { judge: brightness(shown) });

  // Few steps degrade the two even ones of four tasks.
  assertEquals(totalOf(rows, "steps", "12"), [100, null, 4]);
  assertEquals(totalOf(rows, "steps", "2"), [50, -50, 4]);
  assertEquals(totalOf(rows, "steps", "24"), [100, 0, 4]);
  assertEquals(totalOf(rows, "solver", "euler"), [100, 0, 4]);
  assertEquals(totalOf(rows, "seeds", "3"), [100, 0, 4]);
  assertEquals(totalOf(rows, "data", "0"), [0, -100, 4]);
  assertEquals(totalOf(rows, "data", "64"), [100, 0, 4]);
  for (const { name } of RULES) assertEquals(totalOf(rows, "rule", name)[0], 100);
  const [two] = rows.filter((row) => row.variant === "nano steps=2" && row.group === "all");
  // Four tasks are too few for an interval.
  assertEquals([two.difference, two.difference_low, two.difference_high], [-50, null, null]);
  const [euler] = rows.filter((row) => row.variant === "nano solver=euler");
  assertEquals(euler.difference, 0);

  // Of the three reworded tasks, one is lost.
  const gain = gainName("nano", "s-base");
  assertEquals(totalOf(rows, "wording", "benchmark's", gain), [100, null, 3]);
  const [mean, difference] = totalOf(rows, "wording", "reworded", gain);
  assertNear(mean!, 200 / 3, 1e-9);
  assertNear(difference!, -100 / 3, 1e-9);
  assertNear(retainedGain(rows, gain)!.share!, 2 / 3, 1e-9);

  // Every clip was generated once under its own name, and each judge was shown its share of frames.
  assertEquals(new Set(made).size, made.length);
  const clips = await readTable(clipsTable, paths.table("clips"));
  assertEquals(clips.filter(({ model }) => model !== "simulator").length, made.length);
  assertEquals(clips.filter(({ model }) => model === "nano").length, 12);
  assertEquals(clips.find(({ model }) => model === "nano steps=2")!.steps, 2);
  const verdicts = await readTable(verdictsTable, paths.table("verdicts"));
  assertEquals(
    [...new Set(verdicts.map(({ judge }) => judge))],
    ["brightness", ...EVERY.slice(1).map((every) => `brightness every=${every}`)],
  );
  const looks = new Set(shown.map(({ frames, fps }) => `${frames} at ${fps}`));
  for (const look of ["9 at 8", "5 at 4", "3 at 2", "2 at 1"]) assertOk(looks.has(look), look);

  // Existing rows are not recomputed, and the tables stay unchanged.
  const before = await Deno.readFile(paths.table("ablations"));
  const again = await run(folder);
  assertEquals(again.made, []);
  assertEquals(again.rows, rows);
  assertEquals(await Deno.readFile(paths.table("ablations")), before);
  const { steps } = (await readManifest(paths.manifest))!.invocations.at(-1)!;
  assertEquals(steps.map(({ made }) => made), [0, 0, 0, 0, 0]);
  assertEquals(await readTable(ablationsTable, paths.table("ablations")), rows);
  assertOk(await exists(join(paths.figures, "ablations.png")));

  // It is found after a folder without one.
  const found = await readAblations([join(folder, "figures"), folder]);
  assertEquals(found?.rows, rows);

  // Fewer factors give the same rows for those factors.
  const fewer = await run(folder, { factors: ["solver"] });
  assertEquals(fewer.rows, rows.filter(({ factor }) => factor === "solver"));
  assertEquals(fewer.made, []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("stopped and run again: no clip is generated twice", async () => {
  const folder = await Deno.makeTempDir();
  const controller = new AbortController();
  const first: string[] = [];
  const open: AblateOptions["open"] = (...of) => {
    if (first.length >= 8) controller.abort(new Error("stopped"));
    return Promise.resolve(fakeOf(...of, first));
  };
  let stopped = false;
  await run(folder, { open, factors: ["steps", "solver"] }, controller.signal)
    .catch(() => stopped = true);
  assertOk(stopped);
  const { rows, made } = await run(folder, { factors: ["steps", "solver"] });
  assertEquals(first.length + made.length, 4 * 6);
  assertEquals(new Set([...first, ...made]).size, 4 * 6);
  assertEquals(totalOf(rows, "steps", "2"), [50, -50, 4]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("every nth frame: starts with the first and lowers the rate, so the duration stays the same", () => {
  const frames = Array.from({ length: 33 }, (_, level) => new Uint8Array(3).fill(level));
  const video = { width: 1, height: 1, fps: 12, frames };
  const shown = EVERY.map((every) => everyNthFrame(video, every));
  assertEquals(shown.map(({ frames }) => frames.length), [33, 17, 9, 5]);
  assertEquals(shown.map(({ fps }) => fps), [12, 6, 3, 1.5]);
  for (const [i, { frames, fps }] of shown.entries()) {
    assertEquals(frames.map(([level]) => level).slice(0, 2), [0, EVERY[i]]);
    assertEquals([frames.at(-1)![0], (frames.length - 1) / fps], [32, 32 / 12]);
  }
});

Deno.test("a true clip with half its frames can still be judged, and with almost none earns nothing", async () => {
  for (const task of [5, 9]) {
    const truth = simulator({ scenes: loaded.scenes! });
    const own = all.find((each) => each.task === task)!;
    const criteria = loaded.benchmark.criteria.filter((each) => each.task === task);
    const video = await truth.generate(own, { seed: 0 });
    const met = async (every: number) => {
      const judge = judgeEveryNthFrame(probeJudge(), every);
      const { rulings } = await judge.judge(own, criteria, video, {});
      return rulings.filter(({ met }, i) => met === criteria[i].sign > 0).length / criteria.length;
    };
    const [whole, half, few] = [await met(1), await met(2), await met(8)];
    assertEquals(whole, 1);
    assertOk(half > 0.8, `of task ${task} ${half} at half the frames`);
    assertOk(few < 0.5, `of task ${task} ${few} at five frames`);
  }
});

Deno.test("models fine-tuned on fewer clips are found by name", async () => {
  const folder = await Deno.makeTempDir();
  assertEquals(await modelsIn(folder), []);
  const file = join(folder, "models.json");
  const models = { nano: {}, "nano-64": {}, "nano-256": {}, "nano-2x": {}, "s-base": {} };
  await Deno.writeTextFile(file, JSON.stringify({ models, width: 128 }));
  const found = trainedOnFewer("nano", await modelsIn(folder));
  assertEquals(found.map(({ clips }) => clips), [64, 256]);
  assertEquals(trainedOnFewer("s-base", Object.keys(models)), []);
  await Deno.writeTextFile(file, "{}");
  await assertInputError(() => modelsIn(folder), file, "models");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an unknown task and a benchmark that cannot be measured are refused", async () => {
  const folder = await Deno.makeTempDir();
  await assertInputError(() => run(folder, { tasks: [1, 777] }), "no task 777");
  await assertInputError(
    () => run(folder, { loaded: { ...loaded, scenes: undefined } }),
    "cannot be measured",
  );
  await Deno.remove(folder, { recursive: true });
});
