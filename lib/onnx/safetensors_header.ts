/** The beginning of a `.safetensors` file, as it is written. */

/**
 * A header's bytes, preceded by their number as 64 bits.
 *
 * @param header JSON, or bytes that are taken as they are.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { headerBytes } from "./safetensors_header.ts";
 *
 * assertEquals([...headerBytes("{}")], [2, 0, 0, 0, 0, 0, 0, 0, 123, 125]);
 * ```
 */
export function headerBytes(header: string | Uint8Array): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(BigUint64Array.BYTES_PER_ELEMENT + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, BigUint64Array.BYTES_PER_ELEMENT);
  return bytes;
}
