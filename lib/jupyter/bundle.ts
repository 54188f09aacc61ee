/** Values shown in notebooks, as representations by media type. */
import { decodeHTML } from "entities";
import { InputError } from "../errors.ts";
import { htmlTable, type Row, type TableOptions, textTable } from "./table.ts";

/** Representations of one value by media type, always including plain text. */
export type Bundle = Readonly<Record<`${string}/${string}`, string>> & { "text/plain": string };

/** A drawing with its own markup: a DOM element, such as Plot creates. */
export interface Drawing {
  /** Its markup. */
  readonly outerHTML: string;
}

/**
 * Values that can be shown directly: SVG markup, other text (shown as text), a drawing, the bytes
 * of a PNG or JPEG, rows (shown as a table), or a bundle, as made by {@link html}, {@link markdown}
 * and `video` of ./video.ts.
 */
export type Showable = string | Drawing | Uint8Array | readonly Row[] | Bundle;

/**
 * The representations of a value. Throws InputError for bytes that are neither PNG nor JPEG.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { bundleOf } from "./bundle.ts";
 *
 * const { "text/plain": text } = bundleOf("<svg><title>Scores</title></svg>");
 * assertEquals(text, "Figure: Scores");
 * assertEquals(bundleOf("12 tasks"), { "text/plain": "12 tasks" });
 * ```
 */
export function bundleOf(value: Showable, options: TableOptions = {}): Bundle {
  if (typeof value === "string") return isSvg(value) ? svg(value) : { "text/plain": value };
  if (value instanceof Uint8Array) return image(value);
  if (isRows(value)) {
    return { "text/html": htmlTable(value, options), "text/plain": textTable(value, options) };
  }
  if (isDrawing(value)) {
    return isSvg(value.outerHTML) ? svg(value.outerHTML) : html(value.outerHTML);
  }
  return value;
}

/**
 * Markup to show as HTML; `text` is the fallback where HTML is not shown.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { html } from "./bundle.ts";
 *
 * assertEquals(html("<b>12</b> tasks"), { "text/html": "<b>12</b> tasks", "text/plain": "12 tasks" });
 * ```
 */
export function html(markup: string, text: string = stripped(markup)): Bundle {
  return { "text/html": markup, "text/plain": text };
}

/**
 * Text to show as Markdown.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { markdown } from "./bundle.ts";
 *
 * assertEquals(markdown("**12** tasks")["text/markdown"], "**12** tasks");
 * ```
 */
export function markdown(text: string): Bundle {
  return { "text/markdown": text, "text/plain": text };
}

/**
 * Self-contained SVG: the namespace, implicit within HTML, is required in an image file.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { withNamespace } from "./bundle.ts";
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9"></svg>';
 * assertEquals([withNamespace('<svg width="9"></svg>'), withNamespace(svg)], [svg, svg]);
 * ```
 */
export function withNamespace(svg: string): string {
  const start = /^(\s*(?:<\?xml[^>]*>\s*)?<svg)(?=[\s>])(?![^>]*\sxmlns=)/;
  return svg.replace(start, '$1 xmlns="http://www.w3.org/2000/svg"');
}

/**
 * Alternative text of a figure: its title, otherwise its label.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { wordsOf } from "./bundle.ts";
 *
 * assertEquals(wordsOf('<svg aria-label="p &lt; 0.05"></svg>'), "Figure: p < 0.05");
 * ```
 */
export function wordsOf(svg: string): string {
  const words = svg.match(/<title[^>]*>([^<]*)<\/title>/)?.[1] ??
    svg.match(/^\s*(?:<\?xml[^>]*>\s*)?<svg[^>]*? aria-label="([^"]*)"/)?.[1];
  return words === undefined ? "Figure" : `Figure: ${decodeHTML(words)}`;
}

function svg(markup: string): Bundle {
  return { "image/svg+xml": withNamespace(markup), "text/plain": wordsOf(markup) };
}

function image(bytes: Uint8Array): Bundle {
  const kind = startsWith(bytes, [0x89, 0x50, 0x4e, 0x47])
    ? "png"
    : startsWith(bytes, [0xff, 0xd8, 0xff])
    ? "jpeg"
    : null;
  if (kind === null) {
    throw new InputError(
      `Cannot show ${bytes.length} bytes that are neither PNG nor JPEG: they start with ${
        [...bytes.subarray(0, 4)].join(" ")
      }`,
    );
  }
  return { [`image/${kind}`]: bytes.toBase64(), "text/plain": `Image (${kind.toUpperCase()})` };
}

function isSvg(text: string): boolean {
  return /^\s*(<\?xml[^>]*>\s*)?<svg[\s>]/.test(text);
}

function isRows(value: Exclude<Showable, string | Uint8Array>): value is readonly Row[] {
  return Array.isArray(value);
}

function isDrawing(value: Drawing | Bundle): value is Drawing {
  return typeof (value as Drawing).outerHTML === "string";
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function stripped(markup: string): string {
  return decodeHTML(markup.replace(/<[^>]*>/g, " ")).replace(/\s+/g, " ").trim();
}
