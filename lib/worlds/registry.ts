/** The one list of the micro-worlds. A world is a folder beside this file, named by one line here. */
import { InputError } from "../errors.ts";
import { nearest } from "../registry.ts";
import type { World } from "../sim/types.ts";
import type { Measure } from "../vision/measure.ts";

/** Every world's folder, by scale from the largest. A world's name has `-` where its folder has `_`. */
const FOLDERS: readonly string[] = [
  "vessel_flow",
  "alveolar_gas_exchange",
  "valve",
  "peristalsis",
  "mitosis",
  "phagocytosis",
  "chemotaxis",
  "apoptosis",
  "vesicle_diffusion",
  "kinesin",
  "mitochondria",
  "microtubule",
];

/** Every world's name, in the order of the list. */
export const WORLD_NAMES: readonly string[] = FOLDERS.map((folder) => folder.replaceAll("_", "-"));

/** The files that every world has. */
export type WorldFile = "world.ts" | "measures.ts" | "rubric.json";

/**
 * Where a world's file is.
 *
 * @throws {InputError} for an unknown world, with the nearest one and the list.
 *
 * @example
 * ```ts
 * import { assertInputError, assertOk } from "../testing/assert.ts";
 * import { worldFile } from "./registry.ts";
 *
 * assertOk(worldFile("vessel-flow", "world.ts").pathname.endsWith("/vessel_flow/world.ts"));
 * await assertInputError(() => worldFile("meiosis", "world.ts"), "meiosis", "mitosis");
 * ```
 */
export function worldFile(world: string, file: WorldFile): URL {
  if (!WORLD_NAMES.includes(world)) {
    const guess = nearest(world, WORLD_NAMES);
    throw new InputError(
      `Cannot find the world ${world}${guess ? `; did you mean ${guess}?` : ""}; expected one of ` +
        WORLD_NAMES.join(", "),
    );
  }
  return new URL(`${world.replaceAll("-", "_")}/${file}`, import.meta.url);
}

/** A world: its file is loaded when it is asked for. */
export async function openWorld(name: string): Promise<World> {
  const { world } = await import(worldFile(name, "world.ts").href);
  if (world?.name !== name) throw new Error(`${name}/world.ts exports no world of this name`);
  return world;
}

/** What the probe can measure in a world's clips, by name, beside what it can measure in any. */
export async function openMeasures(world: string): Promise<Readonly<Record<string, Measure>>> {
  const { MEASURES } = await import(worldFile(world, "measures.ts").href);
  if (!MEASURES) throw new Error(`${world}/measures.ts exports no MEASURES`);
  return MEASURES;
}
