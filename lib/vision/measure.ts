/** What a measure is: a number with a unit out of a scene, or a reason why there is none. */
import { z } from "zod";
import type { Scene } from "./scene.ts";

/** A number, or the reason why none could be had. */
export type Measured = { value: number } | { value: null; reason: string };

/** Something that can be measured in the frames of a clip. */
export interface Measure {
  /** Unit of its number, `1` where it has none. */
  unit: string;
  /** What the number is, for a reader. */
  describes: string;
  /** What a binding must say beside the measure's name and thresholds. */
  args: z.ZodObject;
  measure(scene: Scene, args: Record<string, unknown>): Measured;
}

/**
 * A measure by its parts, its arguments typed by their schema.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { measure, measured, noArgs } from "./measure.ts";
 * import { sceneOf } from "./scene.ts";
 *
 * const length = measure("frames", "length", noArgs, (s) => measured(s.video.frames.length));
 * const scene = sceneOf({ width: 1, height: 1, fps: 1, frames: [new Uint8Array(3)] });
 * assertEquals(length.measure(scene, {}), { value: 1 });
 * ```
 */
export function measure<Args extends z.ZodObject>(
  unit: string,
  describes: string,
  args: Args,
  run: (scene: Scene, args: z.output<Args>) => Measured,
): Measure {
  return {
    unit,
    describes,
    args,
    measure: (scene, given) => run(scene, given as z.output<Args>),
  };
}

/**
 * {@link measure} for clips of so many frames at least; of a shorter one there is no number.
 *
 * @param least Frames that are needed.
 * @param toSee What fewer do not show.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { measured, measureFrom, noArgs } from "./measure.ts";
 * import { sceneOf } from "./scene.ts";
 *
 * const beat = measureFrom(9, "see a beat")("s", "period", noArgs, () => measured(1));
 * const scene = sceneOf({ width: 1, height: 1, fps: 1, frames: [new Uint8Array(3)] });
 * const reason = "1 frames are too few to see a beat; 9 are needed";
 * assertEquals(beat.measure(scene, {}), { value: null, reason });
 * ```
 */
export function measureFrom(least: number, toSee: string): typeof measure {
  return (unit, describes, args, run) =>
    measure(unit, describes, args, (scene, given) => {
      const { length } = scene.video.frames;
      return length < least
        ? unmeasured(`${length} frames are too few to ${toSee}; ${least} are needed`)
        : run(scene, given);
    });
}

/**
 * No number, and why.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { unmeasured } from "./measure.ts";
 *
 * assertEquals(unmeasured("too dark"), { value: null, reason: "too dark" });
 * ```
 */
export function unmeasured(reason: string): Measured {
  return { value: null, reason };
}

/**
 * A number, or the reason that it is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { measured } from "./measure.ts";
 *
 * assertEquals([measured(2).value, measured(NaN).value], [2, null]);
 * ```
 */
export function measured(value: number): Measured {
  return Number.isFinite(value) ? { value } : unmeasured("the measure has no finite value here");
}

/** Arguments of measures that need none. */
export const noArgs = z.object({});

/** The µm that the frame's shorter side is taken to show. */
export const fieldArgs = z.object({ field_um: z.number().positive() });

/** Which things are meant: dark moving cells, glowing spots, or bright bodies. */
export const objectArgs = z.object({ objects: z.enum(["cells", "spots", "bodies"]) });

export type ObjectKind = z.output<typeof objectArgs>["objects"];

/**
 * The objects of every frame, of any kind; pixels from the left and top edges.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { objectsOf } from "./measure.ts";
 * import { sceneOf } from "./scene.ts";
 *
 * const frames = [new Uint8Array(64 * 64 * 3)];
 * const scene = sceneOf({ width: 64, height: 64, fps: 8, frames });
 * assertEquals(objectsOf(scene, "spots"), [[]]);
 * ```
 */
export function objectsOf(scene: Scene, kind: ObjectKind): { x: number; y: number }[][] {
  if (kind === "cells") return scene.cells();
  return kind === "spots" ? scene.spots() : scene.bodies();
}
