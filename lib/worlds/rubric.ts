/** A world's rubric: its criteria once each, its tasks, and what violations do to the criteria. */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES } from "../records/task.ts";
import { worldFile } from "./registry.ts";

const parameter = z.string().min(1).describe("a parameter of the world");

/**
 * A number or word: as it stands, or worked out from a parameter of the scene: `times`, then `plus`,
 * then rounded to so many `decimals` (a tie to the even digit), or looked up in `of`.
 */
const valueSchema = z.union([
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

/** See {@link valueOf}. */
export type RubricValue = z.output<typeof valueSchema>;

const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "expected an id such as no-slip");

const criterionSchema = z.strictObject({
  id,
  dimension: z.enum(DIMENSIONS),
  text: z.string().min(1).describe("parameters, and words below, stand in braces"),
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

/** Clips that no judge should take for the true thing, whatever the world. */
export const CONTROLS = ["blank", "frozen", "shuffled"] as const;

/** One of them. */
export type Control = typeof CONTROLS[number];

/** `rubric.json`. */
const rubricSchema = z.strictObject({
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
  const twice = (names: readonly (string | number)[]) =>
    names.filter((name, i) => names.indexOf(name) !== i);
  const ids = criteria.map((criterion) => criterion.id);
  for (const name of twice(ids)) problem(`criterion ${name} is there twice`);
  for (const name of twice(tasks.map(({ task }) => task))) problem(`task ${name} is there twice`);
  const kinds = [...Object.entries(violations), ...Object.entries(controls)];
  for (const [kind, effects] of kinds) {
    const named = Object.values(effects).flat().map((each) => each.id);
    for (const name of named) if (!ids.includes(name)) problem(`${kind}: no criterion is ${name}`);
    for (const name of twice(named)) problem(`${kind}: ${name} is there twice`);
  }
});

/** A world's rubric. */
export type Rubric = z.output<typeof rubricSchema>;
/** A criterion before a scene fills in its text and limits. */
export type RubricCriterion = Rubric["criteria"][number];

/** The parameters of a scene. */
export type SceneParameters = Readonly<Record<string, string | number>>;

/**
 * Reads a rubric from its text.
 *
 * @param file Its name, for errors.
 * @throws {InputError} naming the file and every field that is not as expected.
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
    throw new InputError(`Cannot read ${file}: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** A world's rubric by the world's name. */
export async function openRubric(world: string): Promise<Rubric> {
  const file = worldFile(world, "rubric.json");
  const rubric = parseRubric(await Deno.readTextFile(file), `${world}/rubric.json`);
  if (rubric.world !== world) {
    throw new InputError(`Cannot use ${world}/rubric.json: it is of the world ${rubric.world}`);
  }
  return rubric;
}

/**
 * What a value of a rubric is in a scene.
 *
 * @throws {InputError} for a parameter that the scene lacks, or has in a form that the value cannot use.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { valueOf } from "./rubric.ts";
 *
 * const scene = { period_s: 1.1, cell: "macrophage" };
 * assertEquals(valueOf({ parameter: "period_s", times: 0.88, decimals: 3 }, scene), 0.968);
 * assertEquals(valueOf({ parameter: "cell", of: { macrophage: 15 } }, scene), 15);
 * ```
 */
export function valueOf(value: RubricValue, scene: SceneParameters): string | number {
  if (typeof value !== "object") return value;
  const given = scene[value.parameter];
  if (given === undefined) {
    throw new InputError(`the scene has no parameter ${value.parameter}`);
  }
  if ("of" in value) {
    if (Object.hasOwn(value.of, String(given))) return value.of[String(given)];
    throw new InputError(
      `${value.parameter} is ${given}; expected one of ${Object.keys(value.of).join(", ")}`,
    );
  }
  const { times = 1, plus = 0, decimals } = value;
  if (times === 1 && plus === 0 && decimals === undefined) return given;
  if (typeof given !== "number") {
    throw new InputError(`${value.parameter} is ${given}; expected a number`);
  }
  const worked = given * times + plus;
  return decimals === undefined ? worked : roundTo(worked, decimals);
}

/** Rounds to so many decimals; only what a binary fraction holds exactly can tie, to the even digit. */
function roundTo(value: number, decimals: number): number {
  const scaled = value * 10 ** decimals;
  const ties = Number.isInteger(value * 2 ** 20) && Math.abs(scaled % 1) === 0.5;
  if (!ties) return Number(value.toFixed(decimals));
  const below = Math.floor(scaled);
  return (below % 2 === 0 ? below : below + 1) / 10 ** decimals;
}

/** A criterion with its text and limits as a scene makes them. */
export interface FilledCriterion {
  text: string;
  /** The measure, its arguments, limits and unit. */
  probe: Record<string, string | number>;
}

/**
 * Fills a criterion in for a scene.
 *
 * @throws {InputError} naming the criterion, for a parameter that the scene lacks.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { fillIn, type RubricCriterion } from "./rubric.ts";
 *
 * const period: RubricCriterion = {
 *   id: "period", dimension: "instruction", text: "It opens about every {period_s} s.",
 *   sign: 1, weight: 0.5, measure: "valve-period", unit: "s",
 *   min: { parameter: "period_s", times: 0.5 },
 * };
 * const { text, probe } = fillIn(period, { period_s: 3 });
 * assertEquals([text, probe.min], ["It opens about every 3 s.", 1.5]);
 * ```
 */
export function fillIn(criterion: RubricCriterion, scene: SceneParameters): FilledCriterion {
  const { id, words = {}, args = {}, measure, min, max, unit } = criterion;
  try {
    const text = criterion.text.replace(
      /\{(\w+)\}/g,
      (_, name) => String(valueOf(words[name] ?? { parameter: name }, scene)),
    );
    const filled = Object.entries(args).map(([name, value]) => [name, valueOf(value, scene)]);
    const limits = Object.entries({ min, max }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, valueOf(value, scene)]]
    );
    return { text, probe: { measure, ...Object.fromEntries([...filled, ...limits]), unit } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`Cannot fill in the criterion ${id}: ${error.message}`);
  }
}
