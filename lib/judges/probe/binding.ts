/** Reads a criterion's probe column: which measure, with which arguments, within which limits. */
import { z } from "zod";
import { InputError } from "../../errors.ts";
import { nearest } from "../../registry.ts";
import type { Measure } from "../../vision/measure.ts";
import { GROUPS } from "./registry.ts";

/** Every measure by the name used in bindings. */
export const MEASURES: Readonly<Record<string, Measure>> = Object.assign(
  {},
  ...GROUPS.map(({ measures }) => measures),
);

/** The file that defines a measure. */
export function fileOf(measure: string): URL | undefined {
  return GROUPS.find(({ measures }) => Object.hasOwn(measures, measure))?.file;
}

/** A measure, its arguments, and the limits (both included) within which a criterion is met. */
export interface Binding {
  name: string;
  measure: Measure;
  args: Record<string, unknown>;
  unit: string;
  min: number | undefined;
  max: number | undefined;
}

const bindingSchema = z.looseObject({
  measure: z.string(),
  unit: z.string(),
  min: z.number().optional(),
  max: z.number().optional(),
}).refine((b) => b.min !== undefined || b.max !== undefined, "min or max is needed");

/**
 * Reads a binding from the JSON of a criterion's probe column. Throws InputError, naming `where`,
 * for malformed text, an unknown measure, a unit other than the measure's, or invalid arguments.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../testing/assert.ts";
 * import { readBinding } from "./binding.ts";
 *
 * const text = '{"measure":"division-time","min":1,"max":2,"unit":"s"}';
 * assertEquals(readBinding(text, "task 5").max, 2);
 * await assertInputError(() => readBinding(text.replace('"s"', '"min"'), "task 5"), "task 5", "s");
 * ```
 */
export function readBinding(text: string, where: string): Binding {
  const fail = (problem: string): never => {
    throw new InputError(`Cannot read the probe of ${where}: ${problem}`);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    fail(`expected JSON, found ${text.slice(0, 60)}`);
  }
  const parsed = bindingSchema.safeParse(json);
  if (!parsed.success) return fail(describe(parsed.error));
  const { measure: name, unit, min, max, ...rest } = parsed.data;
  const measure = Object.hasOwn(MEASURES, name) ? MEASURES[name] : undefined;
  if (!measure) {
    const guess = nearest(name, Object.keys(MEASURES));
    return fail(
      `unknown measure ${name}${guess ? `; did you mean ${guess}?` : ""}\nExpected one of ` +
        Object.keys(MEASURES).join(", "),
    );
  }
  if ((min ?? -Infinity) > (max ?? Infinity)) fail(`${name}: min ${min} is above max ${max}`);
  if (measure.unit !== unit) fail(`${name} is in ${measure.unit}, the binding has ${unit}`);
  const args = measure.args.strict().safeParse(rest);
  if (!args.success) return fail(`${name}: ${describe(args.error)}`);
  return { name, measure, args: args.data, unit, min, max };
}

function describe(error: z.ZodError): string {
  return error.issues.map((i) => `${i.path.join(".") || "binding"}: ${i.message}`).join("; ");
}
