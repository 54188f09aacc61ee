/** Which of a run's clips or verdicts to work on, and which of a benchmark's tasks. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import { InputError } from "../errors.ts";
import { listText } from "../options.ts";
import { runName } from "../paths.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import type { Task } from "../records/task.ts";
import { nearest } from "../registry.ts";
import type { ScoredPart } from "../scores/compared_text.ts";
import { readTableIfAny } from "../store/table.ts";
import type { Session } from "./session.ts";

/** What to work on; all where a part is left out. */
export interface Selection {
  /** Names of video models. */
  models?: readonly string[];
  /** Numbers of tasks. */
  tasks?: readonly number[];
  /** Only these; all where absent. */
  seeds?: readonly number[];
}

/** What clips and verdicts have in common. */
type OfClip = Pick<Clip, "model" | "task" | "seed">;

/**
 * The rows that a selection is about.
 *
 * @param rows Clips, or verdicts.
 * @param what What they are, for the message.
 * @throws {InputError} if no row is left, or one of the models has none, saying what there is.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { selectRows } from "./selection.ts";
 *
 * const clips = [1, 2, 3].map((task) => ({ model: "nano", task, seed: 0 }));
 * assertEquals(selectRows(clips, { tasks: [2, 9] }, "clips").map(({ task }) => task), [2]);
 * await assertInputError(() => selectRows(clips, { models: ["nanno"] }, "clips"), "did you mean nano?");
 * await assertInputError(() => selectRows(clips, { seeds: [42] }, "clips"), "--seeds 42", "seeds 0");
 * ```
 */
export function selectRows<Row extends OfClip>(
  rows: readonly Row[],
  selection: Selection,
  what: string,
): Row[] {
  const { models } = selection;
  const names = [...new Set(rows.map(({ model }) => model))].sort();
  const unknown = models?.filter((model) => !names.includes(model)) ?? [];
  const chosen = withinSelection(rows, selection);
  if (unknown.length === 0 && (chosen.length > 0 || rows.length === 0)) return chosen;
  const guess = unknown.length > 0 ? nearest(unknown[0], names) : null;
  const there = `models ${names.join(", ")}; tasks ${listText(rows.map(({ task }) => task))}; ` +
    `seeds ${listText(rows.map(({ seed }) => seed))}`;
  throw new InputError(
    `Found no ${what} of ${
      unknown.length > 0 ? `--model ${unknown.join(",")}` : selectionText(selection)
    }${guess ? `; did you mean ${guess}?` : ""}\nThere are ${what} of ${there}`,
  );
}

/** The rows that a selection is about, if any. */
export function withinSelection<Row extends OfClip>(
  rows: readonly Row[],
  { models, tasks, seeds }: Selection,
): Row[] {
  return rows.filter(({ model, task, seed }) =>
    (models?.includes(model) ?? true) && (tasks?.includes(task) ?? true) &&
    (seeds?.includes(seed) ?? true)
  );
}

/** What a leaderboard says of the selection that was scored; null where all was. */
export function scoredPart(
  selection: Selection,
  tasks: readonly Pick<Task, "task">[],
): ScoredPart | null {
  const text = selectionText(selection);
  if (text === "") return null;
  return {
    text,
    tasks: tasks.filter(({ task }) => selection.tasks?.includes(task) ?? true).length,
  };
}

/**
 * A selection as it is typed; empty for everything.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { selectionText } from "./selection.ts";
 *
 * assertEquals(selectionText({ models: ["nano"], tasks: [1, 2, 3] }), "--model nano --tasks 1-3");
 * ```
 */
export function selectionText({ models, tasks, seeds }: Selection): string {
  return [
    ...(models ? [`--model ${models.join(",")}`] : []),
    ...(tasks ? [`--tasks ${listText(tasks)}`] : []),
    ...(seeds ? [`--seeds ${listText(seeds)}`] : []),
  ].join(" ");
}

/**
 * The run's clips, or those of a selection.
 *
 * @throws {InputError} if it has none.
 */
export async function clipsOf(
  { paths, command }: Pick<Session, "paths" | "command">,
  selection: Selection = {},
): Promise<Clip[]> {
  const clips = await readTableIfAny(clipsTable, paths.table("clips"));
  if (!clips || clips.length === 0) {
    throw new InputError(
      `Found no clips in the run ${runName(paths.folder)}; make them with ` +
        `${command("generate")} --model MODEL`,
    );
  }
  return selectRows(clips, selection, "clips");
}

/**
 * A benchmark's tasks, or those of some numbers.
 *
 * @throws {InputError} for a task that it lacks.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import type { Task } from "../records/task.ts";
 * import { selectTasks } from "./selection.ts";
 *
 * const tasks = [1, 2, 3].map((task) => ({ task }) as Task);
 * assertEquals(selectTasks({ name: "mine", tasks, criteria: [] }, [3]).length, 1);
 * await assertInputError(
 *   () => selectTasks({ name: "mine", tasks, criteria: [] }, [3, 7, 8]),
 *   "mine has no task 7-8; it has 1-3",
 * );
 * ```
 */
export function selectTasks({ name, tasks }: Benchmark, wanted?: readonly number[]): Task[] {
  if (wanted === undefined) return tasks;
  const known = tasks.map(({ task }) => task);
  const unknown = wanted.filter((number) => !known.includes(number));
  if (unknown.length > 0) {
    throw new InputError(`${name} has no task ${listText(unknown)}; it has ${listText(known)}`);
  }
  return tasks.filter(({ task }) => wanted.includes(task));
}
