/** Has a model make clips, so that one which fails by itself takes no other with it. */
import { ClipError } from "../errors.ts";
import type { Generator, StepOptions } from "../models/generator.ts";
import { someOf } from "../numbers.ts";
import type { Task } from "../records/task.ts";
import type { Video } from "../video/types.ts";

/**
 * Makes one clip of a task for each seed, together where the model can.
 *
 * @returns For a clip that fails by itself, why; where clips that are made together fail, each is made
 * once more in its place among copies of itself, which gives the same clip as among the others.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { simulator } from "../models/simulator.ts";
 * import { makeClips } from "./make_clips.ts";
 *
 * const model = simulator({ scenes: new Map([[1, { world: "mitosis", parameters: {} }]]) });
 * const task = { benchmark: "mini", task: 1, scale: "cell", prompt: "", requirement: "", source: "" } as const;
 * const [video] = await makeClips(model, task, [7]);
 * assertEquals("frames" in video && video.width, 128);
 * ```
 */
export async function makeClips(
  generator: Generator,
  task: Task,
  seeds: readonly number[],
  options: StepOptions = {},
): Promise<(Video | ClipError)[]> {
  const made = await orClipError(() =>
    seeds.length > 1
      ? generator.generateAll!(task, { seeds, ...options })
      : generator.generate(task, { seed: seeds[0], ...options }).then((video) => [video])
  );
  if (!(made instanceof ClipError)) return made;
  if (seeds.length === 1) return [made];
  const each: (Video | ClipError)[] = [];
  for (const [i, seed] of seeds.entries()) {
    const copies = seeds.map(() => seed);
    const again = await orClipError(() =>
      generator.generateAll!(task, { seeds: copies, ...options })
    );
    each.push(again instanceof ClipError ? again : again[i]);
  }
  return each;
}

/**
 * Has a model do its work before the clips. What fails of one clip is found out again, by name, when it
 * is made.
 */
export async function prepareClips(
  generator: Generator,
  tasks: readonly Task[],
  options: StepOptions = {},
): Promise<void> {
  await orClipError(async () => await generator.prepare?.(tasks, options));
}

async function orClipError<T>(work: () => Promise<T>): Promise<T | ClipError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ClipError) return error;
    throw error;
  }
}

/** Clips of one cause that are named. */
const NAMED = 5;

/**
 * Says which clips were not made, and why, each reason once.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { failuresText } from "./make_clips.ts";
 *
 * const why = "NaN in 4 of 4 values";
 * assertEquals(
 *   failuresText([{ clip: "task 1 seed 0", why }, { clip: "task 2 seed 0", why }]),
 *   "task 1 seed 0, task 2 seed 0: NaN in 4 of 4 values",
 * );
 * ```
 */
export function failuresText(failures: readonly { clip: string; why: string }[]): string {
  const byReason = Map.groupBy(failures, ({ why }) => why);
  return [...byReason]
    .map(([why, clips]) => `${someOf(clips.map(({ clip }) => clip), NAMED)}: ${why}`)
    .join("\n  ");
}
