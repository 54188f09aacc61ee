/** Scenes drawn at random from a world's parameter ranges. */
import { z } from "zod";
import { random } from "../random.ts";
import type { SimulatedWorld } from "./types.ts";

/** A parameter's values: numbers between two bounds, both included, or names. */
const numberSchema = z.object({
  type: z.enum(["number", "integer"]),
  minimum: z.number(),
  maximum: z.number(),
});
const nameSchema = z.object({ enum: z.array(z.string()).min(1) });

/** Figures that a drawn number keeps: captions name it. */
const FIGURES = 2;

/**
 * Parameters of a world, each evenly from its whole range: numbers to two figures, names one of those
 * there are. The same world and seed give the same scene.
 *
 * @throws {TypeError} for a parameter without bounds, which is a mistake in the world.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { drawScene } from "./draw.ts";
 * import { world } from "../worlds/all.ts";
 *
 * const scene = drawScene(world("mitosis"), 7);
 * assertEquals(scene, drawScene(world("mitosis"), 7));
 * assertEquals(world("mitosis").simulate(scene, { seed: 7, frames: 1 }).video.frames.length, 1);
 * ```
 */
export function drawScene(
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
