/** Files that are either complete or absent. */
import { basename, dirname, join } from "node:path";
import { sha256 } from "./key.ts";

/** Prefix of our temporary files' names; other files are never touched. */
const PREFIX = ".microverse-";

/** Whether a file name is one of our temporary names. */
export function isTemporary(name: string): boolean {
  return name.startsWith(PREFIX) && name.endsWith(".tmp");
}

/**
 * Replaces a file atomically: the bytes are written to a temporary name in the same folder, flushed
 * to disk, and renamed. A reader sees the old file or the new one; if the process is killed, the
 * old one remains.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { replaceFile } from "./file.ts";
 *
 * const path = await Deno.makeTempFile();
 * await replaceFile(path, "whole");
 * assertEquals(await Deno.readTextFile(path), "whole");
 * await Deno.remove(path);
 * ```
 */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  // Random, since processes in different containers can have the same id.
  const random = crypto.randomUUID().slice(0, 8);
  const temporary = join(dirname(path), `${PREFIX}${basename(path)}-${random}.tmp`);
  try {
    using file = await createFile(temporary);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.syncData();
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  await Deno.rename(temporary, path);
}

async function createFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.create(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.mkdir(dirname(path), { recursive: true });
    return await Deno.create(path);
  }
}

/**
 * Like {@link replaceFile}, but leaves a file with identical bytes alone, so that its modification
 * time reflects its content. Returns whether it wrote.
 */
export async function replaceFileIfChanged(
  path: string,
  content: Uint8Array | string,
): Promise<boolean> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    const found = await Deno.readFile(path);
    if (found.length === bytes.length && found.every((byte, i) => byte === bytes[i])) return false;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await replaceFile(path, bytes);
  return true;
}

/**
 * A hash of files' bytes, in their order; null if one is missing.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../testing/assert.ts";
 * import { contentOf } from "./file.ts";
 *
 * const path = await Deno.makeTempFile();
 * const empty = await contentOf([path]);
 * await Deno.writeTextFile(path, "filled");
 * assertOk(await contentOf([path]) !== empty);
 * await Deno.remove(path);
 * assertEquals(await contentOf([path]), null);
 * ```
 */
export async function contentOf(paths: readonly string[]): Promise<string | null> {
  const hashes: string[] = [];
  for (const path of paths) {
    try {
      hashes.push(sha256(await Deno.readFile(path)));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }
  return sha256(hashes.join());
}

/** Whether a file or folder exists at `path`. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
