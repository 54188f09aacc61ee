/** Options: values that users type, each with its help text. */
import { z } from "zod";
import { messageOf } from "./errors.ts";
import { expandHome } from "./paths.ts";
import { type Bounds, LARGEST, listed, numeric, positive } from "./numbers.ts";

export { type Bounds, LARGEST, listText } from "./numbers.ts";

/** An option's Zod schema. */
export interface OptionSchema {
  /** Its help; see {@link OptionMeta}. */
  meta(): object | undefined;
}

/**
 * Options by name, as a Zod object: `z.object({ steps: count("Sampling steps.", 12) })`. Each is a
 * schema of the text as typed (`undefined` if absent; a boolean for a switch) with `meta({ value,
 * help })`; see {@link OptionMeta}.
 */
export interface OptionsSchema<Options = unknown> {
  /** Each option's own Zod schema. */
  readonly shape: Readonly<Record<string, OptionSchema>>;
  /** Parses all options. */
  parse(given: unknown): Options;
}

/** The help of an option. */
export interface OptionMeta {
  /** Placeholder for the value in help, such as `N`; absent for a switch. */
  value?: string;
  /** A one-line description. */
  help: string;
  /** The meaning of leaving it out, as it would be typed; by default the schema's own default. */
  initial?: string;
  /** Whether what is typed may hold a secret, which messages do not repeat. */
  secret?: boolean;
}

/**
 * A whole number of 1 or more.
 *
 * @param most What it may be at most.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { count } from "./options.ts";
 *
 * const steps = count("Sampling steps.", 12);
 * assertEquals([steps.parse("20"), steps.parse(undefined)], [20, 12]);
 * assertEquals(steps.safeParse("0").success, false);
 * assertEquals(count("Sampling steps.", 12, 1000).safeParse("1001").success, false);
 * ```
 */
export function count(
  help: string,
  initial: number,
  most: number = LARGEST,
): z.ZodType<number, string | undefined> {
  return described(positive(most).default(initial), { value: "N", help });
}

/** Like {@link count}, but undefined if absent. */
export function optionalCount(
  help: string,
  most: number = LARGEST,
): z.ZodType<number | undefined, string | undefined> {
  return described(positive(most).optional(), { value: "N", help });
}

/** A whole number of 0 or more, such as a seed. */
export function whole(help: string, initial: number): z.ZodType<number, string | undefined> {
  return described(natural.default(initial), { value: "N", help });
}

/**
 * A number.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { number } from "./options.ts";
 *
 * const shift = number("Shift.", 3, { above: 0, most: 100 });
 * assertEquals(["0", "2.5"].map((typed) => shift.safeParse(typed).success), [false, true]);
 * ```
 */
export function number(
  help: string,
  initial: number,
  bounds: Bounds = {},
): z.ZodType<number, string | undefined> {
  return described(numeric(bounds).default(initial), { value: "X", help });
}

/** Like {@link number}, but undefined if absent. */
export function optionalNumber(
  help: string,
  bounds: Bounds = {},
): z.ZodType<number | undefined, string | undefined> {
  return described(numeric(bounds).optional(), { value: "X", help });
}

/**
 * Text; undefined if absent. Where the value is a path (`DIR`, `FILE` or `PATH` in help), `~` at its
 * beginning is the home folder.
 *
 * @example
 * ```ts
 * import { homedir } from "node:os";
 * import { assertEquals } from "./testing/assert.ts";
 * import { text } from "./options.ts";
 *
 * assertEquals(text("DIR", "A folder.").parse("~/clips"), `${homedir()}/clips`);
 * assertEquals(text("TEXT", "A prompt.").parse("~/clips"), "~/clips");
 * ```
 */
export function text(
  value: string,
  help: string,
): z.ZodType<string | undefined, string | undefined> {
  const schema = PATHS.includes(value) ? path : nonEmpty;
  return described(schema.optional(), { value, help });
}

/** Like {@link text} for a path that may not be left out. */
export function requiredPath(value: "DIR" | "FILE", help: string): z.ZodType<string, string> {
  const expected = value === "DIR" ? "expected a folder" : "expected a file";
  const schema = z.string(expected).min(1, expected).transform(homeExpanded);
  return described(schema, { value, help });
}

/** What help calls a value that is a path. */
const PATHS = ["DIR", "FILE", "PATH"];

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
 * Words separated by commas, such as names of models.
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

/**
 * Whole numbers up to {@link LARGEST} and ranges, such as `1,4,7-9`, ascending and each once.
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
 * Like {@link numbers}, with a default list.
 *
 * @param initial The default as typed, such as `0-2`.
 */
export function numbersOr(
  help: string,
  initial: string,
): z.ZodType<number[], string | undefined> {
  return described(listed.prefault(initial), { value: "LIST", help, initial });
}

/** Gives a new schema its help; `meta()` would make another schema, and help makes many. */
function described<Schema extends z.ZodType>(schema: Schema, meta: OptionMeta): Schema {
  z.globalRegistry.add(schema, { ...meta });
  return schema;
}

// Made once: making schemas takes most of the time of a command's help.
const nonEmpty = z.string().min(1, "expected a value");
const homeExpanded = (typed: string, context: z.RefinementCtx): string => {
  try {
    return expandHome(typed);
  } catch (error) {
    context.addIssue({ code: "custom", message: messageOf(error) });
    return z.NEVER;
  }
};
const path = nonEmpty.transform(homeExpanded);
const natural = z.string().regex(/^\d+$/, "expected a whole number").transform(Number)
  .refine((n) => n <= LARGEST, `expected ${LARGEST} at most`);
const separated = z.string()
  .transform((list) => list.split(",").map((word) => word.trim()))
  .refine((list) => list.every((word) => word !== ""), "expected words separated by commas");

/** The help of an option, from its schema. */
export function metaOf(schema: z.ZodType): OptionMeta {
  const { value, help = "", initial, secret } = (schema.meta() ?? {}) as Partial<OptionMeta>;
  return { value, help, initial, ...(secret && { secret }) };
}

/**
 * The meaning of leaving an option out, as it would be typed; null if there is none, or for a
 * switch.
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

/** Options as typed, by name: text, or true for a switch. Absent options are omitted. */
export type Given = Readonly<Record<string, string | true>>;

/** See {@link readOptions}. */
export interface ReadOptions<Options> {
  /** The parsed options, including defaults; only if there are no problems. */
  options: Options;
  /** The problems, one line each. */
  problems: string[];
}

/**
 * Parses options as typed.
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
      const typed = JSON.stringify(given[name]) ?? "missing";
      problems.push(
        metaOf(schema).secret ? `--${name}: ${expected}` : `--${name} is ${typed}: ${expected}`,
      );
    }
  }
  return { options: options as { [Name in keyof Shape]: z.output<Shape[Name]> }, problems };
}
