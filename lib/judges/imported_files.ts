/** Files that the released evaluator wrote: which there are in a folder, and their entries. */
import { z } from "zod";
import type { Benchmark } from "../benchmark/benchmark.ts";
import { InputError, messageOf } from "../errors.ts";
import { someOf } from "../numbers.ts";

/** How the name of such a file ends, after the model's. */
export const SUFFIX = "_result.json";

const entrySchema = z.looseObject({ index: z.int() });
/** What a file says of a task. */
export type Entry = z.infer<typeof entrySchema>;

/**
 * The names of a folder's results, sorted, and a note of what was passed over.
 *
 * @throws {InputError} for a folder that cannot be read, or without results.
 */
export async function resultFiles(folder: string): Promise<{ files: string[]; notes: string[] }> {
  const files: string[] = [];
  const others: string[] = [];
  try {
    for await (const { name, isFile, isSymlink } of Deno.readDir(folder)) {
      const isResult = (isFile || isSymlink) && !name.startsWith(".") && name.endsWith(SUFFIX);
      (isResult ? files : others).push(name);
    }
  } catch (error) {
    throw new InputError(`Cannot read results from ${folder}: ${messageOf(error)}`);
  }
  if (files.length === 0) {
    throw new InputError(`Cannot read results from ${folder}: found no <model>${SUFFIX}`);
  }
  const notes = others.length === 0 ? [] : [
    `passed over, not <model>${SUFFIX}: ${
      someOf(others.sort().map((name) => JSON.stringify(name)))
    }`,
  ];
  return { files: files.sort(), notes };
}

/**
 * A file's text.
 *
 * @throws {InputError} where it cannot be read, or is not UTF-8.
 */
export async function textOf(path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (error) {
    throw new InputError(error instanceof TypeError ? "it is not UTF-8" : messageOf(error));
  }
}

/**
 * The entries of a file by their tasks.
 *
 * @throws {InputError} for what is no list of entries of the benchmark's tasks, each once.
 */
export function readEntries(text: string, benchmark: Benchmark): Map<number, Entry> {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new InputError(messageOf(error));
  }
  if (!Array.isArray(list)) {
    throw new InputError(`found ${kindOf(list)}; expected a list of results`);
  }
  const known = new Set(benchmark.tasks.map(({ task }) => task));
  const entries = new Map<number, Entry>();
  const problems: string[] = [];
  for (const [row, item] of list.entries()) {
    const parsed = entrySchema.safeParse(item);
    if (!parsed.success) {
      problems.push(`entry ${row + 1}: index is ${excerpt(item?.index)}; expected a number`);
    } else if (!known.has(parsed.data.index)) {
      problems.push(
        `entry ${row + 1}: index ${parsed.data.index} is not a task of ${benchmark.name}`,
      );
    } else if (entries.has(parsed.data.index)) {
      problems.push(`entry ${row + 1}: index ${parsed.data.index} stands twice`);
    } else entries.set(parsed.data.index, parsed.data);
  }
  if (problems.length > 0) throw new InputError(someOf(problems, 5));
  if (entries.size === 0) throw new InputError("it is an empty list; expected results");
  return entries;
}

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** The beginning of a value, for a message. */
export function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
