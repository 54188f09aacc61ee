/** The list of the everyday worlds: one line each, naming a file in this folder. */
import type { MacroWorld } from "./types.ts";

/** Names of all everyday worlds; each file is `NAME.ts`. */
export const EVERYDAY_NAMES: readonly string[] = [
  "falling",
  "rolling",
  "bouncing",
  "swinging",
  "pouring",
];

/** URL of an everyday world's file. */
export function everydayFile(world: string): URL {
  return new URL(`${world}.ts`, import.meta.url);
}

/** An everyday world, loaded on demand. */
export async function openEveryday(name: string): Promise<MacroWorld> {
  const module = await import(everydayFile(name).href);
  if (module[name]?.name !== name) throw new Error(`${name}.ts exports no world of this name`);
  return module[name];
}
