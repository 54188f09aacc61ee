/** Completeness check of Matroska and WebM files: EBML elements as in RFC 8794 §5–6, RFC 9559. */
import type { FileBytes } from "./bytes.ts";

const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const BLOCK_GROUP = 0xa0;

/** Elements that are descended into, by id: those that lead to the blocks with frames. */
const NAMES = new Map([[SEGMENT, "segment"], [CLUSTER, "cluster"], [BLOCK_GROUP, "block group"]]);

/** A variable-size integer: its length in bytes, its value, and whether all value bits are 1. */
function readVarint(bytes: FileBytes, position: number, longest: number, keepMarker: boolean) {
  const first = bytes.read(position, 1)[0];
  if (first === undefined) return null;
  const length = Math.clz32(first) - 23;
  const all = bytes.read(position, length);
  if (length > longest || all.length < length) return null;
  let value = keepMarker ? first : first & (0xff >> length);
  let unknown = (first & (0xff >> length)) === 0xff >> length;
  for (const byte of all.subarray(1)) {
    value = value * 256 + byte;
    unknown &&= byte === 0xff;
  }
  return { length, value, unknown };
}

/** Why the elements between two positions do not fill that range, or null if they do. */
function faultBetween(
  bytes: FileBytes,
  start: number,
  end: number,
  seen: Set<number>,
): string | null {
  for (let position = start; position < end;) {
    const id = readVarint(bytes, position, 4, true);
    const size = id && readVarint(bytes, position + id.length, 8, false);
    if (!id || !size) return `ends or is damaged at the element header at byte ${position}`;
    if (size.unknown) {
      return `was written without declaring its length, so truncation cannot be detected; ` +
        `remux it (ffmpeg -i IN -c copy OUT.mkv)`;
    }
    seen.add(id.value);
    const content = position + id.length + size.length;
    const name = NAMES.get(id.value);
    if (content + size.value > end) {
      return `has an element (${name ?? `0x${id.value.toString(16)}`}) at byte ${position} that ` +
        `declares ${size.value} bytes, but only ${Math.max(0, end - content)} are present`;
    }
    const fault = name ? faultBetween(bytes, content, content + size.value, seen) : null;
    if (fault) return fault;
    position = content + size.value;
  }
  return null;
}

/**
 * Why a Matroska or WebM file is incomplete, or null if its elements, down to the blocks with
 * frames, fill their parents exactly: a demuxer would silently skip damaged headers, and frames
 * with them. Only headers are read. A segment of unknown size (a live recording, or a writer that
 * was killed) is refused: without a declared end, truncation between two blocks cannot be detected.
 *
 * @internal
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { FileBytes } from "./bytes.ts";
 * import { missingFromEbml } from "./ebml.ts";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeFile(path, Uint8Array.from([0x18, 0x53, 0x80, 0x67, 0x90, 1]));
 * using bytes = new FileBytes(path);
 * assertEquals(missingFromEbml(bytes), "has an element (segment) at byte 0 that declares 16 bytes, but only 1 are present");
 * await Deno.remove(path);
 * ```
 */
export function missingFromEbml(bytes: FileBytes): string | null {
  const seen = new Set<number>();
  return faultBetween(bytes, 0, bytes.size, seen) ??
    (seen.has(SEGMENT) ? null : "has no segment, which holds its frames");
}
