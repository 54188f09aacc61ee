/** The embedded benchmark: tasks on simulated worlds whose criteria can be measured. */
import { InputError } from "../errors.ts";
import { type Criterion, DIMENSIONS } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";
import { WORLD_NAMES } from "../worlds/registry.ts";
import { fillIn } from "../worlds/fill_in.ts";
import { openRubric, type Rubric } from "../worlds/rubric.ts";
import type { Benchmark } from "./benchmark.ts";

/** The simulation of a task. */
export interface Scene {
  /** Name of a simulated world. */
  world: string;
  /** The world's parameters; absent ones have the world's defaults. */
  parameters: Record<string, string | number>;
}

/** The embedded benchmark, its scenes by task number, and its source rubrics by world. */
export interface Mini {
  benchmark: Benchmark;
  scenes: Map<number, Scene>;
  rubrics: Map<string, Rubric>;
}

/**
 * Builds the embedded benchmark from rubrics, with tasks sorted by number.
 *
 * @throws {InputError} for a task number used by two worlds, or a criterion that a scene cannot
 * fill in.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { openRubric } from "../worlds/rubric.ts";
 * import { miniOf } from "./mini.ts";
 *
 * const { benchmark, scenes } = miniOf([await openRubric("valve")]);
 * assertEquals(benchmark.tasks.map(({ task }) => task), [16, 17, 18]);
 * assertEquals(scenes.get(16)?.world, "valve");
 * ```
 */
export function miniOf(rubrics: readonly Rubric[]): Mini {
  const entries = rubrics.flatMap((rubric) => rubric.tasks.map((entry) => ({ rubric, entry })))
    .toSorted((a, b) => a.entry.task - b.entry.task);
  const scenes = new Map<number, Scene>();
  const tasks: Task[] = [];
  const criteria: Criterion[] = [];
  for (const { rubric: { world, scale, criteria: own }, entry } of entries) {
    const { task, prompt, requirement, parameters } = entry;
    if (scenes.has(task)) {
      throw new InputError(
        `Cannot build mini: task ${task} belongs to both ${scenes.get(task)!.world} and ${world}`,
      );
    }
    scenes.set(task, { world, parameters });
    const source = `world:${world}`;
    tasks.push({ benchmark: "mini", task, scale, prompt, requirement, source });
    for (const dimension of DIMENSIONS) {
      const block = own.filter((criterion) => criterion.dimension === dimension);
      criteria.push(...block.map((criterion, i): Criterion => {
        const { text, probe } = fillIn(criterion, parameters);
        return {
          benchmark: "mini",
          task,
          id: criterion.id,
          dimension,
          place: i + 1,
          criterion: i + 1,
          description: text,
          sign: criterion.sign,
          weight: criterion.weight,
          raw_weight: criterion.weight,
          probe: JSON.stringify(probe),
        };
      }));
    }
  }
  return {
    benchmark: { name: "mini", tasks, criteria },
    scenes,
    rubrics: new Map(rubrics.map((rubric) => [rubric.world, rubric])),
  };
}

/**
 * The embedded benchmark.
 *
 * @throws {InputError} for a malformed rubric.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { readMini } from "./mini.ts";
 *
 * const { benchmark, scenes } = await readMini();
 * assertEquals(benchmark.tasks[0].source, `world:${scenes.get(1)!.world}`);
 * ```
 */
export async function readMini(): Promise<Mini> {
  return miniOf(await Promise.all(WORLD_NAMES.map(openRubric)));
}
