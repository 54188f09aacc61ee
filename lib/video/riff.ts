/** Completeness check of AVI files: RIFF chunks, one or (OpenDML) several in a row. */
import type { FileBytes } from "./bytes.ts";

/**
 * Why an AVI file is incomplete, or null if each RIFF chunk is present to its end. Bytes after the
 * last chunk are ignored. A file cut between two RIFF chunks passes here and is caught later: its
 * stream header declares the frames of all of them.
 *
 * @internal
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { FileBytes } from "./bytes.ts";
 * import { missingFromRiff } from "./riff.ts";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeFile(path, new TextEncoder().encode("RIFF\x20\0\0\0AVI "));
 * using bytes = new FileBytes(path);
 * assertEquals(missingFromRiff(bytes), "has a RIFF chunk at byte 0 that declares 32 bytes, but only 4 are present");
 * await Deno.remove(path);
 * ```
 */
export function missingFromRiff(bytes: FileBytes): string | null {
  for (let position = 0; bytes.text(position, 4) === "RIFF";) {
    const head = bytes.read(position, 8);
    if (head.length < 8) return `ends inside a RIFF header at byte ${position}`;
    const size = new DataView(head.buffer, head.byteOffset, 8).getUint32(4, true);
    if (size === 0 || size === 0xffffffff) {
      return `was written without declaring its length, so truncation cannot be detected; ` +
        `remux it (ffmpeg -i IN -c copy OUT.avi)`;
    }
    const end = position + 8 + size;
    if (end > bytes.size) {
      return `has a RIFF chunk at byte ${position} that declares ${size} bytes, ` +
        `but only ${bytes.size - position - 8} are present`;
    }
    position = end + size % 2;
  }
  return null;
}
