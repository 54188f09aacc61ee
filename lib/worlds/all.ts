/** All micro-worlds, loaded: parameters and a seed in; frames, ground truth and a caption out. */
import type { World } from "../sim/types.ts";
import { openWorld, WORLD_NAMES, worldFile } from "./registry.ts";

/** All worlds, by scale from the largest. */
export const WORLDS: readonly World[] = await Promise.all(WORLD_NAMES.map(openWorld));

/**
 * Finds a world by name.
 *
 * @throws {InputError} for an unknown name, with the nearest match and the list.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { world } from "./all.ts";
 *
 * const { video, truth } = world("mitosis").simulate({ division_s: 1.2 }, { seed: 3 });
 * assertEquals(video.frames.length, 33);
 * assertEquals([truth.counts[0], truth.counts[32]], [1, 2]);
 * await assertInputError(() => world("meiosis"), "meiosis", "mitosis");
 * ```
 */
export function world(name: string): World {
  worldFile(name, "world.ts");
  return WORLDS.find((candidate) => candidate.name === name)!;
}
