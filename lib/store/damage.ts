/** Where it is said which files were damaged and are mended. */

const listeners = new Set<(text: string) => void>();

/**
 * Has what was damaged told to `listener`, each text once, until disposed of.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { hearDamage, tellDamage } from "./damage.ts";
 *
 * const heard: string[] = [];
 * {
 *   using _ = hearDamage((text) => heard.push(text));
 *   tellDamage("verdicts.arrow was damaged");
 * }
 * assertEquals(heard, ["verdicts.arrow was damaged"]);
 * ```
 */
export function hearDamage(listener: (text: string) => void): Disposable {
  const told = new Set<string>();
  const once = (text: string) => {
    if (!told.has(text)) listener(text);
    told.add(text);
  };
  listeners.add(once);
  return { [Symbol.dispose]: () => void listeners.delete(once) };
}

/** Tells of a damaged file: those who listen, else the console. */
export function tellDamage(text: string): void {
  if (listeners.size === 0) console.warn(text);
  for (const listener of listeners) listener(text);
}
