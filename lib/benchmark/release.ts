/**
 * MicroWorldBench as released: three files, keys in two languages, weights as strings or numbers.
 */
import { basename, join } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../errors.ts";
import { type BlockEntry, readBlock } from "./block.ts";
import { placed } from "./keys.ts";
import type { Benchmark } from "./benchmark.ts";
import { type Criterion, type Dimension, DIMENSIONS } from "../records/criterion.ts";
import type { Scale } from "../records/task.ts";

/** The role of each released file. */
export const RELEASE_FILES = {
  /** Weights before normalisation; the released evaluator builds its prompts from this file. */
  raw: "MWBenchRubrics.json",
  /** Weights used by the released scorer. */
  normalised: "MWBenchRubrics_norm.json",
  /** Source, scale and label confidence of each task. */
  labels: "finaltasks.json",
} as const;

/** A task of one of the two rubric files. */
export interface RubricTask {
  /** The task's number. */
  index: number;
  /** The text given to the video model. */
  prompt: string;
  /** The text given to the judge along with it. */
  requirement: string;
  /** The keys of prompt and requirement in the file. */
  keys: readonly [string, string];
  /** Criteria by dimension, as in the file. */
  blocks: Record<Dimension, BlockEntry[]>;
}

/** A task of the label file. */
export interface TaskLabel {
  /** The task's number. */
  index: number;
  /** Title and URL of the source video. */
  source: string;
  /** The scale. */
  scale: Scale;
  /** The label's confidence as released, 0–10. */
  confidence: number;
  /** The coarse category assigned before the label: `organ`, or `cell or molecule`. */
  category: string;
}

/** The three parsed files, with tasks in file order. */
export interface Release {
  /** The file of weights before normalisation. */
  raw: RubricTask[];
  /** The file of normalised weights. */
  normalised: RubricTask[];
  /** The file of sources and scales. */
  labels: TaskLabel[];
}

const text = z.string().min(1);
const index = z.int().positive();
const block = z.record(z.string(), z.unknown());
const rubrics = {
  index,
  rubrics_scientific: block,
  rubrics_visual: block,
  rubrics_instruction: block,
};
const rubricTask = z.union([
  z.object({ ...rubrics, task: text, requirement: text }),
  z.object({ ...rubrics, 任务: text, 具体要求: text }),
], { error: "expected task and requirement, or 任务 and 具体要求, and three rubrics_… blocks" });

const SCALE_OF_LABEL: Record<string, Scale> = {
  "Organ-level": "organ",
  "Cellular-level": "cell",
  "Subcellular-level": "subcellular",
};
const CATEGORIES: Record<string, string> = { 器官: "organ", 细胞或分子: "cell or molecule" };
const label = z.object({
  index,
  id: text,
  类别: z.string(),
  final_label: z.enum(Object.keys(SCALE_OF_LABEL)),
  classification_confidence: z.number().min(0).max(10),
});

/**
 * Reads the released files from a folder.
 *
 * @throws {InputError} naming the file, task and field that is missing or malformed, a duplicate
 * task number, or tasks present in one file only.
 */
export async function readRelease(folder: string): Promise<Release> {
  const raw = await readList(join(folder, RELEASE_FILES.raw), rubricTask);
  const normalised = await readList(join(folder, RELEASE_FILES.normalised), rubricTask);
  const labels = await readList(join(folder, RELEASE_FILES.labels), label);
  const wanted = raw.map((task) => task.index);
  for (
    const [file, list] of [[RELEASE_FILES.normalised, normalised], [
      RELEASE_FILES.labels,
      labels,
    ]] as const
  ) {
    const found = new Set(list.map((task) => task.index));
    const missing = wanted.filter((number) => !found.has(number));
    const extra = [...found].filter((number) => !wanted.includes(number));
    if (missing.length + extra.length > 0) {
      throw new InputError(
        `Cannot join ${file} with ${RELEASE_FILES.raw} in ${folder}: ` +
          `tasks ${missing.join(", ") || "none"} are missing, ${
            extra.join(", ") || "none"
          } are extra`,
      );
    }
  }
  return {
    raw: raw.map((task) => rubricOf(task, RELEASE_FILES.raw)),
    normalised: normalised.map((task) => rubricOf(task, RELEASE_FILES.normalised)),
    labels: labels.map((task) => ({
      index: task.index,
      source: task.id,
      scale: SCALE_OF_LABEL[task.final_label],
      confidence: task.classification_confidence,
      category: CATEGORIES[task.类别] ?? task.类别,
    })),
  };
}

/**
 * The released files as a benchmark: keys, signs and texts as released, `weight` from the
 * normalised file, `raw_weight` from the other, scale and source from the labels.
 *
 * @throws {InputError} if a criterion of one rubric file is missing from the other.
 */
export function releaseBenchmark(release: Release): Benchmark {
  const labels = new Map(release.labels.map((task) => [task.index, task]));
  const raw = new Map(release.raw.map((task) => [task.index, task]));
  const criteria: Omit<Criterion, "id" | "place">[] = [];
  for (const task of release.normalised) {
    for (const dimension of DIMENSIONS) {
      const rawBlock = raw.get(task.index)!.blocks[dimension];
      for (const entry of task.blocks[dimension]) {
        const twin = rawBlock.find((candidate) => candidate.number === entry.number);
        if (!twin) {
          throw new InputError(
            `Cannot join rubric ${task.index}/${dimension}: d${entry.number} of ` +
              `${RELEASE_FILES.normalised} is missing from ${RELEASE_FILES.raw}`,
          );
        }
        criteria.push({
          benchmark: "release",
          task: task.index,
          dimension,
          criterion: entry.number,
          description: entry.description,
          sign: entry.sign,
          weight: entry.weight,
          raw_weight: twin.weight,
          probe: "",
        });
      }
    }
  }
  const tasks = release.normalised.map(({ index, prompt, requirement }) => {
    const { scale, source } = labels.get(index)!;
    return { benchmark: "release", task: index, scale, prompt, requirement, source };
  });
  return { name: "release", tasks, criteria: placed(criteria) };
}

function rubricOf(task: z.infer<typeof rubricTask>, file: string): RubricTask {
  const [prompt, requirement, keys] = "task" in task
    ? [task.task, task.requirement, ["task", "requirement"] as const]
    : [task.任务, task.具体要求, ["任务", "具体要求"] as const];
  const blocks = Object.fromEntries(
    DIMENSIONS.map((dimension) => [
      dimension,
      readBlock(task[`rubrics_${dimension}`], `${file} ${task.index}/${dimension}`),
    ]),
  ) as Record<Dimension, BlockEntry[]>;
  return { index: task.index, prompt, requirement, keys, blocks };
}

async function readList<T extends { index: number }>(
  path: string,
  schema: z.ZodType<T>,
): Promise<T[]> {
  const file = basename(path);
  let list: unknown;
  try {
    list = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    const problem = error instanceof Deno.errors.NotFound ? "no such file" : messageOf(error);
    throw new InputError(`Cannot read ${path}: ${problem}`);
  }
  if (!Array.isArray(list) || list.length === 0) {
    throw new InputError(`Cannot read ${path}: expected a list of tasks`);
  }
  const seen = new Set<number>();
  return list.map((entry, row) => {
    const parsed = schema.safeParse(entry);
    if (!parsed.success) {
      const issues = parsed.error.issues.map(({ path, message }) =>
        path.length > 0 ? `${path.join(".")}: ${message}` : message
      );
      throw new InputError(
        `Cannot read ${file}, entry ${row + 1} (index ${entry?.index}): ${issues.join("; ")}`,
      );
    }
    if (seen.has(parsed.data.index)) {
      throw new InputError(
        `Cannot read ${file}, entry ${row + 1}: index ${parsed.data.index} is used twice`,
      );
    }
    seen.add(parsed.data.index);
    return parsed.data;
  });
}
