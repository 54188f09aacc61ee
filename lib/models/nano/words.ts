/** The tokenizer: each word becomes a few hashed subword pieces, so that no word is unknown. */

/** Size of the embedding table; id 0 is padding. */
const BUCKETS = 4096;
/** Captions are truncated to this many words. */
export const WORDS = 80;
/** Pieces per word. */
export const PIECES = 12;

/**
 * The words of a caption: runs of ASCII letters and runs of digits, in lower case, truncated to
 * {@link WORDS}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { wordsOf } from "./words.ts";
 *
 * assertEquals(wordsOf("Two beads, 14 µm apart."), ["two", "beads", "14", "m", "apart"]);
 * ```
 */
export function wordsOf(caption: string): string[] {
  return (caption.toLowerCase().match(/[a-z]+|[0-9]+/g) ?? []).slice(0, WORDS);
}

/**
 * The ids of a caption's pieces: {@link PIECES} per word, padded with 0. The pieces of a word are the
 * word itself and its character trigrams, with "<" and ">" marking its ends, each hashed (32-bit
 * FNV-1a) to a row of the embedding table; the word's embedding is the mean of its pieces', as in
 * fastText (Bojanowski et al., TACL 5 (2017) 135–146). A caption without words is a single word of
 * padding. `tasks/train/words.py` does the same.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { PIECES, pieceIds } from "./words.ts";
 *
 * const ids = pieceIds("A cell");
 * assertEquals([ids.length, ids[1] > 0, ids[2]], [2 * PIECES, true, 0]);
 * assertEquals(pieceIds("…"), new Array(PIECES).fill(0));
 * ```
 */
export function pieceIds(caption: string): number[] {
  const words = wordsOf(caption).map((word) => {
    const marked = `<${word}>`;
    const trigrams = Array.from({ length: marked.length - 2 }, (_, i) => marked.slice(i, i + 3));
    const ids = [marked, ...trigrams.slice(0, PIECES - 1)].map(bucket);
    return [...ids, ...new Array(PIECES - ids.length).fill(0)];
  });
  return words.length > 0 ? words.flat() : new Array(PIECES).fill(0);
}

/** Words are ASCII, so each character is one byte. */
function bucket(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return 1 + value % (BUCKETS - 1);
}
