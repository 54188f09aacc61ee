/** Modules that are read when they are needed, and not before. */

/**
 * A module by its address, imported when the function is called. Deno reads what a literal `import()`
 * names when the program starts, also where it never gets there, which for the whole library takes
 * longer than most commands' help; an address it leaves alone. Whoever reads the source (`codeVersion`,
 * the walls) knows the module by its address.
 *
 * @param address `new URL("./module.ts", import.meta.url)`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { lazy } from "./lazy.ts";
 *
 * const load = lazy<typeof import("./shell.ts")>(new URL("./shell.ts", import.meta.url));
 * assertEquals((await load()).commandText("judge", []), "deno task judge");
 * ```
 */
export function lazy<Module>(address: URL): () => Promise<Module> {
  return () => import(address.href);
}
