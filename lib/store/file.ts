/** Files that are either complete or absent. */
import { dirname, join } from "node:path";
import { named } from "../errors.ts";
import { isTemporary, temporaryPath } from "../temporary.ts";
import { sha256 } from "./key.ts";

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
  await replaceByParts(path, [bytes]);
}

/**
 * {@link replaceFile} with the bytes of another file, of any size: it is copied in parts.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { replaceByCopy } from "./file.ts";
 *
 * const [from, path] = [await Deno.makeTempFile(), await Deno.makeTempFile()];
 * await Deno.writeTextFile(from, "whole");
 * await replaceByCopy(path, from);
 * assertEquals(await Deno.readTextFile(path), "whole");
 * await Deno.remove(from);
 * await Deno.remove(path);
 * ```
 */
export async function replaceByCopy(path: string, from: string): Promise<void> {
  using source = await Deno.open(from);
  await replaceByParts(path, partsOf(source));
}

/** Bytes of a part of a file that is copied. */
const PART = 1 << 20;

/** Each valid until the next is requested. */
async function* partsOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  const part = new Uint8Array(PART);
  for (let n = await file.read(part); n !== null; n = await file.read(part)) {
    yield part.subarray(0, n);
  }
}

async function replaceByParts(
  path: string,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    using file = await createFile(temporary);
    for await (const part of parts) {
      for (let at = 0; at < part.length;) at += await file.write(part.subarray(at));
    }
    await file.syncData();
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw named(error, "write", path);
  }
}

async function createFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.mkdir(dirname(path), { recursive: true });
    return await Deno.open(path, { write: true, createNew: true });
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
 * A hash of files' bytes, in their order, and of all files in folders, with their names; null if one
 * is missing.
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
      hashes.push(
        (await Deno.stat(path)).isDirectory
          ? await contentOfFolder(path)
          : sha256(await Deno.readFile(path)),
      );
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }
  return sha256(hashes.join());
}

async function contentOfFolder(folder: string): Promise<string> {
  const parts: string[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    if (isTemporary(name) || !(isFile || isDirectory)) continue;
    parts.push(`${name} ${await contentOf([join(folder, name)])}`);
  }
  return sha256(parts.sort().join("\n"));
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
