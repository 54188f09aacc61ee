/** Requirements on every figure, and access to its elements and texts. */
import { Resvg } from "@resvg/resvg-js";
import { parseHTML } from "linkedom";
import { fileURLToPath } from "node:url";
import { assertOk } from "./assert.ts";

/** An element of a figure. */
export interface Element {
  textContent: string;
  getAttribute(name: string): string | null;
}

/** Minimum margin of a figure in pixels. */
const MARGIN = 8;
const FONT = "@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf";

/**
 * The elements of an SVG that match a selector.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./assert.ts";
 * import { select } from "./figure.ts";
 *
 * assertEquals(select('<svg><g id="a"></g></svg>', "g")[0].getAttribute("id"), "a");
 * ```
 */
export function select(svg: string, selector: string): Element[] {
  const { document } = parseHTML(svg) as unknown as {
    document: { querySelectorAll(selector: string): Iterable<Element> };
  };
  return [...document.querySelectorAll(selector)];
}

/**
 * The texts of a figure, in drawing order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./assert.ts";
 * import { textsIn } from "./figure.ts";
 *
 * assertEquals(textsIn("<svg><text>p &lt; 0.05</text></svg>"), ["p < 0.05"]);
 * ```
 */
export function textsIn(svg: string): string[] {
  return select(svg, "text").map(({ textContent }) => textContent);
}

/**
 * Fails unless a figure is deterministic, loads nothing external, and stays within the page with a
 * margin.
 *
 * @example
 * ```ts
 * import { assertSelfContained } from "./figure.ts";
 *
 * const mark = '<circle cx="50" cy="50" r="40"/>';
 * assertSelfContained(() =>
 *   `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">${mark}</svg>`
 * );
 * ```
 */
export function assertSelfContained(figure: () => string): void {
  const svg = figure();
  assertOk(figure() === svg, "the figure differs when it is drawn again");
  assertOk(!/url\(|href=|<script|NaN|undefined|Infinity/.test(svg));
  const [width, height] = ["width", "height"].map((side) =>
    Number(new RegExp(` ${side}="(\\d+)"`).exec(svg)![1])
  );
  // Without its white background, the drawing must lie inside it.
  const bare = svg.replace(new RegExp(`<rect width="${width}"[^>]*>`), "");
  const fontFiles = [fileURLToPath(import.meta.resolve(FONT))];
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: "Inter" };
  const { x, y, width: across, height: down } = new Resvg(bare, { font }).getBBox()!;
  const [right, bottom] = [x + across, y + down];
  assertOk(x >= MARGIN && right <= width - MARGIN, `x from ${x} to ${right} of ${width}`);
  assertOk(y >= MARGIN && bottom <= height, `y from ${y} to ${bottom} of ${height}`);
}
