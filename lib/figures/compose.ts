/** Composes a self-contained SVG from a title and plots. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeMarkup, withoutControls } from "../markup.ts";
import { FONT, INK, MUTED, SIZE, WIDTH } from "./look.ts";
import { wrap } from "./text.ts";

/** A drawing placed in a figure. */
export interface Panel {
  /** Left edge in pixels. */
  x: number;
  /** Top edge in pixels, below the figure's title. */
  y: number;
  /** SVG content. */
  markup: string;
}

/** The content of a figure. */
export interface Composition {
  /** The main statement. */
  title: string;
  /** Counts and a key to the marks. */
  subtitle: string;
  panels: Panel[];
  /** Height of the panels' area in pixels. */
  height: number;
}

const SIDE = 20;

/**
 * An Observable Plot drawing as SVG content for a {@link Panel}. Plot's own outer element and
 * stylesheet are dropped: {@link compose} writes one of each for all panels.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import * as Plot from "@observablehq/plot";
 * import { draw } from "./compose.ts";
 *
 * const markup = draw({ width: 200, height: 100, marks: [Plot.ruleX([1, 2])] });
 * assertOk(markup.startsWith("<g ") && !markup.includes("<style"));
 * ```
 */
export function draw(options: Plot.PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html></html>") as unknown as Pick<
    Plot.PlotOptions,
    "document"
  >;
  const svg = Plot.plot({
    style: { fontFamily: FONT, fontSize: `${SIZE.text}px` },
    ...options,
    document,
  }).outerHTML;
  const content = svg
    .replace(/^<svg[^>]*>/, "")
    .replace(/<\/svg>$/, "")
    .replace(/<style>[\s\S]*?<\/style>/, "");
  return `<g fill="currentColor" text-anchor="middle" font-size="${SIZE.text}">${content}</g>`;
}

/** Text style of {@link text}. */
export interface TextOptions {
  size?: number;
  weight?: number;
  colour?: string;
  anchor?: "start" | "middle" | "end";
}

/**
 * A line of text with its baseline at (`x`, `y`), as SVG content.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { text } from "./compose.ts";
 *
 * assertOk(text(0, 12, "p < 0.05").includes(">p &lt; 0.05<"));
 * ```
 */
export function text(x: number, y: number, content: string, options: TextOptions = {}): string {
  const { size = SIZE.text, weight = 400, colour = INK, anchor = "start" } = options;
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}" ` +
    `text-anchor="${anchor}">${escapeMarkup(content)}</text>`;
}

/**
 * A complete figure as one SVG, {@link WIDTH} pixels wide: white background, title, subtitle,
 * panels. It is self-contained, and equal inputs give equal bytes: coordinates are rounded to
 * hundredths of a pixel, which hides rounding differences between platforms.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { compose } from "./compose.ts";
 *
 * const svg = compose({ title: "Tasks per scale", subtitle: "n = 12", panels: [], height: 40 });
 * assertOk(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"'));
 * ```
 */
export function compose(composition: Composition): string {
  const { panels } = composition;
  const inner = WIDTH - 2 * SIDE;
  const titleLines = wrap(composition.title, inner, SIZE.title, 2);
  const subtitleLines = wrap(composition.subtitle, inner, SIZE.subtitle, 3);
  const head: string[] = [];
  let y = 14;
  for (const line of titleLines) {
    y += 20;
    head.push(text(SIDE, y - 4, line, { size: SIZE.title, weight: 600 }));
  }
  for (const line of subtitleLines) {
    y += 18;
    head.push(text(SIDE, y - 3, line, { size: SIZE.subtitle, colour: MUTED }));
  }
  const top = y + 10;
  const height = Math.ceil(top + composition.height + 14);
  const body = panels.map((panel) =>
    `<g transform="translate(${panel.x},${panel.y + top})">${panel.markup}</g>`
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" ` +
    `viewBox="0 0 ${WIDTH} ${height}" font-family="${FONT}" color="${INK}" role="img" ` +
    `aria-label="${escapeMarkup(`${composition.title}. ${composition.subtitle}`)}">` +
    `<style>text,tspan{white-space:pre}</style>` +
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>` +
    `${head.join("")}${body.join("")}</svg>\n`;
  // Plot writes names as they are.
  return roundCoordinates(withoutControls(svg));
}

/** Rounds numbers inside tags, but not in text or in labels for screen readers. */
function roundCoordinates(svg: string): string {
  return svg.replace(/ (?!aria-label)[\w:-]+="[^"<>]*"/g, (attribute) =>
    attribute.replace(
      /-?\d+\.\d{3,}(e-?\d+)?/g,
      (found) => String(Math.round(Number(found) * 100) / 100 + 0),
    ));
}
