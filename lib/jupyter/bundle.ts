/** What a notebook can show, as representations by media type. */
import { InputError } from "../errors.ts";
import { escapeMarkup } from "../markup.ts";
import { htmlTable, type Row, type TableOptions, textTable } from "./table.ts";

/** Representations of one thing by media type, plain text always among them. */
export type Bundle = Readonly<Record<`${string}/${string}`, string>> & { "text/plain": string };

/** A drawing that carries its own markup: an element of a document, such as Plot makes. */
export interface Drawing {
  readonly outerHTML: string;
}

/**
 * What can be shown as it is: SVG markup, other text (shown as text), a drawing, the bytes of a PNG
 * or JPEG, rows (shown as a table), or a bundle, such as {@link html}, {@link markdown} and
 * {@link video} make.
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
 * assertEquals(bundleOf("<svg><title>Scores</title></svg>"), {
 *   "image/svg+xml": "<svg><title>Scores</title></svg>",
 *   "text/plain": "Figure: Scores",
 * });
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
 * Markup to show as HTML; `text` stands in where HTML is not shown.
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

/** How a video is shown. */
export interface VideoOptions {
  /** Pixels on the page; the video's own by default. */
  width?: number;
  /** What is in it, said beside it. */
  caption?: string;
  /** Bytes that the file may have, because the notebook will hold them; 4,000,000 by default. */
  limit?: number;
}

/**
 * An MP4 or WebM file as a player that holds the file: the notebook shows it wherever it is opened.
 * Throws InputError where the file cannot be read, is neither, or is over the limit.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { video } from "./bundle.ts";
 *
 * await assertInputError(() => video("no-such.mp4"), "Cannot show video no-such.mp4");
 * ```
 */
export async function video(path: string, options: VideoOptions = {}): Promise<Bundle> {
  const { width, caption, limit = 4_000_000 } = options;
  const refuse = (why: string) => new InputError(`Cannot show video ${path}: ${why}`);
  const bytes = await Deno.readFile(path).catch((error) => {
    throw refuse(error.message);
  });
  if (bytes.length > limit) {
    throw refuse(`it has ${bytes.length} bytes; at most ${limit} fit in a notebook`);
  }
  const type = videoType(bytes);
  if (type === null) throw refuse("its content is neither MP4 nor WebM");
  const player = `<video controls loop muted playsinline${
    width === undefined ? "" : ` width="${width}"`
  } src="data:${type};base64,${bytes.toBase64()}"></video>`;
  const said = caption === undefined ? "" : `<figcaption>${escapeMarkup(caption)}</figcaption>`;
  return html(`<figure>${player}${said}</figure>`, `Video: ${caption ?? path}`);
}

function svg(markup: string): Bundle {
  const title = markup.match(/<title[^>]*>([^<]*)<\/title>/)?.[1] ??
    markup.match(/^\s*(?:<\?xml[^>]*>\s*)?<svg[^>]*? aria-label="([^"]*)"/)?.[1];
  return {
    "image/svg+xml": markup,
    "text/plain": title === undefined ? "Figure" : `Figure: ${title}`,
  };
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

/** Of the file's first bytes: ISO base media has its brand there, Matroska its magic number. */
function videoType(bytes: Uint8Array): string | null {
  if (startsWith(bytes.subarray(4), [0x66, 0x74, 0x79, 0x70])) return "video/mp4";
  return startsWith(bytes, [0x1a, 0x45, 0xdf, 0xa3]) ? "video/webm" : null;
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function stripped(markup: string): string {
  return markup.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
}
