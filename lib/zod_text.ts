/** What is wrong with data that a schema refuses, in a line. */
import type { z } from "zod";

/** Faults that are named; the others are counted. */
const SHOWN = 3;

/**
 * The faults that a schema found, each with its place, in one line.
 *
 * @example
 * ```ts
 * import { z } from "zod";
 * import { assertEquals } from "./testing/assert.ts";
 * import { zodText } from "./zod_text.ts";
 *
 * const schema = z.object({ form: z.literal(2), rows: z.array(z.object({ id: z.string() })) });
 * const { error } = schema.safeParse({ form: 1, rows: [{ id: 5 }] });
 * assertEquals(zodText(error!), "form: expected 2; rows[0].id: expected string, received number");
 * ```
 */
export function zodText(error: z.ZodError): string {
  const faults = error.issues.map(({ path, message }) => {
    const place = path.map((step, i) =>
      typeof step === "number" ? `[${step}]` : `${i === 0 ? "" : "."}${String(step)}`
    ).join("");
    const [, what = message] = /^(?:Invalid input|Invalid option): (.+)$/s.exec(message) ?? [];
    const words = what.replaceAll(/\s*\n\s*/g, " ");
    return place === "" ? words : `${place}: ${words}`;
  });
  const others = faults.length - SHOWN;
  return faults.slice(0, SHOWN).join("; ") + (others > 0 ? `; and ${others} more` : "");
}
