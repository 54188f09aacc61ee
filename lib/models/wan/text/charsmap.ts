/** SentencePiece's character map, which normalises text before tokenization. */
import { InputError } from "../../../errors.ts";

/**
 * Graphemes of this many bytes or more are looked up only character by character, as in Hugging
 * Face's `tokenizers`.
 */
const LONG_GRAPHEME = 6;

/**
 * Reads a `precompiled_charsmap`: the size in bytes of a double array, the array itself, a trie of
 * UTF-8 strings (Aoe, 1989; the Darts format), and their zero-terminated replacements.
 *
 * @param bytes As in the `normalizer` of a `tokenizer.json`, decoded from Base64.
 * @param file For messages.
 * @returns A function that normalises text: graphemes that start with a key of the map are replaced,
 * otherwise their characters; everything else is unchanged.
 * @throws {InputError} for bytes that are not such a map.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { readCharsmap } from "./charsmap.ts";
 *
 * // A map of "a" to "é": the root, the node of "a", and its value, at 1 ^ 0x61 ^ 2.
 * const units = new Uint32Array(0x180);
 * units[0] = 1 << 10;
 * units[1 ^ 0x61] = 2 << 10 | 1 << 8 | 0x61;
 * units[1 ^ 0x61 ^ 2] = 1 << 31;
 * const size = Uint32Array.of(units.byteLength);
 * const text = new TextEncoder().encode("é\0");
 * const bytes = new Uint8Array(await new Blob([size, units, text]).arrayBuffer());
 * assertEquals(readCharsmap(bytes, "tokenizer.json")("banana"), "bénéné");
 * const part = bytes.subarray(0, 9);
 * await assertInputError(() => readCharsmap(part, "tokenizer.json"), "tokenizer.json", "1536", "5");
 * ```
 */
export function readCharsmap(bytes: Uint8Array, file: string): (text: string) => string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.length >= 4 ? view.getUint32(0, true) : 0;
  if (size === 0 || size % 4 !== 0 || size > bytes.length - 4) {
    throw new InputError(
      `Cannot read the character map of ${file}: expected ${size} bytes of 4-byte units, found ` +
        `${Math.max(0, bytes.length - 4)}`,
    );
  }
  const units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  const replacements = bytes.subarray(4 + size);
  const utf8 = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
  const replacement = (key: Uint8Array): string | null => {
    const from = shortestMatch(units, key);
    if (from === null) return null;
    const to = replacements.indexOf(0, from);
    return decoder.decode(replacements.subarray(from, to < 0 ? undefined : to));
  };
  return (text) => {
    let normalised = "";
    for (const { segment } of graphemes.segment(text)) {
      const key = utf8.encode(segment);
      const whole = key.length < LONG_GRAPHEME ? replacement(key) : null;
      normalised += whole ??
        Array.from(segment, (char) => replacement(utf8.encode(char)) ?? char).join("");
    }
    return normalised;
  };
}

/** The replacement's offset of the shortest string in the trie that is a prefix of the key. */
function shortestMatch(units: Uint32Array, key: Uint8Array): number | null {
  let at = offsetOf(units[0]);
  for (const byte of key) {
    if (byte === 0) return null;
    at ^= byte;
    const unit = units[at] ?? 0;
    if (unit >>> 31 !== 0 || (unit & 0xff) !== byte) return null;
    at ^= offsetOf(unit);
    const hasValue = (unit >>> 8 & 1) !== 0;
    if (hasValue) return (units[at] ?? 0) & 0x7fffffff;
  }
  return null;
}

/** A node's offset to its children: 22 bits, shifted by 8 more if bit 9 is set. */
function offsetOf(unit: number): number {
  return unit >>> 10 << ((unit & 1 << 9) >>> 6);
}
