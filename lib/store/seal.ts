/** Checksums inside files: what was written is told from what was changed since. */
import { Buffer } from "node:buffer";
import { hash } from "node:crypto";

/** Metadata of a table's schema and of its first record batch that holds the seal of the whole file. */
export const SEAL = "microverse.seal";
/** Metadata of a schema or a record batch that holds the seal of the header of its own message. */
export const HEAD = "microverse.head";

const DIGITS = 64;
const ZEROS = "0".repeat(DIGITS);
const MARK = "microverse-sha256:";
const HEAD_MARK = "microverse-header:";

/** What stands in a table's metadata until {@link sealBytes}. */
export const UNSEALED: string = MARK + ZEROS;
/** What stands in a message's metadata until {@link sealHeader}. */
export const UNSEALED_HEAD: string = HEAD_MARK + ZEROS;

/** What a file's seal says of its bytes; absent in files of earlier versions and of other programs. */
export type SealState = "whole" | "damaged" | "absent";

/**
 * Puts the SHA-256 of a file's bytes into the bytes themselves: in place of {@link UNSEALED}, which
 * stands in a table's first record batch and in its footer, and counts as blank in the sum.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { sealBytes, sealOf, UNSEALED } from "./seal.ts";
 *
 * const bytes = sealBytes(new TextEncoder().encode(`${UNSEALED} rows ${UNSEALED}`));
 * assertEquals(sealOf(bytes), "whole");
 * assertEquals(sealOf(bytes.with(bytes.length >> 1, 9)), "damaged");
 * assertEquals(sealOf(new TextEncoder().encode("rows")), "absent");
 * ```
 */
export function sealBytes(bytes: Uint8Array): Uint8Array {
  const places = placesIn(bytes);
  if (!places) throw new Error("a table without a place for its seal");
  const digest = hash("sha256", bytes);
  for (const at of places) writeText(bytes, at, digest);
  return bytes;
}

/** Whether a file's bytes are those that were sealed. */
export function sealOf(bytes: Uint8Array): SealState {
  const places = placesIn(bytes);
  if (!places) return "absent";
  const [first, last] = places;
  const digest = textAt(bytes, first);
  if (first === last || textAt(bytes, last) !== digest) return "damaged";
  const blank = bytes.slice();
  for (const at of places) writeText(blank, at, ZEROS);
  return hash("sha256", blank) === digest ? "whole" : "damaged";
}

/**
 * Puts a hash of a message's header into the header itself. A damaged header is known before it is
 * parsed, which can take for ever where it names billions of columns.
 */
export function sealHeader(header: Uint8Array): void {
  const at = bufferOf(header).indexOf(HEAD_MARK);
  if (at < 0) throw new Error("a message without a place for its seal");
  writeText(header, at + HEAD_MARK.length, headerDigest(header));
}

/** Whether a message's header is as it was sealed. */
export function headerState(header: Uint8Array): SealState {
  const at = bufferOf(header).indexOf(HEAD_MARK);
  if (at < 0) return "absent";
  return textAt(header, at + HEAD_MARK.length) === headerDigest(header) ? "whole" : "damaged";
}

/** Whether any message of these bytes has a seal; those of earlier versions have none. */
export function hasHeaderSeals(bytes: Uint8Array): boolean {
  return bufferOf(bytes).includes(HEAD_MARK);
}

/** The seal of the whole file comes later, and may stand in a header. */
function headerDigest(header: Uint8Array): string {
  const blank = header.slice();
  for (const mark of [MARK, HEAD_MARK]) {
    const at = bufferOf(blank).indexOf(mark);
    if (at >= 0) writeText(blank, at + mark.length, ZEROS);
  }
  return hash("sha256", blank);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Where the digits of the seal begin: the first before all rows, the last after them. */
function placesIn(bytes: Uint8Array): [first: number, last: number] | null {
  const buffer = bufferOf(bytes);
  const first = buffer.indexOf(MARK);
  return first < 0 ? null : [first + MARK.length, buffer.lastIndexOf(MARK) + MARK.length];
}

function textAt(bytes: Uint8Array, at: number): string {
  return new TextDecoder("latin1").decode(bytes.subarray(at, at + DIGITS));
}

/** A damaged place may lie at the very end. */
function writeText(bytes: Uint8Array, at: number, text: string): void {
  bytes.set(new TextEncoder().encode(text).subarray(0, Math.max(0, bytes.length - at)), at);
}
