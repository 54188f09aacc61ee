/** Hashes of files of any size. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/**
 * The SHA-256 of a file in lower-case hexadecimal, read in parts.
 *
 * @throws What reading throws, and for what is not a file: reading a pipe would wait for ever, and a
 * device such as `/dev/zero` has no end.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { sha256OfFile } from "./file_hash.ts";
 *
 * const path = await Deno.makeTempFile();
 * assertEquals((await sha256OfFile(path)).slice(0, 8), "e3b0c442");
 * await Deno.remove(path);
 * ```
 */
export async function sha256OfFile(path: string): Promise<string> {
  const { isFile } = await Deno.stat(path);
  if (!isFile) throw new Error(`${path} is not a file`);
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(path)) digest.update(chunk);
  return digest.digest("hex");
}
