/** Simulated micro-worlds: a parameter set and a seed in; frames, truth and a caption out. */
import { InputError } from "../errors.ts";
import { alveolarGasExchange } from "./alveolar_gas_exchange/world.ts";
import { apoptosis } from "./apoptosis/world.ts";
import { chemotaxis } from "./chemotaxis/world.ts";
import { kinesin } from "./kinesin/world.ts";
import { mitochondria } from "./mitochondria/world.ts";
import { microtubule } from "./microtubule/world.ts";
import { mitosis } from "./mitosis/world.ts";
import { peristalsis } from "./peristalsis/world.ts";
import { phagocytosis } from "./phagocytosis/world.ts";
import type { World } from "../sim/types.ts";
import { valve } from "./valve/world.ts";
import { vesicleDiffusion } from "./vesicle_diffusion/world.ts";
import { vesselFlow } from "./vessel_flow/world.ts";

/** Every world, by scale from the largest. */
export const WORLDS: readonly World[] = [
  vesselFlow,
  alveolarGasExchange,
  valve,
  peristalsis,
  mitosis,
  phagocytosis,
  chemotaxis,
  apoptosis,
  vesicleDiffusion,
  kinesin,
  mitochondria,
  microtubule,
];

/**
 * Raised whenever a change alters the frames or truth of some world, so that clips made by earlier
 * code are made anew.
 */
export const MICROSIM_VERSION = 2;

/**
 * The world of a name. Throws InputError with the names there are where it is unknown.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 *
 * const { video, truth } = world("mitosis").simulate({ division_s: 1.2 }, { seed: 3 });
 * assertEquals(video.frames.length, 33);
 * assertEquals([truth.counts[0], truth.counts[32]], [1, 2]);
 * await assertInputError(() => world("meiosis"), "meiosis", "mitosis");
 * ```
 */
export function world(name: string): World {
  const found = WORLDS.find((candidate) => candidate.name === name);
  if (found) return found;
  throw new InputError(
    `Cannot find the world ${name}; there are ${WORLDS.map((w) => w.name).join(", ")}`,
  );
}
