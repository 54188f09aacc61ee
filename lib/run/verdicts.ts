/** The step that judges: clips × criteria → verdicts. */
import { isAbsolute, join } from "node:path";
import { type Benchmark, readKeys } from "../benchmark/mod.ts";
import { InputError } from "../errors.ts";
import type { Judge, Verdict } from "../judges/mod.ts";
import { verdictsTable } from "../judges/mod.ts";
import type { Clip } from "../models/mod.ts";
import type { RunPaths } from "../paths.ts";
import { keyOf, openCache, sha256 } from "../store/mod.ts";
import { decodeVideo, framesHash } from "../video/mod.ts";
import type { StepProgress } from "./progress.ts";
import type { StepResult } from "./session.ts";

/** What to judge, and where to. */
export interface JudgeWork {
  judge: Judge;
  benchmark: Benchmark;
  clips: readonly Clip[];
  paths: RunPaths;
  signal?: AbortSignal;
}

/**
 * Makes the verdicts that are missing. A clip is decoded only if one of its verdicts is; its verdicts
 * are kept together, so a kill leaves none or all of them.
 *
 * @throws {InputError} if a clip's file is no longer what its row says.
 */
export async function judgeClips(
  { judge, benchmark, clips, paths, signal }: JudgeWork,
  progress: StepProgress,
): Promise<StepResult> {
  const tasks = new Map(benchmark.tasks.map((task) => [task.task, task]));
  const blocks = Map.groupBy(readKeys(benchmark.criteria, "repaired"), ({ task }) => task);
  const table = await openCache(verdictsTable, paths.table("verdicts"));
  const result = { made: 0, there: 0 };
  try {
    for (const clip of clips) {
      signal?.throwIfAborted();
      const task = tasks.get(clip.task);
      if (!task) {
        throw new InputError(
          `Clip ${clip.path} is of task ${clip.task}, which ${benchmark.name} lacks`,
        );
      }
      const criteria = blocks.get(clip.task) ?? [];
      const keys = criteria.map((criterion) =>
        keyOf({
          judge: judge.name,
          by: judge.fingerprint,
          clip: clip.sha256,
          model: clip.model,
          seed: clip.seed,
          prompt: task.prompt,
          requirement: task.requirement,
          ...criterion,
        })
      );
      if (keys.every((key) => table.get(key))) result.there += keys.length;
      else {
        const video = await decodeVideo(await verifiedPath(clip, paths));
        const started = performance.now();
        const rulings = await judge.judge(task, criteria, video, { signal });
        const latency = performance.now() - started;
        const frames = framesHash(video);
        const prompt = sha256(JSON.stringify([task.prompt, task.requirement, criteria]));
        const rows = criteria.map(({ dimension, criterion }, i): Verdict => {
          const ruling = rulings.find((row) =>
            row.dimension === dimension && row.criterion === criterion
          );
          if (!ruling) {
            throw new Error(`${judge.name} did not rule on ${task.task}/${dimension}/${criterion}`);
          }
          return {
            judge: judge.name,
            judge_model: judge.model,
            model: clip.model,
            task: clip.task,
            seed: clip.seed,
            dimension,
            criterion,
            met: ruling.met,
            reason: ruling.reason,
            evidence: ruling.evidence,
            frames_hash: frames,
            prompt_hash: prompt,
            attempts: 1,
            latency_ms: latency / criteria.length,
            prompt_tokens: 0,
            completion_tokens: 0,
            cost_usd: 0,
            key: keys[i],
          };
        });
        await table.append(rows);
        result.made += rows.length;
      }
      progress.tick(`${clip.model} task ${clip.task} seed ${clip.seed}`);
    }
  } catch (error) {
    table.close();
    throw error;
  }
  await table.fold();
  return result;
}

/**
 * Keeps verdicts that someone else made. Those of the same judge and model that are no longer in the
 * source are replaced.
 */
export async function keepVerdicts(
  verdicts: readonly Verdict[],
  paths: RunPaths,
): Promise<StepResult> {
  const table = await openCache(verdictsTable, paths.table("verdicts"));
  const missing = verdicts.filter((verdict) => !table.get(verdict.key));
  await table.append(missing);
  await table.fold();
  return { made: missing.length, there: verdicts.length - missing.length };
}

async function verifiedPath(clip: Clip, paths: RunPaths): Promise<string> {
  const path = isAbsolute(clip.path) ? clip.path : join(paths.folder, clip.path);
  let found: string;
  try {
    found = sha256(await Deno.readFile(path));
  } catch {
    throw new InputError(`Cannot judge clip ${path}: the file that the table clips names is gone`);
  }
  if (found !== clip.sha256) {
    throw new InputError(
      `Cannot judge clip ${path}: its file has changed since it was made\n` +
        `  expected sha256 ${clip.sha256}\n  found           ${found}`,
    );
  }
  return path;
}
