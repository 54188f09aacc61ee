/** Access to measures by name, for tests. */
import type { Measure } from "../../vision/measure.ts";
import { analyseClip, type ClipAnalysis } from "../../vision/clip_analysis.ts";
import type { Video } from "../../video/types.ts";

/**
 * Evaluates measures of a clip analysis or a clip by name: `numberOf` returns the number and fails
 * if there is none, `reasonOf` returns the reason and fails if there is a number.
 *
 * @param usual Default arguments.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../assert.ts";
 * import { OBJECTS } from "../../judges/probe/objects.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { asked } from "./measured.ts";
 *
 * const { numberOf, reasonOf } = asked(OBJECTS);
 * const frames = [new Uint8Array(64 * 64 * 3)];
 * const analysis = analyseClip({ width: 64, height: 64, fps: 8, frames });
 * assertEquals(numberOf(analysis, "object-count", { objects: "spots" }), 0);
 * assertOk(reasonOf(analysis, "count-retention", { objects: "spots" }).length > 0);
 * ```
 */
export function asked(
  measures: Readonly<Record<string, Measure>>,
  usual: Record<string, unknown> = {},
) {
  return {
    numberOf(seen: ClipAnalysis | Video, name: string, args = usual): number {
      const found = measures[name].measure(analysisOf(seen), args);
      if (found.value === null) throw new Error(`${name}: ${found.reason}`);
      return found.value;
    },
    reasonOf(seen: ClipAnalysis | Video, name: string, args = usual): string {
      const found = measures[name].measure(analysisOf(seen), args);
      if (found.value !== null) throw new Error(`${name} should have no value: ${found.value}`);
      return found.reason;
    },
  };
}

function analysisOf(seen: ClipAnalysis | Video): ClipAnalysis {
  return "video" in seen ? seen : analyseClip(seen);
}
