/** Completeness check of MP4 and QuickTime files: boxes as in ISO/IEC 14496-12 §4.2. */
import type { FileBytes } from "./bytes.ts";
import { MAX_FRAMES } from "./limits.ts";

/** A box of an MP4 file. */
interface Box {
  type: string;
  /** Position of its first byte, in the header. */
  position: number;
  header: number;
  /** Declared size in bytes, including the header; null if it extends to the end of the file. */
  size: number | null;
}

function readBox(bytes: FileBytes, position: number): Box | string {
  const head = bytes.read(position, 16);
  if (head.length < 8) return `ends ${head.length} bytes into a box header at byte ${position}`;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const type = String.fromCharCode(...head.subarray(4, 8));
  const small = view.getUint32(0);
  if (small === 0) return { type, position, header: 8, size: null };
  if (small > 1) {
    if (small < 8) {
      return `has a box "${type}" at byte ${position} that declares ${small} bytes, less than 8`;
    }
    return { type, position, header: 8, size: small };
  }
  if (head.length < 16) return `ends inside the header of box "${type}" at byte ${position}`;
  return { type, position, header: 16, size: Number(view.getBigUint64(8)) };
}

function children(bytes: FileBytes, start: number, end: number): Box[] | string {
  const boxes: Box[] = [];
  for (let position = start; position < end;) {
    const box = readBox(bytes, position);
    if (typeof box === "string") return box;
    boxes.push(box);
    if (box.size === null) break;
    position += box.size;
    if (position > end) {
      return `has a box "${box.type}" at byte ${box.position} that declares ${box.size} bytes, ` +
        `but only ${end - box.position} are present`;
    }
  }
  return boxes;
}

/** The first box at a path of types within a range of bytes, or null. */
function descend(bytes: FileBytes, start: number, end: number, path: string[]): Box | null {
  const inside = children(bytes, start, end);
  if (typeof inside === "string") return null;
  const box = inside.find((child) => child.type === path[0]);
  if (!box || path.length === 1) return box ?? null;
  return descend(bytes, box.position + box.header, box.position + (box.size ?? 0), path.slice(1));
}

/**
 * Why a video track's sample tables contradict each other, or null: both state its sample count.
 */
function contradiction(bytes: FileBytes, track: Box): string | null {
  const uint32 = (position: number) => {
    const four = bytes.read(position, 4);
    return four.length < 4 ? 0 : new DataView(four.buffer, four.byteOffset, 4).getUint32(0);
  };
  const [start, end] = [track.position + track.header, track.position + (track.size ?? 0)];
  const handler = descend(bytes, start, end, ["mdia", "hdlr"]);
  if (!handler || bytes.text(handler.position + handler.header + 8, 4) !== "vide") return null;
  const table = ["mdia", "minf", "stbl"];
  const sizes = descend(bytes, start, end, [...table, "stsz"]);
  const times = descend(bytes, start, end, [...table, "stts"]);
  // Other kinds of table, such as `stz2`, are left to the demuxer.
  if (!sizes || !times) return null;
  const sized = uint32(sizes.position + sizes.header + 8);
  const entries = uint32(times.position + times.header + 4);
  let timed = 0;
  for (let i = 0, at = times.position + times.header + 8; i < entries; i++, at += 8) {
    if (at >= times.position + (times.size ?? 0)) return `has a "stts" table longer than its box`;
    timed += uint32(at);
  }
  if (sized > MAX_FRAMES) {
    return `declares ${sized} frames, more than the ${MAX_FRAMES} that are read of a clip`;
  }
  return sized === timed ? null : `declares the sizes of ${sized} samples, the times of ${timed}`;
}

/**
 * Why an MP4 or QuickTime file is incomplete, or null if its boxes fill the file exactly.
 *
 * Truncation that box sizes do not reveal is detected later: if `moov` precedes several `mdat` and
 * the file is cut between them, fewer packets are read than the sample table declares. A fragmented
 * file cut between two fragments looks complete, so the random access index that writers put at the
 * very end, `mfra`, is required.
 *
 * @internal
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { FileBytes } from "./bytes.ts";
 * import { missingFromBoxes } from "./boxes.ts";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeFile(path, Uint8Array.from([0, 0, 0, 99, 109, 111, 111, 118, 0, 0]));
 * using bytes = new FileBytes(path);
 * assertEquals(
 *   missingFromBoxes(bytes),
 *   'has a box "moov" at byte 0 that declares 99 bytes, but only 10 are present',
 * );
 * await Deno.remove(path);
 * ```
 */
export function missingFromBoxes(bytes: FileBytes): string | null {
  const boxes = children(bytes, 0, bytes.size);
  if (typeof boxes === "string") return boxes;
  const moov = boxes.find((box) => box.type === "moov");
  if (!moov) return `has no "moov" box, which declares its frames`;
  const moovEnd = moov.size === null ? bytes.size : moov.position + moov.size;
  const inside = children(bytes, moov.position + moov.header, moovEnd);
  if (typeof inside === "string") return `${inside} (inside "moov")`;
  if (!boxes.some((box) => box.type === "mdat")) {
    return `has no "mdat" box, which holds its frames`;
  }
  for (const track of inside.filter((box) => box.type === "trak")) {
    const contradictory = contradiction(bytes, track);
    if (contradictory) return contradictory;
  }
  const fragmented = inside.some((box) => box.type === "mvex");
  if (fragmented && boxes.at(-1)?.type !== "mfra") {
    return `is fragmented without a closing "mfra" box, so truncation cannot be detected; ` +
      `remux it (ffmpeg -i IN -c copy OUT.mp4)`;
  }
  return null;
}
