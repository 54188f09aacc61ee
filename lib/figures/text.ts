/** Fitting text into figures without a browser to measure it. */

/**
 * Approximate width of `text` in pixels, at a font size in pixels: advance widths of Inter by
 * character class, rounded up so that wider fallback fonts fit too.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { textWidth } from "./text.ts";
 *
 * assertOk(textWidth("illicit", 12) < textWidth("MAMMOTH", 12));
 * assertOk(textWidth("score", 24) === 2 * textWidth("score", 12));
 * ```
 */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) {
    if (/[iljI.,:;'|!]/.test(character)) ems += 0.3;
    else if (/[frt()[\]{}\s"/\\-]/.test(character)) ems += 0.39;
    else if (/[W@%]/.test(character)) ems += 1.05;
    else if (/[mwM]/.test(character)) ems += 0.93;
    else if (/[A-Z]/.test(character)) ems += 0.72;
    else if (/[\u0020-\u024f]/.test(character)) ems += 0.62;
    // Greek, symbols; beyond (CJK, emoji), as wide as the font size.
    else ems += character.codePointAt(0)! < 0x2e80 ? 0.72 : 1;
  }
  return ems * size;
}

/**
 * Truncates `text` with an ellipsis to fit `width` pixels at `size` pixels.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { truncate } from "./text.ts";
 *
 * assertEquals(truncate("Wan2.1", 100, 12), "Wan2.1");
 * assertEquals(truncate("a name without end", 60, 12), "a name…");
 * ```
 */
export function truncate(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(characters.join("") + "…", size) > width) {
    characters.pop();
  }
  return characters.join("").trimEnd() + "…";
}

/**
 * Labels truncated to fit `width` pixels at `size` pixels, no two alike: those that begin alike keep
 * their ends, and those that differ in the middle alone are numbered.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { truncateApart } from "./text.ts";
 *
 * const names = ["Wan", "microverse-lora-epoch-10", "microverse-lora-epoch-20"];
 * assertEquals([...truncateApart(names, 90, 12).values()], ["Wan", "microv…ch-10", "microv…ch-20"]);
 * ```
 */
export function truncateApart(
  labels: Iterable<string>,
  width: number,
  size: number,
): Map<string, string> {
  const distinct = [...new Set(labels)];
  const cut = new Map(distinct.map((label) => [label, truncate(label, width, size)]));
  const alike = () =>
    [...Map.groupBy(distinct, (label) => cut.get(label)!).values()].filter(({ length }) =>
      length > 1
    );
  for (const label of alike().flat()) cut.set(label, withEnd(label, width, size));
  for (const group of alike()) {
    group.forEach((label, i) => {
      const number = ` (${i + 1})`;
      cut.set(label, truncate(label, width - textWidth(number, size), size) + number);
    });
  }
  return cut;
}

/** A text cut in its middle, with its end over half of the width. */
function withEnd(text: string, width: number, size: number): string {
  const characters = [...text];
  let end = "";
  while (
    characters.length > 0 && textWidth(`…${characters.at(-1)}${end}`, size) <= width / 2
  ) end = characters.pop() + end;
  const room = width - textWidth(`…${end}`, size);
  let start = "";
  while (
    characters.length > 0 && textWidth(start + characters[0], size) <= room
  ) start += characters.shift();
  return `${start.trimEnd()}…${end.trimStart()}`;
}

/**
 * Wraps `text` into lines of at most `width` pixels at `size` pixels, breaking at spaces, and longer
 * words after a hyphen; what still does not fit is truncated, and text beyond `lines` lines is replaced
 * by an ellipsis.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { wrap } from "./text.ts";
 *
 * assertEquals(wrap("red cells keep their shape", 100, 12, 2), ["red cells keep", "their shape"]);
 * assertEquals(wrap("red cells keep their shape", 100, 12, 1), ["red cells keep…"]);
 * assertEquals(wrap("flickering-oxygenation", 100, 12, 2), ["flickering-", "oxygenation"]);
 * ```
 */
export function wrap(text: string, width: number, size: number, lines: number): string[] {
  const words = text.trim().split(/\s+/);
  const out: string[] = [];
  while (words.length > 0) {
    if (out.length === lines - 1) {
      out.push(truncate(words.join(" "), width, size));
      break;
    }
    let line = words.shift()!;
    const parts = textWidth(line, size) > width ? hyphenated(line, width, size) : null;
    if (parts) {
      out.push(parts[0]);
      words.unshift(parts[1]);
      continue;
    }
    while (words.length > 0 && textWidth(`${line} ${words[0]}`, size) <= width) {
      line += ` ${words.shift()}`;
    }
    out.push(truncate(line, width, size));
  }
  return out;
}

/** A word in two after the last hyphen up to which it fits; null if there is none. */
function hyphenated(word: string, width: number, size: number): [string, string] | null {
  const ends = [...word.matchAll(/-(?=.)/g)].map(({ index }) => index + 1);
  const end = ends.findLast((at) => textWidth(word.slice(0, at), size) <= width);
  return end === undefined ? null : [word.slice(0, end), word.slice(end)];
}

/**
 * The space needed by the longest of `labels` in pixels, at most `limit`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { labelSpace } from "./text.ts";
 *
 * assertEquals(labelSpace(["Wan2.1", "a model name without any end"], 12, 120), 120);
 * ```
 */
export function labelSpace(labels: Iterable<string>, size: number, limit: number): number {
  const widest = Math.max(0, ...[...labels].map((label) => textWidth(label, size)));
  return Math.ceil(Math.min(limit, widest));
}
