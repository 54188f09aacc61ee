/** Options: values that users type, each with its help text. */
import { z } from "zod";

/** An option's Zod schema. */
export interface OptionSchema {
  /** What help says of it: {@link OptionMeta}. */
  meta(): object | undefined;
}

/**
 * Options by name, as a Zod object: `z.object({ steps: count("Sampling steps.", 12) })`. Each is a schema
 * of the text as typed (`undefined` where it is left out; a boolean for one without a value) with
 * `meta({ value, help })`, as {@link OptionMeta} says.
 */
export interface OptionsSchema<Options = unknown> {
  /** Each option's own Zod schema. */
  readonly shape: Readonly<Record<string, OptionSchema>>;
  /** All options as understood. */
  parse(given: unknown): Options;
}

/** The help of an option. */
export interface OptionMeta {
  /** Placeholder for the value in help, such as `N`; absent for a switch. */
  value?: string;
  /** One line. */
  help: string;
  /** What leaving it out means, as it would be typed; where absent, the schema's own default. */
  initial?: string;
}

/**
 * A whole number of 1 or more.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { count } from "./options.ts";
 *
 * const steps = count("Sampling steps.", 12);
 * assertEquals([steps.parse("20"), steps.parse(undefined)], [20, 12]);
 * assertEquals(steps.safeParse("0").success, false);
 * ```
 */
export function count(help: string, initial: number): z.ZodType<number, string | undefined> {
  return described(positive.default(initial), { value: "N", help });
}

/** Like {@link count}, but undefined if absent. */
export function optionalCount(help: string): z.ZodType<number | undefined, string | undefined> {
  return described(positive.optional(), { value: "N", help });
}

/** A whole number of 0 or more, such as a seed. */
export function whole(help: string, initial: number): z.ZodType<number, string | undefined> {
  return described(natural.default(initial), { value: "N", help });
}

/** A number. */
export function number(help: string, initial: number): z.ZodType<number, string | undefined> {
  return described(real.default(initial), { value: "X", help });
}

/** Text; undefined if absent. */
export function text(
  value: string,
  help: string,
): z.ZodType<string | undefined, string | undefined> {
  return described(nonEmpty.optional(), { value, help });
}

/**
 * One of a fixed set of words.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { choice } from "./options.ts";
 *
 * assertEquals(choice("Solver", ["euler", "adams"], "adams").parse(undefined), "adams");
 * ```
 */
export function choice<const Word extends string>(
  help: string,
  words: readonly Word[],
  initial: Word,
): z.ZodType<Word, string | undefined> {
  const schema = z.enum(words, `expected ${words.join(", ")}`).default(initial as never);
  const meta = { value: "NAME", help: `${help}: ${words.join(", ")}.` };
  return described(schema, meta) as z.ZodType<Word, string | undefined>;
}

/** A switch; off by default. */
export function flag(help: string): z.ZodType<boolean, boolean | undefined> {
  return described(z.boolean().default(false), { help });
}

/**
 * Words with commas between them, such as names of models.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { words } from "./options.ts";
 *
 * assertEquals(words("LIST", "Only these models.").parse("nano, wan"), ["nano", "wan"]);
 * ```
 */
export function words(
  value: string,
  help: string,
): z.ZodType<string[] | undefined, string | undefined> {
  return described(separated.optional(), { value, help });
}

const LIST = /^\d+(-\d+)?(,\d+(-\d+)?)*$/;
/** Numbers in one range; more are a mistake. */
const MOST_IN_RANGE = 1e5;

/**
 * Whole numbers and ranges, such as `1,4,7-9`, ascending and each once.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { numbers } from "./options.ts";
 *
 * assertEquals(numbers("Only these tasks.").parse("9,1-3"), [1, 2, 3, 9]);
 * assertEquals(numbers("Only these tasks.").safeParse("9-7").success, false);
 * ```
 */
export function numbers(help: string): z.ZodType<number[] | undefined, string | undefined> {
  return described(listed.optional(), { value: "LIST", help });
}

/**
 * The same with a list for where it is left out.
 *
 * @param initial As typed, such as `0-2`.
 */
export function numbersOr(
  help: string,
  initial: string,
): z.ZodType<number[], string | undefined> {
  return described(listed.prefault(initial), { value: "LIST", help, initial });
}

const listed = z.string().regex(LIST, "expected numbers such as 0-2 or 1,4,7-9")
  .transform((list, context) => {
    const all = new Set<number>();
    for (const part of list.split(",")) {
      const [from, to = from] = part.split("-").map(Number);
      if (to < from || to - from > MOST_IN_RANGE) {
        context.addIssue({ code: "custom", message: `${part} is not an ascending range` });
        return z.NEVER;
      }
      for (let n = from; n <= to; n++) all.add(n);
    }
    return [...all].sort((a, b) => a - b);
  });

/**
 * Whole numbers as they would be typed: the inverse of {@link numbers}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { listText } from "./options.ts";
 *
 * assertEquals(listText([9, 1, 2, 3, 5, 6]), "1-3,5-6,9");
 * ```
 */
export function listText(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const n of sorted) {
    const last = ranges.at(-1);
    if (last && n === last[1] + 1) last[1] = n;
    else ranges.push([n, n]);
  }
  return ranges.map(([from, to]) => to > from ? `${from}-${to}` : `${from}`).join(",");
}

/** Gives a new schema its help; `meta()` would make another schema, and help makes many. */
function described<Schema extends z.ZodType>(schema: Schema, meta: OptionMeta): Schema {
  z.globalRegistry.add(schema, { ...meta });
  return schema;
}

// Each is made once: making schemas takes most of the time of a command's help.
const nonEmpty = z.string().min(1, "expected a value");
const natural = z.string().regex(/^\d+$/, "expected a whole number").transform(Number);
const real = z.string().regex(/^-?\d+(\.\d+)?([eE]-?\d+)?$/, "expected a number").transform(Number);
const separated = z.string()
  .transform((list) => list.split(",").map((word) => word.trim()))
  .refine((list) => list.every((word) => word !== ""), "expected words with commas between them");
const positive = z.string().regex(/^[1-9]\d*$/, "expected a whole number of 1 or more")
  .transform(Number);

/** The help of an option, from its schema. */
export function metaOf(schema: z.ZodType): OptionMeta {
  const { value, help = "", initial } = (schema.meta() ?? {}) as Partial<OptionMeta>;
  return { value, help, initial };
}

/**
 * What leaving an option out means, as it would be typed; null where it means nothing, or off.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { count, flag, initialOf, numbersOr } from "./options.ts";
 *
 * const options = [count("Steps.", 12), flag("Anew."), numbersOr("Seeds.", "0-2")];
 * assertEquals(options.map(initialOf), ["12", null, "0-2"]);
 * ```
 */
export function initialOf(schema: z.ZodType): string | null {
  const { initial } = metaOf(schema);
  if (initial !== undefined) return initial;
  const { success, data } = schema.safeParse(undefined);
  return success && data !== undefined && data !== false ? String(data) : null;
}

/** Options as typed, by name: text, or true for one without a value. Those left out are not there. */
export type Given = Readonly<Record<string, string | true>>;

/** See {@link readOptions}. */
export interface ReadOptions<Options> {
  /** As understood, defaults included; only where nothing is wrong. */
  options: Options;
  /** What is wrong with them, a line each. */
  problems: string[];
}

/**
 * Understands options as typed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { count, readOptions } from "./options.ts";
 *
 * const { problems } = readOptions({ steps: count("Steps.", 12) }, { steps: "0" });
 * assertEquals(problems, ['--steps is "0": expected a whole number of 1 or more']);
 * ```
 */
export function readOptions<Shape extends Readonly<Record<string, z.ZodType>>>(
  shape: Shape,
  given: Given,
): ReadOptions<{ [Name in keyof Shape]: z.output<Shape[Name]> }> {
  const options: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, schema] of Object.entries(shape)) {
    const { success, data, error } = schema.safeParse(given[name]);
    if (success) options[name] = data;
    else {
      const expected = error.issues.map(({ message }) => message).join("; ");
      problems.push(`--${name} is ${JSON.stringify(given[name]) ?? "missing"}: ${expected}`);
    }
  }
  return { options: options as { [Name in keyof Shape]: z.output<Shape[Name]> }, problems };
}
