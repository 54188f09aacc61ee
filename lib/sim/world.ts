/** Common parts of worlds: clip defaults, validation, the scale of a frame. */
import { z } from "zod";
import type { Scale } from "../records/task.ts";
import { InputError } from "../errors.ts";
import { random } from "../random.ts";
import { DEFAULT_CLIP } from "./default_clip.ts";
import type {
  ClipOptions,
  SimulatedWorld,
  SimulateOptions,
  Simulation,
  TrueObject,
  Truth,
  Violation,
  World,
} from "./types.ts";

/** Resolved options of a clip. */
export interface PlainClip {
  seed: number;
  width: number;
  height: number;
  frames: number;
  fps: number;
}

/** Resolved options of a micro-world's clip. */
export interface Clip extends PlainClip {
  violation: string | undefined;
}

const plainClipSchema = z.strictObject({
  seed: z.number().int().min(0),
  width: z.number().int().min(32).max(2048).default(DEFAULT_CLIP.width),
  height: z.number().int().min(32).max(2048).default(DEFAULT_CLIP.height),
  frames: z.number().int().min(1).max(1000).default(DEFAULT_CLIP.frames),
  fps: z.number().positive().max(240).default(DEFAULT_CLIP.fps),
});

const clipSchema = plainClipSchema.extend({ violation: z.string().optional() })
  .transform((clip): Clip => ({ ...clip, violation: clip.violation }));

/** The definition of a world of any scale. */
export interface SimulatedWorldDefinition<
  Parameters extends z.ZodObject,
  State,
  Options = PlainClip,
> {
  name: string;
  parameters: Parameters;
  /** Descriptions of the scene, from terse to detailed: at least 20 phrasings. */
  captions(parameters: z.output<Parameters>): readonly string[];
  simulate(parameters: z.output<Parameters>, clip: Options): Omit<Simulation<State>, "caption">;
}

/** The definition of a micro-world; {@link defineWorld} makes it a {@link World}. */
export interface WorldDefinition<Parameters extends z.ZodObject>
  extends SimulatedWorldDefinition<Parameters, Truth, Clip> {
  scale: Scale;
  violations: readonly Violation[];
}

/**
 * Builds a world without scale and violations from its definition: parameters and options are
 * validated before it runs, and an InputError names the world, the field and what was expected.
 *
 * @example
 * ```ts
 * import { z } from "zod";
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { defineSimulatedWorld } from "./world.ts";
 *
 * const dark = defineSimulatedWorld({
 *   name: "dark",
 *   parameters: z.object({ lamps: z.int().min(0).max(0).default(0) }),
 *   captions: () => ["Nothing to be seen."],
 *   simulate: (_, { width, height, fps, frames }) => ({
 *     video: { width, height, fps, frames: Array(frames).fill(new Uint8Array(width * height * 3)) },
 *     truth: { lit: false },
 *   }),
 * });
 * assertEquals(dark.simulate({}, { seed: 1 }).truth.lit, false);
 * await assertInputError(() => dark.simulate({ lamps: 2 }, { seed: 1 }), "dark", "lamps");
 * ```
 */
export function defineSimulatedWorld<Parameters extends z.ZodObject, State>(
  definition: SimulatedWorldDefinition<Parameters, State>,
): SimulatedWorld<State> {
  return {
    ...definition,
    simulate: (parameters: Record<string, unknown>, options: ClipOptions) =>
      play(definition, plainClipSchema, parameters, options),
  };
}

/**
 * Builds a micro-world from its definition: parameters and options are validated before it runs,
 * and an InputError names the world, the field and what was expected.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { world } from "../worlds/all.ts";
 *
 * const vessel = world("vessel-flow");
 * await assertInputError(() => vessel.simulate({ cells: 900 }, { seed: 1 }), "vessel-flow", "cells");
 * ```
 */
export function defineWorld<Parameters extends z.ZodObject>(
  definition: WorldDefinition<Parameters>,
): World {
  const { name, violations } = definition;
  const simulate: typeof definition.simulate = (parameters, clip) => {
    if (clip.violation !== undefined && !violations.some((v) => v.name === clip.violation)) {
      throw new InputError(
        `Cannot plant ${clip.violation} in ${name}; expected one of ` +
          violations.map((v) => v.name).join(", "),
      );
    }
    return definition.simulate(parameters, clip);
  };
  return {
    ...definition,
    simulate: (parameters: Record<string, unknown>, options: SimulateOptions) =>
      play({ ...definition, simulate }, clipSchema, parameters, options),
  };
}

/** Validates the input, simulates, and draws the clip's caption. */
function play<Parameters extends z.ZodObject, State, Options extends PlainClip>(
  definition: SimulatedWorldDefinition<Parameters, State, Options>,
  clipSchema: z.ZodType<Options>,
  parameters: Record<string, unknown>,
  options: ClipOptions,
): Simulation<State> {
  const { name } = definition;
  const checked = check(definition.parameters.strict(), parameters, `parameters of ${name}`);
  const clip = check(clipSchema, options, `clip options of ${name}`);
  const scene = checked as z.output<Parameters>;
  const captions = definition.captions(scene);
  const drawn = Math.floor(random(clip.seed, name, "caption")() * captions.length);
  return { ...definition.simulate(scene, clip), caption: captions[drawn] };
}

function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((i) => `${i.path.join(".") || "value"}: ${i.message}`);
  throw new InputError(`Cannot use ${what}: ${issues.join("; ")}`);
}

/**
 * Size of a pixel in µm if the frame's shorter side shows `fieldUm` µm.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { umPerPixel } from "./world.ts";
 *
 * assertEquals(umPerPixel(832, 480, 60), 0.125);
 * ```
 */
export function umPerPixel(width: number, height: number, fieldUm: number): number {
  return fieldUm / Math.min(width, height);
}

/**
 * Assembles a ground truth: times from the frame rate, counts from the objects in view.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { truthOf } from "./world.ts";
 *
 * const clip = { seed: 1, violation: undefined, width: 64, height: 64, frames: 1, fps: 12 };
 * const cell = { id: 0, x_um: 9, y_um: 3, radius_um: 1, area_um2: Math.PI, opacity: 1 };
 * assertEquals(truthOf(clip, 10, [[cell, { ...cell, x_um: 11 }]], {}).counts, [1]);
 * ```
 */
export function truthOf(
  clip: Clip,
  fieldUm: number,
  objects: TrueObject[][],
  quantities: Record<string, number>,
): Truth {
  const um_per_pixel = umPerPixel(clip.width, clip.height, fieldUm);
  const [width, height] = [clip.width * um_per_pixel, clip.height * um_per_pixel];
  return {
    um_per_pixel,
    times_s: objects.map((_, frame) => frame / clip.fps),
    objects,
    counts: objects.map((frame) =>
      frame.filter((o) =>
        o.opacity > 0.5 && o.x_um >= 0 && o.x_um < width && o.y_um >= 0 && o.y_um < height
      ).length
    ),
    quantities,
  };
}
