/** Files that the released evaluator wrote: which there are in a folder, and their entries. */
import { join } from "node:path";
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
    for await (const entry of Deno.readDir(folder)) {
      const { name } = entry;
      const isResult = !name.startsWith(".") && name.endsWith(SUFFIX);
      (isResult && await mayBeFile(folder, entry) ? files : others).push(name);
    }
  } catch (error) {
    throw new InputError(`Cannot read results from ${folder}: ${messageOf(error)}`);
  }
  if (files.length === 0) {
    throw new InputError(
      `Cannot read results from ${folder}: found no <model>${SUFFIX}; nothing was changed`,
    );
  }
  const notes = others.length === 0 ? [] : [
    `passed over, not <model>${SUFFIX}: ${
      someOf(others.sort().map((name) => JSON.stringify(name)))
    }`,
  ];
  return { files: files.sort(), notes };
}

/** Whether an entry is a file: a pipe or a device would never end. A link that leads nowhere is a file that is missing. */
async function mayBeFile(folder: string, entry: Deno.DirEntry): Promise<boolean> {
  if (!entry.isSymlink) return entry.isFile;
  try {
    return (await Deno.stat(join(folder, entry.name))).isFile;
  } catch {
    return true;
  }
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
  const list = parsePython(text);
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

/**
 * JSON as Python writes and reads it: also `NaN`, `Infinity` and `-Infinity`, which become numbers that
 * are not finite.
 *
 * @throws {InputError} for any other text.
 */
function parsePython(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // 1e999 is JSON, and beyond what a number can be.
    const finite = text.replace(
      /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g,
      (token) => token.startsWith('"') ? token : "1e999",
    );
    try {
      return JSON.parse(finite);
    } catch {
      throw new InputError(messageOf(error));
    }
  }
}

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** The beginning of a value, for a message. */
export function excerpt(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) return "NaN or Infinity";
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
