/** Captions as numbers: every word a handful of hashed pieces, so that no word is unknown. */

/** Rows of the embedding; row 0 stands for "no piece". */
const BUCKETS = 4096;
/** Words of a caption that are read; what follows is not. */
export const WORDS = 80;
/** Pieces of a word. */
export const PIECES = 12;

/**
 * The words of a caption that a model reads: its runs of letters and its runs of digits, in lower case,
 * the first {@link WORDS} of them.
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
 * Rows of a caption's pieces, `words · {@link PIECES}` of them, filled up with 0. A word is told by
 * itself and by its pieces of three characters, "<" and ">" marking its ends, each hashed (32-bit
 * FNV-1a) into one of the embedding's rows; its embedding is their mean, as in fastText (Bojanowski et
 * al., TACL 5 (2017) 135–146). A caption without words is one row of zeros. `tasks/train/words.py`
 * does the same.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { PIECES, pieceRows } from "./words.ts";
 *
 * const rows = pieceRows("A cell");
 * assertEquals([rows.length, rows[1] > 0, rows[2]], [2 * PIECES, true, 0]);
 * assertEquals(pieceRows("…"), new Array(PIECES).fill(0));
 * ```
 */
export function pieceRows(caption: string): number[] {
  const rows = wordsOf(caption).map((word) => {
    const marked = `<${word}>`;
    const grams = Array.from({ length: marked.length - 2 }, (_, i) => marked.slice(i, i + 3));
    const own = [marked, ...grams.slice(0, PIECES - 1)].map(bucket);
    return [...own, ...new Array(PIECES - own.length).fill(0)];
  });
  return rows.length > 0 ? rows.flat() : new Array(PIECES).fill(0);
}

/** Words hold ASCII alone, so that a character is a byte. */
function bucket(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return 1 + value % (BUCKETS - 1);
}
