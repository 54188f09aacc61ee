/** Temporary folders for tests. */

/**
 * Runs a test in a new temporary folder, which is removed afterwards with its content.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./assert.ts";
 * import { inFolder } from "./folder.ts";
 *
 * await inFolder(async (folder) => assertEquals(await Array.fromAsync(Deno.readDir(folder)), []));
 * ```
 */
export async function inFolder(run: (folder: string) => unknown): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
