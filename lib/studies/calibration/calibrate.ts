/** The steps of testing a judge on clips with known ground truth. */
import { join } from "node:path";
import type { Scene } from "../../benchmark/mini.ts";
import type { Task } from "../../records/task.ts";
import { InputError } from "../../errors.ts";
import { calibrationFigure } from "./figure.ts";
import type { Judge } from "../../judges/judge.ts";
import type { OpenJudge } from "../../judges/judge_entry.ts";
import { type Verdict, verdictsTable } from "../../records/verdict.ts";
import { WORLDS } from "../../worlds/all.ts";
import type { Generator } from "../../models/generator.ts";
import { type Clip, clipsTable } from "../../records/clip.ts";
import { simulator } from "../../models/simulator.ts";
import { fileName, type RunPaths } from "../../paths.ts";
import { CONTROLS, type Rubric } from "../../worlds/rubric.ts";
import { type Calibration, calibrationTable } from "../../records/calibration.ts";
import { type KnownVerdict, reliability } from "./reliability.ts";
import { sortRows } from "../../store/cache.ts";
import { replaceFile } from "../../store/file.ts";
import { openTable, readTable } from "../../store/table.ts";
import type { LoadedBenchmark } from "../../benchmark/loaded.ts";
import { benchmarkStep, keep } from "../../runs/benchmark.ts";
import { generateClips } from "../../runs/generate.ts";
import { controlModel } from "./controls.ts";
import { knownVerdicts } from "./known_verdicts.ts";
import type { Session } from "../../runs/session.ts";
import { judgeWith } from "../../runs/judge_step.ts";
import { selectTasks } from "../../runs/selection.ts";
import { lazy } from "../../lazy.ts";

const loadPng = lazy<typeof import("../../figures/png.ts")>(
  new URL("../../figures/png.ts", import.meta.url),
);

/** First seed of calibration clips: none of them was used to set thresholds. */
const FIRST_CALIBRATION_SEED = 10_000;

/** Blank clips vary only in their level: one is grey, one is black. */
const BLANK_CLIPS = 2;

/** Options of {@link calibrate}. */
export interface CalibrateOptions extends OpenJudge {
  /** The embedded benchmark: only its worlds have a known ground truth. */
  loaded: LoadedBenchmark;
  /** Clips per task and kind of clip. */
  seeds: number;
  /** How often each question is asked. */
  repeats: number;
  /** Task numbers; by default all. */
  tasks?: readonly number[];
}

/** Clips of one kind. */
interface Kind {
  generator: Generator;
  tasks: Task[];
  seeds: number[];
}

/**
 * Tests a judge: generates true clips, clips with each planted violation, and controls, with seeds
 * reserved for this purpose; judges them `repeats` times; and writes the comparison of verdicts and
 * truth to the table `calibration` and a figure. Existing clips and verdicts are reused, so an
 * interrupted run resumes.
 *
 * Clips are encoded with H.264 like any others. Verdicts of the first repeat are the run's
 * `verdicts`, those of later ones are in `verdicts-repeat-1` and so on.
 *
 * @returns This judge's rows; none if part of the judging was left for later.
 * @throws {InputError} for a benchmark without simulated worlds, or an unknown task.
 */
export async function calibrate(
  options: CalibrateOptions,
  session: Session,
): Promise<Calibration[]> {
  const { judge, loaded, repeats } = options;
  const { paths, signal } = session;
  const note = (line: string) => session.progress.note(line);
  const { scenes, rubrics } = simulatedOf(loaded);
  const { benchmark } = loaded;
  await benchmarkStep(session);
  const kinds = kindsOf(options, scenes);
  const total = kinds.reduce((sum, { tasks, seeds }) => sum + tasks.length * seeds.length, 0);
  await session.step("generate", total, async (progress) => {
    const result = { made: 0, cached: 0 };
    for (const kind of kinds) {
      const { made, cached } = await generateClips({ ...kind, paths, signal, note }, progress);
      result.made += made;
      result.cached += cached;
    }
    return result;
  });
  const clips = await clipsOf(kinds, paths);
  let complete = true;
  for (let repeat = 0; repeat < repeats; repeat++) {
    if (repeat > 0) await session.claim(`judge-repeat-${repeat}`);
    const asking = { repeat, paths: repeatPaths(paths, repeat) };
    const outcome = await judgeWith(options, clips, session, asking);
    complete &&= outcome.complete;
    if (outcome.text) session.progress.note(`Repeat ${repeat + 1} of ${repeats}\n${outcome.text}`);
  }
  if (!complete) return [];
  const verdicts: KnownVerdict[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const path = repeatPaths(paths, repeat).table("verdicts");
    const rows = (await readTable(verdictsTable, path)).filter(isOf(judge, clips));
    verdicts.push(...knownVerdicts(rows, repeat, { clips, criteria: benchmark.criteria, rubrics }));
  }
  const rows = sortRows(calibrationTable, reliability(judge.name, judge.model, verdicts));
  await session.step("calibrate", 0, () => writeCalibration(rows, paths));
  return rows;
}

function simulatedOf(
  { benchmark, scenes, rubrics }: LoadedBenchmark,
): { scenes: ReadonlyMap<number, Scene>; rubrics: ReadonlyMap<string, Rubric> } {
  if (scenes && rubrics) return { scenes, rubrics };
  throw new InputError(
    `Cannot calibrate a judge on ${benchmark.name}: the ground truth of its clips is unknown; ` +
      "expected mini",
  );
}

/** True clips, each planted violation in the tasks of its world, and the controls. */
function kindsOf(
  { loaded: { benchmark }, seeds: count, tasks: wanted }: CalibrateOptions,
  scenes: ReadonlyMap<number, Scene>,
): Kind[] {
  const all = selectTasks(benchmark, wanted);
  const seeds = seedsFrom(count);
  const planted = WORLDS.flatMap((world) => {
    const tasks = all.filter(({ task }) => scenes.get(task)!.world === world.name);
    return world.violations.map(({ name: violation }): Kind => ({
      generator: simulator({ scenes, violation, name: `violator:${violation}` }),
      tasks,
      seeds,
    }));
  });
  const controls = CONTROLS.map((control): Kind => ({
    generator: controlModel(control, scenes),
    tasks: all,
    seeds: control === "blank" ? seedsFrom(BLANK_CLIPS) : seeds,
  }));
  return [{ generator: simulator({ scenes }), tasks: all, seeds }, ...planted, ...controls]
    .filter(({ tasks }) => tasks.length > 0);
}

function seedsFrom(count: number): number[] {
  return Array.from({ length: count }, (_, i) => FIRST_CALIBRATION_SEED + i);
}

/** The rows of these kinds' clips, since the folder may have others. */
async function clipsOf(kinds: readonly Kind[], paths: RunPaths): Promise<Clip[]> {
  const wanted = new Set(
    kinds.flatMap(({ generator, tasks, seeds }) =>
      tasks.flatMap(({ task }) => seeds.map((seed) => `${generator.name} ${task} ${seed}`))
    ),
  );
  const clips = await readTable(clipsTable, paths.table("clips"));
  return clips.filter(({ model, task, seed }) => wanted.has(`${model} ${task} ${seed}`));
}

/** A run's paths, with a table of verdicts for each repeat. */
function repeatPaths(paths: RunPaths, repeat: number): RunPaths {
  if (repeat === 0) return paths;
  return {
    ...paths,
    table: (name) => paths.table(name === "verdicts" ? `verdicts-repeat-${repeat}` : name),
  };
}

function isOf(judge: Judge, clips: readonly Clip[]): (verdict: Verdict) => boolean {
  const wanted = new Set(clips.map(({ model, task, seed }) => `${model} ${task} ${seed}`));
  return (row) =>
    row.judge === judge.name && row.judge_model === judge.model &&
    wanted.has(`${row.model} ${row.task} ${row.seed}`);
}

/** Writes a judge's rows together with those of other judges, and draws its figure. */
async function writeCalibration(rows: readonly Calibration[], paths: RunPaths) {
  const [{ judge, judge_model }] = rows;
  const others = ((await openTable(calibrationTable, paths.table("calibration")))?.rows ?? [])
    .filter((row) => row.judge !== judge || row.judge_model !== judge_model);
  const name = calibrationName(judge, judge_model);
  const svg = calibrationFigure(rows);
  const { renderPng } = await loadPng();
  await replaceFile(join(paths.figures, `${name}.svg`), svg);
  await replaceFile(join(paths.figures, `${name}.png`), renderPng(svg));
  return await keep(calibrationTable, sortRows(calibrationTable, [...others, ...rows]), paths);
}

/**
 * The file name of a judge's figure, without extension.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { calibrationName } from "./calibrate.ts";
 *
 * assertEquals(calibrationName("openai", "a/b:1"), "calibration-openai-a_b_1~d3fd12c7f4");
 * ```
 */
export function calibrationName(judge: string, judge_model: string): string {
  // Where the judge's name has a hyphen, the two could be parted elsewhere.
  const name = judge.includes("-")
    ? JSON.stringify([judge, judge_model])
    : `${judge}-${judge_model}`;
  return fileName(`calibration-${name}`);
}
