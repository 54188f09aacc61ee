/** A benchmark's prompts as a list to make clips by, with the names that their files are to have. */
import { writeCsv } from "../csv.ts";
import type { Task } from "../records/task.ts";
import { clipFile } from "./clip_names.ts";

/** How a list is written. */
export const LIST_FORMATS = ["csv", "json", "txt"] as const;

/** A line of the list. */
interface Listed {
  task: number;
  seed: number;
  file: string;
  scale: string;
  prompt: string;
}

/**
 * The tasks' numbers and prompts, with the name of each clip's file as a folder of clips has it: `csv`
 * (comma-separated, a line of names first), `json` (a list of objects), or `txt` (a line a clip: number,
 * file and prompt, separated by tabs).
 *
 * @param seeds Clips of each task; one without a seed in its name where absent.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Task } from "../records/task.ts";
 * import { promptList } from "./prompt_list.ts";
 *
 * const tasks = [{ task: 19, scale: "cell", prompt: "A cell\ndivides, then rests." } as Task];
 * assertEquals(promptList(tasks, "txt"), "19\t19.mp4\tA cell divides, then rests.\n");
 * assertEquals(promptList(tasks, "csv", [2]).split("\r\n")[1], `19,2,19-2.mp4,cell,"A cell\ndivides, then rests."`);
 * ```
 */
export function promptList(
  tasks: readonly Pick<Task, "task" | "scale" | "prompt">[],
  format: typeof LIST_FORMATS[number],
  seeds?: readonly number[],
): string {
  const lines = tasks.flatMap(({ task, scale, prompt }): Listed[] =>
    seeds
      ? seeds.map((seed) => ({ task, seed, file: clipFile(task, seed), scale, prompt }))
      : [{ task, seed: 0, file: clipFile(task), scale, prompt }]
  );
  if (format === "json") return `${JSON.stringify(lines, null, 2)}\n`;
  if (format === "csv") {
    const rows = lines.map((line) => Object.values(line).map(String));
    // Programs read it rather than people: without a mark, a column's name is what it is.
    return writeCsv([["task", "seed", "file", "scale", "prompt"], ...rows], { mark: false });
  }
  return lines.map(({ task, file, prompt }) =>
    `${task}\t${file}\t${prompt.replaceAll(/\s+/g, " ").trim()}\n`
  ).join("");
}
