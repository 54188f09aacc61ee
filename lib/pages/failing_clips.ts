/** Clips of real models with the criteria that they fail. */
import { type Clip, clipIdOf } from "../records/clip.ts";
import type { Task } from "../records/task.ts";
import { type Failure, failures, mostFailed, type TopFailure } from "../scores/failures.ts";
import type { OpenRun } from "./open_run.ts";

/** A clip with the criteria that its model fails most often and that it fails too. */
export interface FailingClip {
  /** The video model's name. */
  model: string;
  /** The clip's task. */
  task: Task;
  /** The clip's seed. */
  seed: number;
  /** Null if its verdicts were imported without clips. */
  clip: Clip | null;
  /** With the model's failure rate for each, and the evidence for this clip. */
  failed: TopFailure[];
}

/**
 * For every model whose clips are not simulated: the criteria that it fails most often, each with
 * the first clip that fails it, grouped by clip. Models are in the order of their verdicts.
 *
 * @param limit Maximum number of criteria per model.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { failingClips } from "./failing_clips.ts";
 * import type { OpenRun } from "./open_run.ts";
 *
 * const none = { tasks: [], criteria: [], clips: [], verdicts: [] };
 * assertEquals(failingClips(none as unknown as OpenRun), []);
 * ```
 */
export function failingClips(run: OpenRun, limit = 3): FailingClip[] {
  const { tasks, criteria, clips, verdicts } = run;
  const byKey = new Map(clips.map((clip) => [clipIdOf(clip), clip]));
  const real = verdicts.filter((verdict) => !byKey.get(clipIdOf(verdict))?.world);
  const byModel = Map.groupBy(failures({ tasks, criteria }, real), ({ model }) => model);
  return [...byModel.values()].flatMap((own) => clipsOf(own, limit)).map(({ example, failed }) => ({
    model: example.model,
    task: tasks.find(({ task }) => task === example.task)!,
    seed: example.seed,
    clip: byKey.get(clipIdOf(example)) ?? null,
    failed,
  }));
}

function clipsOf(failures: readonly Failure[], limit: number) {
  const top = mostFailed(failures, { limit });
  const clips = Map.groupBy(top, ({ example: { task, seed } }) => `${task} ${seed}`);
  return [...clips.values()].map((failed) => ({ example: failed[0].example, failed }));
}
