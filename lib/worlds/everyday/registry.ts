/** The one list of the everyday worlds. Each is a file beside this one, named by one line here. */
import type { MacroWorld } from "./types.ts";

/** Every everyday world's name; its file is `NAME.ts`. */
export const EVERYDAY_NAMES: readonly string[] = [
  "falling",
  "rolling",
  "bouncing",
  "swinging",
  "pouring",
];

/** Where an everyday world's file is. */
export function everydayFile(world: string): URL {
  return new URL(`${world}.ts`, import.meta.url);
}

/** An everyday world: its file is loaded when it is asked for. */
export async function openEveryday(name: string): Promise<MacroWorld> {
  const module = await import(everydayFile(name).href);
  if (module[name]?.name !== name) throw new Error(`${name}.ts exports no world of this name`);
  return module[name];
}
