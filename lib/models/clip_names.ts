/** Which clip a file holds, by its name. */
import { LARGEST, listText, someOf } from "../numbers.ts";
import type { Task } from "../records/task.ts";

/** What a file's name says of its clip. */
export interface NamedClip {
  /** The task's number. */
  task: number;
  /** The clip's seed; 0 where the name has none. */
  seed: number;
}

/** What is known of the tasks that a name may be of. */
export type NamedTask = Pick<Task, "task" | "prompt">;

/** Letters and digits of a prompt that its beginning must have to stand for the whole. */
export const SHORTEST_PROMPT = 20;

/**
 * Reads names of clips, without extension, against a benchmark's tasks. A name is one of
 *
 * - the task's number: `19`, `019`;
 * - the number and a seed: `19-2`, `19_2`;
 * - the task's prompt, alone or with a seed: `A red blood cell squeezes-2`.
 *
 * Of a prompt only letters and digits count, whatever case, accents' encoding or other characters a file
 * system made of the rest. It may be cut off, but for {@link SHORTEST_PROMPT} letters and digits. A name
 * that fits several tasks or seeds fits none.
 *
 * @returns For a name, the clip or, as a text, what is wrong with the name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { clipNames } from "./clip_names.ts";
 *
 * const read = clipNames([
 *   { task: 1, prompt: "A red blood cell: it squeezes through a capillary." },
 *   { task: 2, prompt: "A red blood cell: it squeezes and bursts." },
 * ]);
 * assertEquals(read("002"), { task: 2, seed: 0 });
 * assertEquals(read("1_3"), { task: 1, seed: 3 });
 * assertEquals(read("A red blood cell_ it squeezes thr-4"), { task: 1, seed: 4 });
 * assertEquals(read("A red blood cell_ it squeezes"), "the name is the beginning of several prompts, of tasks 1-2");
 * ```
 */
export function clipNames(tasks: readonly NamedTask[]): (stem: string) => NamedClip | string {
  const prompts = tasks.map(({ task, prompt }) => ({ task, letters: lettersOf(prompt) }));
  const exact = Map.groupBy(prompts, ({ letters }) => letters);
  const tasksOf = (text: string): number[] => {
    const letters = lettersOf(text);
    if (letters === "") return [];
    const whole = exact.get(letters);
    if (whole) return whole.map(({ task }) => task);
    if ([...letters].length < SHORTEST_PROMPT) return [];
    return prompts.filter((prompt) => prompt.letters.startsWith(letters)).map(({ task }) => task);
  };
  return (stem) => {
    const [, number, given] = /^(\d+)(?:[-_](\d+))?$/.exec(stem) ?? [];
    if (number !== undefined) return clipOf(Number(number), given);
    const [, prompt, seed] = /^(.*?)[-_](\d+)$/s.exec(stem) ?? [];
    const read = [
      ...tasksOf(stem).map((task) => ({ task, seed: undefined as string | undefined })),
      ...prompt === undefined ? [] : tasksOf(prompt).map((task) => ({ task, seed })),
    ];
    if (read.length === 1) return clipOf(read[0].task, read[0].seed);
    if (read.length === 0) return "the name is neither a task's number nor its prompt";
    const found = [...new Set(read.map(({ task }) => task))];
    return found.length === 1
      ? `the name ends like a seed and like the prompt of task ${found[0]}`
      : `the name is the beginning of several prompts, of tasks ${
        someOf(listText(found).split(","), 8)
      }`;
  };
}

function clipOf(task: number, given: string | undefined): NamedClip | string {
  const seed = Number(given ?? 0);
  return seed > LARGEST
    ? `the seed ${given} is too large; expected ${LARGEST} at most`
    : { task, seed };
}

/** What of a text survives in the name of a file, on any disk. */
function lettersOf(text: string): string {
  return text.normalize("NFKC").toLowerCase().normalize("NFKC").replace(/[^\p{L}\p{N}]/gu, "");
}

/**
 * The name of a clip's file that {@link clipNames} reads: `19.mp4`, or `19-2.mp4` with a seed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { clipFile } from "./clip_names.ts";
 *
 * assertEquals([clipFile(19), clipFile(19, 2)], ["19.mp4", "19-2.mp4"]);
 * ```
 */
export function clipFile(task: number, seed?: number): string {
  return seed === undefined ? `${task}.mp4` : `${task}-${seed}.mp4`;
}
