/** Flags that several tasks have, so that they mean the same everywhere. */
import { z } from "zod";
import { DEFAULT_RULE, RULES } from "../lib/scores/rules.ts";
import type { Flag } from "./cli.ts";

/** A flag that takes text. */
export function text(value: string, help: string): Flag<z.ZodOptional<z.ZodString>> {
  return { schema: z.string().min(1, "expected a value").optional(), value, help };
}

const positive = z.string().regex(/^[1-9]\d*$/, "expected a whole number of 1 or more")
  .transform(Number);

/** A flag that takes a whole number of 1 or more. */
export function count(help: string, initial: number) {
  return { schema: positive.default(initial), value: "N", help };
}

/** The same where leaving it out means something else than any number. */
export function optionalCount(help: string) {
  return { schema: positive.optional(), value: "N", help };
}

/** A flag that takes a whole number, such as a seed. */
export function whole(help: string, initial: number) {
  const schema = z.string().regex(/^\d+$/, "expected a whole number").transform(Number)
    .default(initial);
  return { schema, value: "N", help };
}

export const benchmark = {
  schema: z.enum(["mini", "release"], "expected mini or release").default("mini"),
  value: "NAME",
  help: "mini (embedded) or release (MicroWorldBench, see deno task fetch).",
};

export const release = text("DIR", "Folder of the released files, if not fetched.");

export const run = text("NAME", "Folder in results/, or a path; the benchmark's name by default.");

export const tasks = {
  schema: z.string().regex(/^\d+(-\d+)?(,\d+(-\d+)?)*$/, "expected numbers such as 1,4,7-9")
    .transform((list) =>
      list.split(",").flatMap((part) => {
        const [from, to = from] = part.split("-").map(Number);
        return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
      })
    ).optional(),
  value: "LIST",
  help: "Only these tasks, such as 1,4,7-9; all by default.",
};

export const rule = {
  schema: z.enum(
    RULES.map(({ name }) => name),
    `expected one of ${RULES.map(({ name }) => name).join(", ")}`,
  )
    .default(DEFAULT_RULE),
  value: "NAME",
  help: `Scoring rule: ${RULES.map(({ name }) => name).join(", ")}.`,
};

export const seeds = count("Clips per task and model, seeds 0 to N − 1.", 3);
