/** Measures asked by name, for tests. */
import type { Measure } from "../../vision/measure.ts";
import { type Scene, sceneOf } from "../../vision/scene.ts";
import type { Video } from "../../video/types.ts";

/**
 * Asks measures of a scene or a clip by name: `numberOf` gives the number and fails with the reason where there
 * is none, `reasonOf` gives the reason and fails where there is a number.
 *
 * @param usual Arguments where a test gives none.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../assert.ts";
 * import { OBJECTS } from "../../judges/probe/objects.ts";
 * import { sceneOf } from "../../vision/scene.ts";
 * import { asked } from "./measured.ts";
 *
 * const { numberOf, reasonOf } = asked(OBJECTS);
 * const frames = [new Uint8Array(64 * 64 * 3)];
 * const scene = sceneOf({ width: 64, height: 64, fps: 8, frames });
 * assertEquals(numberOf(scene, "object-count", { objects: "spots" }), 0);
 * assertOk(reasonOf(scene, "count-retention", { objects: "spots" }).length > 0);
 * ```
 */
export function asked(
  measures: Readonly<Record<string, Measure>>,
  usual: Record<string, unknown> = {},
) {
  return {
    numberOf(seen: Scene | Video, name: string, args = usual): number {
      const found = measures[name].measure(sceneIn(seen), args);
      if (found.value === null) throw new Error(`${name}: ${found.reason}`);
      return found.value;
    },
    reasonOf(seen: Scene | Video, name: string, args = usual): string {
      const found = measures[name].measure(sceneIn(seen), args);
      if (found.value !== null) throw new Error(`${name} should have no value: ${found.value}`);
      return found.reason;
    },
  };
}

function sceneIn(seen: Scene | Video): Scene {
  return "video" in seen ? seen : sceneOf(seen);
}
