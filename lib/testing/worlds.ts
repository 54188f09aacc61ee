/** Helpers for tests of all worlds. */
import { z } from "zod";
import type { SimulatedWorld } from "../sim/types.ts";

/**
 * A value other than the default for each parameter of a world.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./assert.ts";
 * import { world } from "../worlds/all.ts";
 * import { otherValues } from "./worlds.ts";
 *
 * const { direction } = Object.fromEntries(otherValues(world("vessel-flow")));
 * assertEquals(direction, "right to left");
 * ```
 */
export function otherValues(
  { parameters }: Pick<SimulatedWorld, "parameters">,
): [string, unknown][] {
  const { properties } = z.toJSONSchema(parameters as z.ZodObject, { io: "input" });
  return Object.entries(properties!).map(([name, schema]) => {
    if (typeof schema === "boolean") throw new Error(`${name} has no schema`);
    const { default: usual, minimum, maximum } = schema;
    const values = schema.enum ?? [minimum, maximum];
    return [name, values.find((value) => value !== usual)];
  });
}
