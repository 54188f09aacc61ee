/** Numbers as typed. */
import { z } from "zod";

/** The largest whole number that records hold: seeds, tasks and counts are no larger. */
export const LARGEST = 2 ** 31 - 1;

/** Between which a number is; by default any that is finite. */
export interface Bounds {
  /** The least that it may be. */
  least?: number;
  /** What it is more than. */
  above?: number;
  /** The most that it may be. */
  most?: number;
}

/** A whole number of 1 or more as typed. */
export function positive(most: number): z.ZodType<number, string> {
  return z.string().regex(/^[1-9]\d*$/, "expected a whole number of 1 or more")
    .transform(Number).refine((n) => n <= most, `expected ${most} at most`);
}

/** A number as typed, within bounds. */
export function numeric(
  { least = -Number.MAX_VALUE, above = -Infinity, most = Number.MAX_VALUE }: Bounds,
) {
  const expected = [
    ...(above > -Infinity ? [`above ${above}`] : []),
    ...(least > -Number.MAX_VALUE ? [`${least} or more`] : []),
    ...(most < Number.MAX_VALUE ? [`${most} at most`] : []),
  ].join(", ") || "a number that is not as large";
  return z.string().regex(/^-?\d+(\.\d+)?([eE]-?\d+)?$/, "expected a number").transform(Number)
    .refine((n) => n >= least && n > above && n <= most, `expected ${expected}`);
}

const LIST = /^\d+(-\d+)?(,\d+(-\d+)?)*$/;
/** Numbers in one list; more are a mistake. */
const MOST_IN_LIST = 1e5;

/** Whole numbers and ranges as typed, ascending and each once. */
export const listed: z.ZodType<number[], string> = z.string().regex(
  LIST,
  "expected numbers such as 0-2 or 1,4,7-9",
)
  .transform((list, context) => {
    const all = new Set<number>();
    for (const part of list.split(",")) {
      const [from, to = from] = part.split("-").map(Number);
      const wrong = problemOf(part, from, to, all.size);
      if (wrong !== null) {
        context.addIssue({ code: "custom", message: wrong });
        return z.NEVER;
      }
      for (let n = from; n <= to; n++) all.add(n);
    }
    return [...all].sort((a, b) => a - b);
  });

/** What is wrong with a range of a list that has some numbers already; null if nothing is. */
function problemOf(part: string, from: number, to: number, before: number): string | null {
  if (to > LARGEST) return `${part} is too large; expected numbers of ${LARGEST} at most`;
  if (to < from) return `${part} is not an ascending range`;
  if (before + to - from < MOST_IN_LIST) return null;
  return `with ${part} it has more than ${MOST_IN_LIST} numbers; expected no more`;
}

/**
 * Whole numbers as they would be typed: the inverse of {@link listed}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { listText } from "./numbers.ts";
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

/**
 * The first few of a list, and how many more there are.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { someOf } from "./numbers.ts";
 *
 * assertEquals(someOf(["a", "b", "c", "d"], 2), "a, b and 2 more");
 * ```
 */
export function someOf(things: readonly (string | number)[], most = 10): string {
  const more = things.length > most ? ` and ${things.length - most} more` : "";
  return `${things.slice(0, most).join(", ")}${more}`;
}
