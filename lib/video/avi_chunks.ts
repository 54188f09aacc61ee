/** Chunks of AVI files that hold no picture: the frame before is shown for longer. */
import { FileBytes } from "./bytes.ts";

/**
 * Counts the empty chunks of an AVI file's stream. Encoders write them where frames were dropped and
 * where sound begins before the picture; the header's number of frames counts them.
 *
 * @param stream The stream's number, as in the chunks' names: `00dc` is of stream 0.
 *
 * @internal
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { emptyChunks } from "./avi_chunks.ts";
 *
 * const path = await Deno.makeTempFile();
 * const movi = "LIST\x1c\0\0\0movi00dc\0\0\0\x0000dc\x01\0\0\0ab01wb\0\0\0\0";
 * await Deno.writeFile(path, new TextEncoder().encode(`RIFF\x28\0\0\0AVI ${movi}`));
 * assertEquals(emptyChunks(path, 0), 1);
 * await Deno.remove(path);
 * ```
 */
export function emptyChunks(path: string, stream: number): number {
  using bytes = new FileBytes(path);
  const name = stream.toString().padStart(2, "0");
  let empty = 0;
  // The depth of nested lists is bounded: RIFF, movi, rec.
  const walk = (start: number, end: number, depth: number) => {
    for (let position = start; position + 8 <= end;) {
      const head = bytes.read(position, 12);
      if (head.length < 8) return;
      const size = new DataView(head.buffer, head.byteOffset).getUint32(4, true);
      const type = String.fromCharCode(...head.subarray(0, 4));
      const isList = type === "RIFF" || type === "LIST";
      const kind = String.fromCharCode(...head.subarray(8, 12));
      if (isList && depth < 3 && ["AVI ", "AVIX", "movi", "rec "].includes(kind)) {
        walk(position + 12, Math.min(end, position + 8 + size), depth + 1);
      } else if (size === 0 && (type === `${name}dc` || type === `${name}db`)) {
        empty++;
      }
      position += 8 + size + size % 2;
    }
  };
  walk(0, bytes.size, 0);
  return empty;
}
