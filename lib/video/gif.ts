/** GIF files: completeness, and where their images end; blocks as in the GIF89a specification. */
import type { FileBytes } from "./bytes.ts";

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

/** Size in bytes of the colour table declared by a packed field. */
const colourTable = (packed: number) => packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0;

/**
 * Why a GIF file is incomplete, or null if its blocks lead to the trailer.
 *
 * @internal
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { FileBytes } from "./bytes.ts";
 * import { missingFromGif } from "./gif.ts";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeFile(path, new TextEncoder().encode("GIF89a\x08\0\x08\0\0\0\0"));
 * using bytes = new FileBytes(path);
 * assertEquals(missingFromGif(bytes), "ends after 0 images without the trailer byte 0x3B");
 * await Deno.remove(path);
 * ```
 */
export function missingFromGif(bytes: FileBytes): string | null {
  const header = bytes.read(0, 13);
  if (header.length < 13) return `ends ${header.length} bytes into its 13-byte header`;
  let images = 0;
  let position = 13 + colourTable(header[10]);
  for (;;) {
    const kind = bytes.read(position, 1)[0];
    if (kind === undefined) return `ends after ${images} images without the trailer byte 0x3B`;
    if (kind === TRAILER) return null;
    if (kind === EXTENSION) {
      position += 2;
    } else if (kind === IMAGE) {
      const descriptor = bytes.read(position, 10);
      if (descriptor.length < 10) return `ends inside the header of image ${images + 1}`;
      images++;
      // The descriptor, its colour table, and the byte with the LZW code size.
      position += 10 + colourTable(descriptor[9]) + 1;
    } else {
      return `has 0x${kind.toString(16)} at byte ${position}, where a block must start`;
    }
    for (;;) {
      const length = bytes.read(position, 1)[0];
      if (length === undefined) return `ends inside image or extension ${images}`;
      position += 1 + length;
      if (length === 0) break;
    }
  }
}

/**
 * The end of each image in a part of a GIF file. FFmpeg's demuxer splits a file where graphic control
 * extensions begin; images without one, as many tools write them if no delay is set, stay in the
 * packet of the image before, of which its decoder would show the first alone.
 *
 * @param data Whole blocks; at the file's start with its header.
 * @returns Positions after each image's last block; fewer where `data` ends inside one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { imageEnds } from "./gif.ts";
 *
 * const image = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0x44, 0];
 * assertEquals(imageEnds(Uint8Array.from([...image, ...image, 0x3b])), [14, 28]);
 * ```
 */
export function imageEnds(data: Uint8Array): number[] {
  const hasHeader = data.length >= 13 && data[0] === 0x47;
  const ends: number[] = [];
  for (let at = hasHeader ? 13 + colourTable(data[10]) : 0; at < data.length;) {
    const kind = data[at];
    if (kind === EXTENSION) at += 2;
    else if (kind === IMAGE) at += 10 + colourTable(data[at + 9]) + 1;
    else break;
    while (data[at] > 0) at += 1 + data[at];
    if (at >= data.length) break;
    at++;
    if (kind === IMAGE) ends.push(at);
  }
  return ends;
}
