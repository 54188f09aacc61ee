/** Custom benchmarks: a user's own prompts and rubrics, in the released format. */
import { basename } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../errors.ts";
import { LARGEST } from "../numbers.ts";
import { type Criterion, DIMENSIONS } from "../records/criterion.ts";
import { SCALES, type Task } from "../records/task.ts";
import type { Benchmark } from "./benchmark.ts";
import { readBlock } from "./block.ts";
import { placed } from "./keys.ts";
import type { Scene } from "./mini.ts";
import { ownName } from "./own_name.ts";

const block = z.record(z.string(), z.unknown());
const text = z.string().min(1);

/**
 * A task in the released format. Fields that the release keeps in another file or lacks are
 * optional: the scale and, for a simulated world, its name and parameters; a block may hold probes
 * (`p1`, …).
 */
const taskSchema = z.looseObject({
  index: z.int().min(1).max(LARGEST),
  task: text.describe("prompt"),
  requirement: text,
  scale: z.enum(SCALES).optional(),
  world: text.optional(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  rubrics_scientific: block,
  rubrics_visual: block,
  rubrics_instruction: block,
});

/** A file of tasks in the released format; `data/mini/schema.json` is this as JSON Schema. */
export const ownBenchmarkSchema = z.array(taskSchema).min(1);

/** A custom benchmark, with the scenes of tasks that name a world. */
export interface OwnBenchmark {
  benchmark: Benchmark;
  scenes?: Map<number, Scene>;
}

/**
 * A benchmark from the text of a file in the released format (like `MWBenchRubrics_norm.json`: a
 * list of tasks with `index`, `task`, `requirement` and three blocks; `任务` and `具体要求` are read as
 * the latter two). It is named after its file, see {@link ownName}. The format has no scales: tasks without one are
 * excluded from the means per scale.
 *
 * @param path The file's path, which also names the benchmark.
 * @throws {InputError} for malformed text, naming task and field, and for duplicate task numbers.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { parseOwnBenchmark } from "./own.ts";
 *
 * const rubrics = { d1: "Two daughters remain.", s1: "+1", w1: 1 };
 * const { benchmark } = parseOwnBenchmark(JSON.stringify([{
 *   index: 1, task: "A cell divides.", requirement: "One cell becomes two.",
 *   rubrics_scientific: rubrics, rubrics_visual: rubrics, rubrics_instruction: rubrics,
 * }]), "/my/cells.json");
 * assertEquals([benchmark.name, benchmark.criteria.length], ["cells", 3]);
 * ```
 */
export function parseOwnBenchmark(content: string, path: string): OwnBenchmark {
  const name = ownName(path);
  const entries = parseEntries(content, path);
  const tasks: Task[] = [];
  const criteria: Omit<Criterion, "id" | "place">[] = [];
  const scenes = new Map<number, Scene>();
  for (const entry of entries) {
    const { index, scale = "", world, parameters = {} } = entry;
    if (tasks.some(({ task }) => task === index)) {
      throw new InputError(`Cannot read ${path}: task ${index}, index: used twice`);
    }
    const source = world === undefined ? basename(path) : `world:${world}`;
    const { task: prompt, requirement } = entry;
    tasks.push({ benchmark: name, task: index, scale, prompt, requirement, source });
    if (world !== undefined) scenes.set(index, { world, parameters });
    for (const dimension of DIMENSIONS) {
      const where = `${path} ${index}/${dimension}`;
      const own = readBlock(entry[`rubrics_${dimension}`], where);
      if (own.length === 0) {
        throw new InputError(`Cannot read rubric ${where}: it is empty; expected d1, s1, w1, …`);
      }
      criteria.push(...own.map(({ number, description, sign, weight, probe }) => ({
        benchmark: name,
        task: index,
        dimension,
        criterion: number,
        description,
        sign,
        weight,
        raw_weight: weight,
        probe: probe === undefined ? "" : JSON.stringify(probe),
      })));
    }
  }
  const benchmark = { name, tasks, criteria: placed(criteria) };
  return { benchmark, ...(scenes.size > 0 ? { scenes } : {}) };
}

function parseEntries(content: string, path: string): z.output<typeof ownBenchmarkSchema> {
  let json: unknown;
  try {
    // Some editors on Windows write a byte order mark.
    json = JSON.parse(content.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new InputError(`Cannot read ${path}: not JSON (${messageOf(error)})`);
  }
  if (!Array.isArray(json) || json.length === 0) {
    throw new InputError(`Cannot read ${path}: expected a list of tasks in the released format`);
  }
  const parsed = ownBenchmarkSchema.safeParse(json.map(inEnglish));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 8).map(({ path, message }) => {
    const [entry, ...field] = path;
    return `${entryLabel(json, Number(entry))}, ${field.join(".") || "whole"}: ${message}`;
  });
  throw new InputError(`Cannot read ${path}: ${problems.join("; ")}`);
}

/** The released normalised file has these two keys in Chinese. */
function inEnglish(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null) return entry;
  const { 任务: task, 具体要求: requirement, ...rest } = entry as Record<string, unknown>;
  return {
    ...rest,
    ...(task === undefined ? {} : { task }),
    ...(requirement === undefined ? {} : { requirement }),
  };
}

/** `task 7` if the entry has a valid index, otherwise `entry 3`, counted from 1. */
function entryLabel(list: readonly unknown[], entry: number): string {
  const named = z.looseObject({ index: z.number() }).safeParse(list[entry]);
  return named.success ? `task ${named.data.index}` : `entry ${entry + 1}`;
}

/**
 * Reads a custom benchmark from a file; see {@link parseOwnBenchmark}.
 *
 * @throws {InputError} also for a file that cannot be read.
 */
export async function readOwnBenchmark(path: string): Promise<OwnBenchmark> {
  let content: string;
  try {
    content = await Deno.readTextFile(path);
  } catch (error) {
    const problem = error instanceof Deno.errors.NotFound ? "no such file" : messageOf(error);
    throw new InputError(`Cannot read the benchmark ${path}: ${problem}`);
  }
  return parseOwnBenchmark(content, path);
}
