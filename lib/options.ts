/** Options: values that users type, each with its help text. */
import { z } from "zod";

/** The help of an option. */
export interface OptionMeta {
  /** Placeholder for the value in help, such as `N`; absent for a switch. */
  value?: string;
  help: string;
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
  return positive.default(initial).meta({ value: "N", help });
}

/** Like {@link count}, but undefined if absent. */
export function optionalCount(help: string): z.ZodType<number | undefined, string | undefined> {
  return positive.optional().meta({ value: "N", help });
}

/** A whole number of 0 or more, such as a seed. */
export function whole(help: string, initial: number): z.ZodType<number, string | undefined> {
  return z.string().regex(/^\d+$/, "expected a whole number").transform(Number).default(initial)
    .meta({ value: "N", help });
}

/** A number. */
export function number(help: string, initial: number): z.ZodType<number, string | undefined> {
  return z.string().regex(/^-?\d+(\.\d+)?([eE]-?\d+)?$/, "expected a number").transform(Number)
    .default(initial).meta({ value: "X", help });
}

/** Text; undefined if absent. */
export function text(
  value: string,
  help: string,
): z.ZodType<string | undefined, string | undefined> {
  return z.string().min(1, "expected a value").optional().meta({ value, help });
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
  return z.enum(words, `expected ${words.join(", ")}`).default(initial as never)
    .meta({ value: "NAME", help: `${help}: ${words.join(", ")}.` }) as z.ZodType<
      Word,
      string | undefined
    >;
}

/** A switch; off by default. */
export function flag(help: string): z.ZodType<boolean, boolean | undefined> {
  return z.boolean().default(false).meta({ help });
}

/**
 * Numbers and ranges such as `1,4,7-9`, in ascending order without duplicates.
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
export function numbers(
  help: string,
): z.ZodType<number[] | undefined, string | undefined> {
  return z.string().regex(/^\d+(-\d+)?(,\d+(-\d+)?)*$/, "expected numbers such as 1,4,7-9")
    .transform((list, context) => {
      const all = new Set<number>();
      for (const part of list.split(",")) {
        const [from, to = from] = part.split("-").map(Number);
        if (to < from || to - from > 1e5) {
          context.addIssue({ code: "custom", message: `${part} is not an ascending range` });
          return z.NEVER;
        }
        for (let n = from; n <= to; n++) all.add(n);
      }
      return [...all].sort((a, b) => a - b);
    }).optional().meta({ value: "LIST", help });
}

const positive = z.string().regex(/^[1-9]\d*$/, "expected a whole number of 1 or more")
  .transform(Number);

/** The help of an option, from its schema. */
export function metaOf(schema: z.ZodType): OptionMeta {
  const { value, help = "" } = (schema.meta() ?? {}) as Partial<OptionMeta>;
  return { value, help };
}
