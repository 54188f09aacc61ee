/** Reworded prompts of the embedded benchmark, with unchanged criteria. */
import { z } from "zod";
import { InputError, messageOf } from "../errors.ts";
import type { Task } from "../records/task.ts";

/** A file of reworded prompts: `{ "1": "prompt", … }` by task number. Tasks may be omitted. */
const rewordedSchema = z.record(z.string(), z.string().trim().min(1, "expected a prompt"))
  .superRefine((prompts, context) => {
    const keys = Object.keys(prompts);
    if (keys.length === 0) {
      context.addIssue({ code: "custom", message: "expected at least one prompt" });
    }
    for (const key of keys.filter((key) => !/^[1-9]\d*$/.test(key))) {
      context.addIssue({
        code: "custom",
        path: [key],
        message: "expected a task number as the key",
      });
    }
  });

/**
 * The tasks reworded by a file, with their new prompts, by number.
 *
 * @param file The file's name, for error messages.
 * @throws {InputError} for malformed text, a task that is not among `tasks`, or a prompt identical
 * to the original.
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
    refuse(`unknown task ${unknown.join(", ")}; expected task numbers of the benchmark`);
  }
  const reworded = tasks.filter(({ task }) => prompts.has(task));
  const same = reworded.filter(({ task, prompt }) => prompts.get(task) === prompt.trim());
  if (same.length > 0) {
    refuse(
      `task ${
        same.map(({ task }) => task).join(", ")
      } repeats its original prompt; expected a different one`,
    );
  }
  return reworded.map((task) => ({ ...task, prompt: prompts.get(task.task)! }));
}

/**
 * Reads a file of reworded prompts; see {@link parseReworded}. Null if the file is missing.
 *
 * @throws {InputError} for a malformed file.
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
