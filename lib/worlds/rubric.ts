/** Rubrics of worlds: criteria, tasks, and the effects of violations on the criteria. */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { type Dimension, DIMENSIONS } from "../records/criterion.ts";
import { type Scale, SCALES } from "../records/task.ts";
import { worldFile } from "./registry.ts";
import { zodText } from "../zod_text.ts";

/**
 * A number or word: a literal, or derived from a parameter of the scene: `times`, then `plus`, then
 * rounded to `decimals` (ties to even), or looked up in `of`.
 */
export type RubricValue =
  | number
  | string
  | { parameter: string; times?: number; plus?: number; decimals?: number }
  | { parameter: string; of: Record<string, number | string> };

/** A criterion before its text and limits are filled in for a scene. */
export interface RubricCriterion {
  /** A permanent identifier, such as `no-slip`. */
  id: string;
  /** The dimension that it belongs to. */
  dimension: Dimension;
  /** With parameters, and `words`, in braces. */
  text: string;
  /** Words of the text in addition to parameters. */
  words?: Record<string, RubricValue>;
  /** −1 for a penalty. */
  sign: 1 | -1;
  /** The weight earned or lost by meeting it. */
  weight: 1 | 0.5 | 0.2;
  /** The measure used by the probe. */
  measure: string;
  /** The measure's arguments. */
  args?: Record<string, RubricValue>;
  /** The minimum that counts as met. */
  min?: RubricValue;
  /** The maximum that counts as met. */
  max?: RubricValue;
  /** The measure's unit. */
  unit: string;
}

/** A task of a world: a prompt and its scene. */
export interface RubricTask {
  /** Its number in the benchmark. */
  task: number;
  /** The text given to the video model. */
  prompt: string;
  /** The text given to the judge along with the prompt. */
  requirement: string;
  /** The scene. */
  parameters: Record<string, string | number>;
}

/** A criterion affected by a violation or control. */
export interface RubricEffect {
  /** The criterion's id. */
  id: string;
  /** The reason. */
  because: string;
}

/** A world's rubric, as in `rubric.json`. */
export interface Rubric {
  /** The world's name. */
  world: string;
  /** The physical scale of its content. */
  scale: Scale;
  /** Without duplicates. */
  criteria: RubricCriterion[];
  /** The tasks of the embedded benchmark with this world. */
  tasks: RubricTask[];
  /** The criteria that each violation breaks or may break. */
  violations: Record<string, { broken: RubricEffect[]; uncertain: RubricEffect[] }>;
  /** The criteria that each control breaks. */
  controls: Record<Control, { broken: RubricEffect[] }>;
}

const parameter = z.string().min(1).describe("a parameter of the world");

const valueSchema: z.ZodType<RubricValue> = z.union([
  z.number(),
  z.string(),
  z.strictObject({
    parameter,
    times: z.number().optional(),
    plus: z.number().optional(),
    decimals: z.int().min(0).max(9).optional(),
  }),
  z.strictObject({ parameter, of: z.record(z.string(), z.union([z.number(), z.string()])) }),
]);

const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "expected an id such as no-slip");

const criterionSchema = z.strictObject({
  id,
  dimension: z.enum(DIMENSIONS),
  text: z.string().min(1).describe("parameters, and words below, in braces"),
  words: z.record(z.string(), valueSchema).optional(),
  sign: z.union([z.literal(1), z.literal(-1)]),
  weight: z.union([z.literal(1), z.literal(0.5), z.literal(0.2)]),
  measure: z.string().min(1),
  args: z.record(z.string(), valueSchema).optional(),
  min: valueSchema.optional(),
  max: valueSchema.optional(),
  unit: z.string().min(1),
}).refine((c) => c.min !== undefined || c.max !== undefined, "min or max is needed");

const taskSchema = z.strictObject({
  task: z.int().min(1),
  prompt: z.string().min(1),
  requirement: z.string().min(1),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
});

const effect = z.strictObject({ id, because: z.string().min(1) });
const controlSchema = z.strictObject({ broken: z.array(effect).min(1) });

/** Clips that no judge should accept, for any world. */
export const CONTROLS = ["blank", "frozen", "shuffled"] as const;

/** The name of a control. */
export type Control = typeof CONTROLS[number];

const rubricSchema: z.ZodType<Rubric> = z.strictObject({
  world: z.string().min(1),
  scale: z.enum(SCALES),
  criteria: z.array(criterionSchema).min(1),
  tasks: z.array(taskSchema).min(1),
  violations: z.record(
    z.string(),
    z.strictObject({ broken: z.array(effect).min(1), uncertain: z.array(effect) }),
  ),
  controls: z.strictObject({
    blank: controlSchema,
    frozen: controlSchema,
    shuffled: controlSchema,
  }),
}).superRefine(({ criteria, tasks, violations, controls }, context) => {
  const problem = (message: string) => context.addIssue({ code: "custom", message });
  const duplicates = (names: readonly (string | number)[]) =>
    names.filter((name, i) => names.indexOf(name) !== i);
  const ids = criteria.map((criterion) => criterion.id);
  for (const name of duplicates(ids)) problem(`criterion ${name} is used twice`);
  for (const name of duplicates(tasks.map(({ task }) => task))) {
    problem(`task ${name} is used twice`);
  }
  const kinds = [...Object.entries(violations), ...Object.entries(controls)];
  for (const [kind, effects] of kinds) {
    const named = Object.values(effects).flat().map((each) => each.id);
    for (const name of named) {
      if (!ids.includes(name)) problem(`${kind}: unknown criterion ${name}`);
    }
    for (const name of duplicates(named)) problem(`${kind}: ${name} is used twice`);
  }
});

/**
 * Parses a rubric.
 *
 * @param file Its name, for error messages.
 * @throws {InputError} naming the file and every invalid field.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { parseRubric } from "./rubric.ts";
 *
 * await assertInputError(() => parseRubric("{}", "rubric.json"), "rubric.json", "scale");
 * ```
 */
export function parseRubric(text: string, file: string): Rubric {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InputError(`Cannot read ${file}: it is not JSON`);
  }
  const parsed = rubricSchema.safeParse(json);
  if (!parsed.success) {
    throw new InputError(`Cannot read ${file}: ${zodText(parsed.error)}`);
  }
  return parsed.data;
}

/** A world's rubric, by the world's name. */
export async function openRubric(world: string): Promise<Rubric> {
  const file = worldFile(world, "rubric.json");
  const rubric = parseRubric(await Deno.readTextFile(file), `${world}/rubric.json`);
  if (rubric.world !== world) {
    throw new InputError(
      `Cannot use ${world}/rubric.json: it belongs to the world ${rubric.world}`,
    );
  }
  return rubric;
}
