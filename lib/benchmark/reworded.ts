/** Prompts of the embedded benchmark in other words, for the same criteria. */
import { z } from "zod";
import { InputError, messageOf } from "../errors.ts";
import type { Task } from "../records/task.ts";

/** A file of other wordings: `{ "1": "prompt", … }` by task number. Tasks may be left out. */
const rewordedSchema = z.record(z.string(), z.string().trim().min(1, "expected a prompt"))
  .superRefine((prompts, context) => {
    const keys = Object.keys(prompts);
    if (keys.length === 0) {
      context.addIssue({ code: "custom", message: "expected one prompt or more" });
    }
    for (const key of keys.filter((key) => !/^[1-9]\d*$/.test(key))) {
      context.addIssue({ code: "custom", path: [key], message: "expected a task number as key" });
    }
  });

/**
 * The tasks that a file words otherwise, each with its other prompt, by number.
 *
 * @param file Its name, for messages.
 * @throws {InputError} for text that is not such a file, a task that is not among `tasks`, or a
 * prompt that is its task's own.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { parseReworded } from "./reworded.ts";
 * import type { Task } from "../records/task.ts";
 *
 * const tasks = [{ task: 1, prompt: "A cell divides." }] as Task[];
 * const [task] = parseReworded('{ "1": "One cell becomes two." }', tasks, "reworded.json");
 * assertEquals(task, { ...tasks[0], prompt: "One cell becomes two." });
 * ```
 */
export function parseReworded(text: string, tasks: readonly Task[], file: string): Task[] {
  const refuse = (what: string): never => {
    throw new InputError(`Cannot read ${file}: ${what}`);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    refuse(`not JSON (${messageOf(error)})`);
  }
  const parsed = rewordedSchema.safeParse(json);
  if (!parsed.success) {
    const problems = parsed.error.issues.slice(0, 8)
      .map(({ path, message }) => `${path.join(".") || "whole"}: ${message}`);
    return refuse(problems.join("; "));
  }
  const prompts = new Map(
    Object.entries(parsed.data).map(([task, prompt]) => [Number(task), prompt]),
  );
  const unknown = [...prompts.keys()].filter((number) =>
    !tasks.some(({ task }) => task === number)
  );
  if (unknown.length > 0) {
    refuse(`there is no task ${unknown.join(", ")}; expected numbers of the benchmark's tasks`);
  }
  const reworded = tasks.filter(({ task }) => prompts.has(task));
  const same = reworded.filter(({ task, prompt }) => prompts.get(task) === prompt.trim());
  if (same.length > 0) {
    refuse(`task ${same.map(({ task }) => task).join(", ")} has its own prompt; expected another`);
  }
  return reworded.map((task) => ({ ...task, prompt: prompts.get(task.task)! }));
}

/**
 * Reads a file of other wordings; see {@link parseReworded}. Null where there is no file.
 *
 * @throws {InputError} as there.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { readReworded } from "./reworded.ts";
 *
 * assertEquals(await readReworded("/tmp/no-such-file.json", []), null);
 * ```
 */
export async function readReworded(path: string, tasks: readonly Task[]): Promise<Task[] | null> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new InputError(`Cannot read ${path}: ${messageOf(error)}`);
  }
  return parseReworded(text, tasks, path);
}
