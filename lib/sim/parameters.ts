/** Random sampling of a world's parameters. */
import { z } from "zod";
import { random } from "../random.ts";
import type { SimulatedWorld } from "./types.ts";

/** The domain of a parameter: a numeric range, both bounds included, or names. */
const numberSchema = z.object({
  type: z.enum(["number", "integer"]),
  minimum: z.number(),
  maximum: z.number(),
});
const nameSchema = z.object({ enum: z.array(z.string()).min(1) });

/** Significant figures of a drawn number, since captions state it. */
const FIGURES = 2;

/**
 * Samples the parameters of a world uniformly from their domains: numbers rounded to two
 * significant figures, names from the available ones. Equal worlds and seeds give equal parameters.
 *
 * @throws {TypeError} for a parameter without bounds, which is a bug in the world.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { sampleParameters } from "./parameters.ts";
 * import { world } from "../worlds/all.ts";
 *
 * const parameters = sampleParameters(world("mitosis"), 7);
 * assertEquals(parameters, sampleParameters(world("mitosis"), 7));
 * assertEquals(world("mitosis").simulate(parameters, { seed: 7, frames: 1 }).video.frames.length, 1);
 * ```
 */
export function sampleParameters(
  world: SimulatedWorld,
  seed: number,
): Record<string, string | number> {
  const { properties = {} } = z.toJSONSchema(world.parameters as z.ZodObject, { io: "input" });
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const draw = random(seed, world.name, "scene", name)();
      const names = nameSchema.safeParse(property);
      if (names.success) return [name, names.data.enum[Math.floor(draw * names.data.enum.length)]];
      const bounds = numberSchema.safeParse(property);
      if (!bounds.success) throw new TypeError(`${world.name}: ${name} has no bounds to draw from`);
      const { type, minimum, maximum } = bounds.data;
      if (type === "integer") return [name, minimum + Math.floor(draw * (maximum - minimum + 1))];
      const rounded = Number((minimum + draw * (maximum - minimum)).toPrecision(FIGURES));
      return [name, Math.max(minimum, Math.min(maximum, rounded))];
    }),
  );
}
