/** Helpers for captions. */

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six"];

/** Irregular plurals. */
const PLURALS: Record<string, string> = { box: "boxes", glass: "glasses" };

/**
 * A number of objects in words.
 *
 * @param count 0–6.
 * @param noun In the singular, preceded by adjectives.
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { counted } from "./words.ts";
 *
 * assertEquals([counted(1, "red ball"), counted(3, "red box")], ["one red ball", "three red boxes"]);
 * ```
 */
export function counted(count: number, noun: string): string {
  return `${NUMBERS[count]} ${plural(count, noun)}`;
}

/**
 * The noun in singular or plural.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { plural } from "./words.ts";
 *
 * assertEquals([plural(1, "box"), plural(2, "red box")], ["box", "red boxes"]);
 * ```
 */
export function plural(count: number, noun: string): string {
  if (count === 1) return noun;
  const last = noun.split(" ").at(-1)!;
  return noun.slice(0, noun.length - last.length) + (PLURALS[last] ?? `${last}s`);
}

/**
 * The text with its first letter capitalised.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { capital } from "./words.ts";
 *
 * assertEquals(capital("two balls"), "Two balls");
 * ```
 */
export function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

/**
 * The noun with its indefinite article.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { withArticle } from "./words.ts";
 *
 * assertEquals([withArticle("orange"), withArticle("red")], ["an orange", "a red"]);
 * ```
 */
export function withArticle(noun: string): string {
  return `${/^[aeio]/.test(noun) ? "an" : "a"} ${noun}`;
}
