/** Modules that are loaded on demand. */

/**
 * A function that imports a module by its URL when called. Deno reads the target of a literal
 * `import()` when the program starts, even if it is never called, which for the whole library takes
 * longer than most commands' help; a URL is not read in advance. Tools that read the source
 * (`codeVersion`, the architecture checks) find the module by its URL.
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
