/** The list of micro-worlds: one line each, naming a folder next to this file. */
import { InputError } from "../errors.ts";
import { nearest } from "../registry.ts";
import type { World } from "../sim/types.ts";
import type { Measure } from "../vision/measure.ts";

/**
 * Folders of all worlds, by scale from the largest. A world's name has `-` where its folder has
 * `_`.
 */
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

/** Names of all worlds, in the order of the list. */
export const WORLD_NAMES: readonly string[] = FOLDERS.map((folder) => folder.replaceAll("_", "-"));

/** The files that every world has. */
export type WorldFile = "world.ts" | "measures.ts" | "rubric.json";

/**
 * URL of a world's file.
 *
 * @throws {InputError} for an unknown world, with the nearest match and the list.
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

/**
 * Names of the violations that worlds have, from their rubrics: no world is loaded.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { violationNames } from "./registry.ts";
 *
 * assertOk(violationNames().includes("plug-flow"));
 * ```
 */
export function violationNames(): string[] {
  return WORLD_NAMES.flatMap((world) => {
    const { violations } = JSON.parse(Deno.readTextFileSync(worldFile(world, "rubric.json")));
    return Object.keys(violations);
  });
}

/** A world, loaded on demand. */
export async function openWorld(name: string): Promise<World> {
  const { world } = await import(worldFile(name, "world.ts").href);
  if (world?.name !== name) throw new Error(`${name}/world.ts exports no world of this name`);
  return world;
}

/** The measures specific to a world, by name. */
export async function openMeasures(world: string): Promise<Readonly<Record<string, Measure>>> {
  const { MEASURES } = await import(worldFile(world, "measures.ts").href);
  if (!MEASURES) throw new Error(`${world}/measures.ts exports no MEASURES`);
  return MEASURES;
}
