/**
 * The steps of an ablation: clips of each variant → verdicts → scores → the effect of each setting.
 */
import { join } from "node:path";
import type { Task } from "../../records/task.ts";
import { InputError } from "../../errors.ts";
import { ablationsFigure } from "./figure.ts";
import type { Judge } from "../../judges/judge.ts";
import { type Verdict, verdictsTable } from "../../records/verdict.ts";
import type { OpenGenerator } from "../../models/video_model.ts";
import { type Clip, clipIdOf, clipsTable } from "../../records/clip.ts";
import type { Sampling } from "../../models/nano/sampling.ts";
import { simulator } from "../../models/simulator.ts";
import type { RunPaths } from "../../paths.ts";
import { type Ablation, ablationsTable } from "../../records/ablation.ts";
import { ablationRows, gainName, gainScores } from "./rows.ts";
import { type Score, scoresTable } from "../../records/score.ts";
import { sortRows } from "../../store/cache.ts";
import { replaceFile } from "../../store/file.ts";
import { readTable } from "../../store/table.ts";
import { judgeEveryNthFrame } from "./frames.ts";
import {
  type AblationPlan,
  planAblations,
  type PlannedSetting,
  type PlanOptions,
  type Variant,
} from "./plan.ts";
import type { LoadedBenchmark } from "../../benchmark/loaded.ts";
import { benchmarkStep, keep } from "../../runs/benchmark.ts";
import { generateClips } from "../../runs/generate.ts";
import { keepScored, scoredRows, scoresKey } from "../../runs/score.ts";
import { selectTasks } from "../../runs/selection.ts";
import type { Session, StepResult } from "../../runs/session.ts";
import { judgeClips, refuseChanged } from "../../runs/judge.ts";
import { lazy } from "../../lazy.ts";

const loadPng = lazy<typeof import("../../figures/png.ts")>(
  new URL("../../figures/png.ts", import.meta.url),
);

/** Options of {@link ablate}. */
export interface AblateOptions extends Omit<PlanOptions, "tasks" | "judge"> {
  /** The embedded benchmark: only its criteria can be measured. */
  loaded: LoadedBenchmark;
  /** Task numbers; by default all. */
  tasks?: readonly number[];
  /** A judge that is shown all frames. */
  judge: Judge;
  /** Opens a model's weights under a name, with default sampling except for the given options. */
  open(weights: string, name: string, sampling: Partial<Sampling>): Promise<OpenGenerator>;
}

/**
 * Varies one factor at a time, scores each setting, and writes the effects to the table `ablations`
 * and a figure. Each way of sampling is a separate model in the tables `clips`, `verdicts` and
 * `scores`; clips shared by several factors are generated once, and existing ones are reused. The
 * tables `scores`, `summary` and `ablations` cover only this call's settings.
 *
 * @returns The rows of the table `ablations`.
 * @throws {InputError} for a benchmark without simulated worlds, an unknown task, a model that
 * cannot be opened, or nothing to vary.
 */
export async function ablate(options: AblateOptions, session: Session): Promise<Ablation[]> {
  const { loaded, judge } = options;
  const { paths, progress } = session;
  const plan = planAblations({ ...options, tasks: tasksOf(options), judge: judge.name });
  for (const line of plan.skipped) progress.note(line);
  await benchmarkStep(session);
  await generateVariants(plan, options, session);
  const clips = await clipsOf(plan, paths);
  const verdicts = await judgeSettings(plan, clips, options, session);
  const scores = await scoreSettings(verdicts, options, session);
  const rows = rowsOf(plan, scores, loaded.benchmark.tasks);
  await session.step("ablate", 0, () => writeAblations(rows, paths));
  return rows;
}

function tasksOf({ loaded: { benchmark, scenes }, tasks: wanted }: AblateOptions): Task[] {
  if (!scenes) {
    throw new InputError(
      `Cannot ablate on ${benchmark.name}: its clips cannot be measured; expected mini`,
    );
  }
  return selectTasks(benchmark, wanted);
}

/** A single step for all variants, so that progress covers all of them. */
async function generateVariants(
  { variants }: AblationPlan,
  options: AblateOptions,
  session: Session,
): Promise<void> {
  const { paths, signal } = session;
  const total = variants.reduce((sum, { tasks, seeds }) => sum + tasks.length * seeds, 0);
  await session.step("generate", total, async (progress) => {
    const result: StepResult = { made: 0, cached: 0 };
    for (const variant of variants) {
      signal?.throwIfAborted();
      const generator = await openVariant(variant, options);
      try {
        const { tasks } = variant;
        const seeds = Array.from({ length: variant.seeds }, (_, seed) => seed);
        const done = await generateClips({ generator, tasks, seeds, paths, signal }, progress);
        result.made += done.made;
        result.cached += done.cached;
      } finally {
        generator[Symbol.dispose]?.();
      }
    }
    return result;
  });
}

async function openVariant(
  { name, weights, sampling }: Variant,
  { loaded, open }: AblateOptions,
): Promise<OpenGenerator> {
  if (weights !== null) return await open(weights, name, sampling);
  return simulator({ scenes: loaded.scenes! });
}

/** The rows of the plan's clips, since the folder may have others. */
async function clipsOf({ variants }: AblationPlan, paths: RunPaths): Promise<Clip[]> {
  const wanted = new Set(
    variants.flatMap(({ name, tasks, seeds }) =>
      tasks.flatMap(({ task }) =>
        Array.from({ length: seeds }, (_, seed) => clipIdOf({ model: name, task, seed }))
      )
    ),
  );
  const clips = await readTable(clipsTable, paths.table("clips"));
  return clips.filter((clip) => wanted.has(clipIdOf(clip)));
}

/** Judges each clip with all judges that a setting needs. */
async function judgeSettings(
  { settings }: AblationPlan,
  clips: readonly Clip[],
  { judge, loaded: { benchmark } }: AblateOptions,
  session: Session,
): Promise<Verdict[]> {
  const { paths, signal } = session;
  const judged = [...new Set(settings.map(({ every }) => every))].map((every) => {
    const own = settings.filter((setting) => setting.every === every);
    const seedsOf = new Map<string, number>();
    for (const { variant, minus = variant, seeds } of own) {
      for (const name of [variant, minus]) {
        seedsOf.set(name, Math.max(seeds, seedsOf.get(name) ?? 0));
      }
    }
    return {
      judge: judgeEveryNthFrame(judge, every),
      clips: clips.filter(({ model, seed }) => seed < (seedsOf.get(model) ?? 0)),
    };
  });
  const total = judged.reduce((sum, { clips }) => sum + clips.length, 0);
  await session.step("judge", total, async (progress) => {
    const result: StepResult = { made: 0, cached: 0 };
    for (const { judge, clips } of judged) {
      const done = await judgeClips({ judge, benchmark, clips, paths, signal }, progress);
      refuseChanged(done);
      result.made += done.made;
      result.cached += done.cached;
    }
    return result;
  });
  const wanted = new Map(
    judged.map(({ judge, clips }) => [judge.name, new Set(clips.map(clipIdOf))]),
  );
  return (await readTable(verdictsTable, paths.table("verdicts"))).filter((row) =>
    row.judge_model === judge.model && wanted.get(row.judge)?.has(clipIdOf(row))
  );
}

async function scoreSettings(
  verdicts: readonly Verdict[],
  { loaded: { benchmark } }: AblateOptions,
  { paths, stepOnce }: Session,
): Promise<Score[]> {
  const key = await scoresKey(benchmark, verdicts);
  const outputs = ["scores", "summary"].map((name) => paths.table(name));
  await stepOnce("score", key, outputs, () => keepScored(scoredRows(benchmark, verdicts), paths));
  return await readTable(scoresTable, paths.table("scores"));
}

function rowsOf({ settings }: AblationPlan, scores: readonly Score[], tasks: readonly Task[]) {
  const byModel = Map.groupBy(scores, ({ model }) => model);
  const of = (setting: PlannedSetting): Score[] => {
    const named = (model: string) =>
      (byModel.get(model) ?? []).filter((row) =>
        row.judge === setting.judge && row.rule === setting.rule && row.seed < setting.seeds &&
        setting.on.has(row.task)
      );
    const own = named(setting.variant);
    if (setting.minus === undefined) return own;
    return gainScores(own, named(setting.minus), gainName(setting.variant, setting.minus));
  };
  // Settings of one factor are compared on the tasks that could be scored under all of them.
  const common = (setting: PlannedSetting, scores: readonly Score[]): Score[] => {
    const alike = settings.filter(({ factor, model }) =>
      factor === setting.factor && model === setting.model
    );
    const tasks = alike.map((other) =>
      new Set(
        of(other).filter(({ dimension, score }) => dimension === "total" && score !== null)
          .map(({ task }) => task),
      )
    ).reduce((all, own) => all.intersection(own));
    return scores.filter(({ task }) => tasks.has(task));
  };
  const rows = settings.flatMap((setting) => {
    const { every: _, on: __, minus, ...row } = setting;
    const variant = minus === undefined ? row.variant : gainName(row.variant, minus);
    const initial = settings.find(({ factor, model, is_default }) =>
      factor === row.factor && model === row.model && is_default
    )!;
    const [own, atDefault] = [setting, initial].map((one) => common(setting, of(one)));
    return ablationRows({ ...row, variant }, own, atDefault, tasks);
  });
  return sortRows(ablationsTable, rows);
}

async function writeAblations(rows: readonly Ablation[], paths: RunPaths): Promise<StepResult> {
  const svg = ablationsFigure(rows);
  await replaceFile(join(paths.figures, "ablations.svg"), svg);
  const { renderPng } = await loadPng();
  await replaceFile(join(paths.figures, "ablations.png"), renderPng(svg));
  return await keep(ablationsTable, rows, paths);
}
