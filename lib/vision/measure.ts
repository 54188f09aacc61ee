/** The interface of measures: a number with a unit, or the reason for its absence. */
import { z } from "zod";
import type { ClipAnalysis } from "./clip_analysis.ts";

/** A number, or the reason why it is not available. */
export type Measured = { value: number } | { value: null; reason: string };

/** A quantity that can be measured in the frames of a clip. */
export interface Measure {
  /** Unit of the number; `1` if dimensionless. */
  unit: string;
  /** Description of the number, for readers. */
  describes: string;
  /** The arguments that a binding must have in addition to the measure's name and thresholds. */
  args: z.ZodObject;
  measure(analysis: ClipAnalysis, args: Record<string, unknown>): Measured;
}

/**
 * A measure from its parts, with arguments typed by their schema.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { measure, measured, noArgs } from "./measure.ts";
 * import { analyseClip } from "./clip_analysis.ts";
 *
 * const length = measure("frames", "length", noArgs, (s) => measured(s.video.frames.length));
 * const analysis = analyseClip({ width: 1, height: 1, fps: 1, frames: [new Uint8Array(3)] });
 * assertEquals(length.measure(analysis, {}), { value: 1 });
 * ```
 */
export function measure<Args extends z.ZodObject>(
  unit: string,
  describes: string,
  args: Args,
  run: (analysis: ClipAnalysis, args: z.output<Args>) => Measured,
): Measure {
  return {
    unit,
    describes,
    args,
    measure: (analysis, given) => run(analysis, given as z.output<Args>),
  };
}

/**
 * {@link measure} for clips with a minimum number of frames; shorter clips give no number.
 *
 * @param least Minimum number of frames.
 * @param toSee What shorter clips do not show.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { measured, measureFrom, noArgs } from "./measure.ts";
 * import { analyseClip } from "./clip_analysis.ts";
 *
 * const beat = measureFrom(9, "see a beat")("s", "period", noArgs, () => measured(1));
 * const analysis = analyseClip({ width: 1, height: 1, fps: 1, frames: [new Uint8Array(3)] });
 * const reason = "1 frames are too few to see a beat; 9 are needed";
 * assertEquals(beat.measure(analysis, {}), { value: null, reason });
 * ```
 */
export function measureFrom(least: number, toSee: string): typeof measure {
  return (unit, describes, args, run) =>
    measure(unit, describes, args, (analysis, given) => {
      const { length } = analysis.video.frames;
      return length < least
        ? unmeasured(`${length} frames are too few to ${toSee}; ${least} are needed`)
        : run(analysis, given);
    });
}

/**
 * No number, with the reason.
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
 * A number, or the reason why it is not one.
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

/** The schema of measures without arguments. */
export const noArgs = z.object({});

/** Size of the frame's shorter side in µm. */
export const fieldArgs = z.object({ field_um: z.number().positive() });

/** The kind of objects: dark moving cells, glowing spots, or bright bodies. */
export const objectArgs = z.object({ objects: z.enum(["cells", "spots", "bodies"]) });

export type ObjectKind = z.output<typeof objectArgs>["objects"];

/**
 * The objects of every frame, of a given kind, in pixels from the left and top edges.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { objectsOf } from "./measure.ts";
 * import { analyseClip } from "./clip_analysis.ts";
 *
 * const frames = [new Uint8Array(64 * 64 * 3)];
 * const analysis = analyseClip({ width: 64, height: 64, fps: 8, frames });
 * assertEquals(objectsOf(analysis, "spots"), [[]]);
 * ```
 */
export function objectsOf(analysis: ClipAnalysis, kind: ObjectKind): { x: number; y: number }[][] {
  if (kind === "cells") return analysis.cells();
  return kind === "spots" ? analysis.spots() : analysis.bodies();
}
