/** What is left to judge: the calls of a judge whose verdicts are missing. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import type { Criterion } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";
import { InputError } from "../errors.ts";
import type { Judge } from "../judges/judge.ts";
import { askedHash, type Verdict } from "../records/verdict.ts";
import type { Clip } from "../records/clip.ts";
import type { RunPaths } from "../paths.ts";
import { sha256OfFile } from "../store/file_hash.ts";
import { keyOf } from "../store/key.ts";
import { type SampledVideo, sampleFrames } from "../video/sample.ts";
import type { Video } from "../video/types.ts";
import { lazy } from "../lazy.ts";
import { clipPath } from "./clip_files.ts";

const loadDecode = lazy<typeof import("../video/decode.ts")>(
  new URL("../video/decode.ts", import.meta.url),
);

/** One call of a judge: a clip with the criteria it is asked. */
export interface Call {
  clip: Clip;
  task: Task;
  /** In the order of their places. */
  criteria: Criterion[];
  /** Keys of the verdicts, in the order of the criteria. */
  keys: string[];
}

/** What a judge has to do for a list of clips. */
export interface CallPlan {
  /** Calls with a verdict missing, those of one clip together. */
  byClip: Call[][];
  /** Verdicts that are there. */
  cached: number;
  /** Those of them that an earlier version kept without what was asked, with it. */
  completed: Verdict[];
}

/**
 * Finds the calls that a judge still has to answer.
 *
 * @param kept The row of a key, if there is one.
 * @throws {InputError} for a clip of a task that the benchmark lacks.
 */
export async function planCalls(
  judge: Judge,
  benchmark: Benchmark,
  clips: readonly Clip[],
  kept: (key: string) => Verdict | undefined,
): Promise<CallPlan> {
  const tasks = new Map(benchmark.tasks.map((task) => [task.task, task]));
  const blocks = Map.groupBy(benchmark.criteria, ({ task }) => task);
  const plan: CallPlan = { byClip: [], cached: 0, completed: [] };
  for (const clip of clips) {
    const task = tasks.get(clip.task);
    if (!task) {
      throw new InputError(
        `Clip ${clip.path} is of task ${clip.task}, which ${benchmark.name} lacks`,
      );
    }
    const all = (blocks.get(clip.task) ?? []).toSorted((a, b) => a.place - b.place);
    const parts = judge.per === "clip"
      ? [all]
      : [...Map.groupBy(all, ({ dimension }) => dimension).values()];
    const missing: Call[] = [];
    for (const criteria of parts) {
      const by = await judge.fingerprint(task, criteria);
      const keys = criteria.map((criterion) => verdictKey(judge, by, clip, task, criterion));
      const there = keys.flatMap((key, i) => {
        const row = kept(key);
        return row && isSettled(row, judge) ? [{ row, criterion: criteria[i] }] : [];
      });
      plan.cached += there.length;
      for (const { row, criterion } of there) {
        if (row.asked_hash !== "") continue;
        plan.completed.push({ ...row, asked_hash: askedOf(judge, task, criterion) });
      }
      if (there.length < keys.length) missing.push({ clip, task, criteria, keys });
    }
    if (missing.length > 0) plan.byClip.push(missing);
  }
  return plan;
}

/** Whether a kept row needs no further asking. */
export function isSettled(row: Verdict | undefined, judge: Judge): boolean {
  return row !== undefined && (row.met !== null || !judge.retriesNulls);
}

/** `askedHash` of what a judge is asked. */
export function askedOf({ readsLimits = false }: Judge, task: Task, criterion: Criterion): string {
  return askedHash(task, criterion, readsLimits);
}

function verdictKey(
  judge: Judge,
  by: string,
  clip: Clip,
  task: Task,
  criterion: Criterion,
): string {
  return keyOf({
    judge: judge.name,
    judge_model: judge.model,
    by,
    clip: clip.sha256,
    model: clip.model,
    seed: clip.seed,
    prompt: task.prompt,
    requirement: task.requirement,
    id: criterion.id,
    description: criterion.description,
    sign: criterion.sign,
    probe: criterion.probe,
  });
}

/**
 * The frames of a clip's file: all, or so many sampled at the released positions.
 *
 * @throws {InputError} if the file cannot be read.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { framesIn } from "./judge_plan.ts";
 *
 * await assertInputError(() => framesIn("no-such.mp4", 8), "no-such.mp4");
 * ```
 */
export async function framesIn(
  path: string,
  frames: Judge["frames"],
): Promise<Video | SampledVideo> {
  if (frames !== "all") {
    return await sampleFrames(path, { count: frames, threads: 1, whole: true });
  }
  const { decodeVideo } = await loadDecode();
  return await decodeVideo(path);
}

/**
 * The file that a clip's row names.
 *
 * @throws {InputError} if the file is gone, or is no longer what the row says.
 */
export async function fileOf(clip: Clip, paths: RunPaths): Promise<string> {
  const path = clipPath(clip, paths);
  let found: string;
  try {
    found = await sha256OfFile(path);
  } catch {
    throw new InputError(
      `Cannot judge clip ${path}: the file that the table clips names is gone`,
    );
  }
  if (found !== clip.sha256) {
    throw new InputError(
      `Cannot judge clip ${path}: its file has changed since it was made\n` +
        `  expected sha256 ${clip.sha256}\n  found           ${found}`,
    );
  }
  return path;
}
