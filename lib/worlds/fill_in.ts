/** Filling in a rubric's criteria for a scene: its parameters in their texts and limits. */
import { InputError } from "../errors.ts";
import type { RubricCriterion, RubricValue } from "./rubric.ts";

/** The parameters of a scene. */
export type SceneParameters = Readonly<Record<string, string | number>>;

/**
 * Evaluates a value of a rubric for a scene.
 *
 * @throws {InputError} for a parameter that the scene lacks, or with an unusable value.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { valueOf } from "./fill_in.ts";
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

/**
 * Rounds to a number of decimals; exact ties, possible only for exact binary fractions, go to even.
 */
function roundTo(value: number, decimals: number): number {
  const scaled = value * 10 ** decimals;
  const ties = Number.isInteger(value * 2 ** 20) && Math.abs(scaled % 1) === 0.5;
  if (!ties) return Number(value.toFixed(decimals));
  const below = Math.floor(scaled);
  return (below % 2 === 0 ? below : below + 1) / 10 ** decimals;
}

/** A criterion with its text and limits filled in for a scene. */
export interface FilledCriterion {
  text: string;
  /** The measure with its arguments, limits and unit. */
  probe: Record<string, string | number>;
}

/**
 * Fills in a criterion for a scene.
 *
 * @throws {InputError} naming the criterion, for a parameter that the scene lacks.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { fillIn } from "./fill_in.ts";
 * import type { RubricCriterion } from "./rubric.ts";
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
