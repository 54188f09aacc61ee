/** The embedded benchmark: tasks on simulated worlds whose criteria can be measured. */
import { z } from "zod";
import { InputError, messageOf } from "../errors.ts";
import { jsonFiles, type TextFile } from "../json_files.ts";
import { type Benchmark, scaleSchema } from "./benchmark.ts";
import { type Criterion, type Dimension, DIMENSIONS } from "../records/criterion.ts";

/** What a task's clips are simulated from. */
export interface Scene {
  /** Name of a simulated world. */
  world: string;
  /** The world's parameters; what is left out has the world's default. */
  parameters: Record<string, string | number>;
}

const probeSchema = z.looseObject({
  measure: z.string().min(1),
  unit: z.string().min(1),
  min: z.number().optional(),
  max: z.number().optional(),
}).refine((p) => p.min !== undefined || p.max !== undefined, "min or max is needed");

const signSchema = z.enum(["+1", "-1"]);
const weightSchema = z.union([z.literal(1), z.literal(0.5), z.literal(0.2)]);

/** The released benchmark's flat block, `d1, s1, w1, d2 …`, with the probe's binding as `p1`. */
const blockSchema = z.record(
  z.string().regex(/^[dswp][1-9][0-9]*$/),
  z.union([z.string(), z.number(), probeSchema]),
).superRefine((block, context) => {
  const numbers = Object.keys(block).filter((key) => key[0] === "d");
  if (numbers.length === 0) context.addIssue({ code: "custom", message: "no criterion d1" });
  const check = (key: string, schema: z.ZodType) => {
    const result = schema.safeParse(block[key]);
    if (result.success) return;
    context.addIssue({ code: "custom", path: [key], message: result.error.issues[0].message });
  };
  for (let n = 1; n <= numbers.length; n++) {
    check(`d${n}`, z.string().min(1));
    check(`s${n}`, signSchema);
    check(`w${n}`, weightSchema);
    if (block[`p${n}`] !== undefined) check(`p${n}`, probeSchema);
  }
  for (const key of Object.keys(block)) {
    if (Number(key.slice(1)) > numbers.length) {
      context.addIssue({ code: "custom", path: [key], message: `expected d1–d${numbers.length}` });
    }
  }
});

const taskSchema = z.strictObject({
  index: z.int().min(1),
  task: z.string().min(1).describe("prompt"),
  requirement: z.string().min(1),
  scale: scaleSchema,
  world: z.string().min(1),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  rubrics_scientific: blockSchema,
  rubrics_visual: blockSchema,
  rubrics_instruction: blockSchema,
});

/** A file of `data/mini/tasks/`, one a world; `data/mini/schema.json` is this as JSON Schema. */
export const miniSchema = z.array(taskSchema).min(1);

/** The embedded benchmark, and its scenes by task number. */
export interface Mini {
  benchmark: Benchmark;
  scenes: Map<number, Scene>;
}

/**
 * The embedded benchmark from the texts of its files, tasks by number.
 *
 * @throws {InputError} naming file, task and field where something is missing, mistyped or numbered
 * twice.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { parseMini } from "./mini.ts";
 *
 * const file = { file: "mitosis.json", text: "[{}]" };
 * await assertInputError(() => parseMini([file]), "mitosis.json", "entry 1", "scale");
 * ```
 */
export function parseMini(files: readonly TextFile[]): Mini {
  const benchmark: Benchmark = { name: "mini", tasks: [], criteria: [] };
  const entries = files.flatMap((each) =>
    parseEntries(each).map((entry) => ({ entry, file: each.file }))
  ).toSorted((a, b) => a.entry.index - b.entry.index);
  const scenes = new Map<number, Scene>();
  for (const { entry, file } of entries) {
    if (scenes.has(entry.index)) {
      throw new InputError(`Cannot read ${file}: task ${entry.index}, index: used twice`);
    }
    scenes.set(entry.index, { world: entry.world, parameters: entry.parameters });
    benchmark.tasks.push({
      benchmark: "mini",
      task: entry.index,
      scale: entry.scale,
      prompt: entry.task,
      requirement: entry.requirement,
      source: `world:${entry.world}`,
    });
    for (const dimension of DIMENSIONS) {
      benchmark.criteria.push(
        ...criteriaOf(entry.index, dimension, entry[`rubrics_${dimension}`]),
      );
    }
  }
  return { benchmark, scenes };
}

function parseEntries({ file, text }: TextFile): z.output<typeof miniSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(`Cannot read ${file}: not JSON (${messageOf(error)})`);
  }
  const parsed = miniSchema.safeParse(json);
  if (!parsed.success) {
    const problems = parsed.error.issues.slice(0, 8).map(({ path, message }) => {
      const [entry, ...field] = path;
      if (typeof entry !== "number") return message;
      return `${placeOf(json, entry)}, ${field.join(".") || "whole"}: ${message}`;
    });
    throw new InputError(`Cannot read ${file}: ${problems.join("; ")}`);
  }
  return parsed.data;
}

/** `task 7` where the entry says its index, else `entry 3`, counted from 1. */
function placeOf(json: unknown, entry: number): string {
  const index = z.array(z.unknown()).parse(json)[entry];
  const named = z.looseObject({ index: z.number() }).safeParse(index);
  return named.success ? `task ${named.data.index}` : `entry ${entry + 1}`;
}

function criteriaOf(
  task: number,
  dimension: Dimension,
  block: z.output<typeof blockSchema>,
): Criterion[] {
  const count = Object.keys(block).filter((key) => key[0] === "d").length;
  return Array.from({ length: count }, (_, i) => {
    const n = i + 1;
    const weight = Number(block[`w${n}`]);
    const probe = block[`p${n}`];
    return {
      benchmark: "mini",
      task,
      dimension,
      criterion: n,
      description: String(block[`d${n}`]),
      sign: block[`s${n}`] === "-1" ? -1 : 1,
      weight,
      raw_weight: weight,
      probe: probe === undefined ? "" : JSON.stringify(probe),
    };
  });
}

/**
 * Reads the embedded benchmark; see {@link parseMini}.
 *
 * @param folder Its files, `WORLD.json`.
 * @throws {InputError} for a folder without files, too.
 * @example
 * ```ts
 * import { fileURLToPath } from "node:url";
 * import { assertEquals } from "../testing/assert.ts";
 * import { readMini } from "./mini.ts";
 *
 * const folder = fileURLToPath(new URL("../../data/mini/tasks", import.meta.url));
 * const { benchmark, scenes } = await readMini(folder);
 * assertEquals(benchmark.tasks[0].source, `world:${scenes.get(1)!.world}`);
 * ```
 */
export async function readMini(folder: string): Promise<Mini> {
  return parseMini(await jsonFiles(folder, "the embedded benchmark"));
}
