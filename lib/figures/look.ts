/** The common look of all figures: sizes, fonts, colours and display names. */
import type { Dimension } from "../records/criterion.ts";
import type { Scale } from "../records/task.ts";

/** Width of every figure, in CSS pixels. */
export const WIDTH = 800;

/** The font used for PNGs, followed by common system fonts. */
export const FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif";

/** Type sizes in CSS pixels. */
export const SIZE = { title: 17, subtitle: 13, panel: 13, text: 12, small: 11 } as const;

/** Greys on a white background: text, secondary text, rules and axes, grid lines, empty cells. */
export const INK = "#1a1a1a";
export const MUTED = "#595959";
export const RULE = "#8c8c8c";
export const GRID = "#e4e4e4";
export const EMPTY = "#f2f2f2";

/**
 * The palette of Okabe and Ito ("Color Universal Design", 2008), distinguishable with all common
 * forms of colour blindness.
 */
export const OKABE_ITO = {
  orange: "#e69f00",
  sky: "#56b4e9",
  green: "#009e73",
  yellow: "#f0e442",
  blue: "#0072b2",
  vermillion: "#d55e00",
  purple: "#cc79a7",
  black: "#000000",
} as const;

/**
 * From white through vermillion to brown, with decreasing lightness, so that it also reads in grey.
 */
export const RAMP = ["#ffffff", "#fbe0cc", "#f3b58a", "#e58544", "#c25400", "#7a3400"] as const;

export const DIMENSION_COLOUR: Readonly<Record<Dimension, string>> = {
  scientific: OKABE_ITO.blue,
  visual: OKABE_ITO.orange,
  instruction: OKABE_ITO.green,
};

export const SCALE_COLOUR: Readonly<Record<Scale | "", string>> = {
  organ: OKABE_ITO.vermillion,
  cell: OKABE_ITO.purple,
  subcellular: OKABE_ITO.sky,
  "": MUTED,
};

export const DIMENSION_NAME: Readonly<Record<Dimension, string>> = {
  scientific: "Scientific fidelity",
  visual: "Visual quality",
  instruction: "Instruction following",
};

export const SCALE_NAME: Readonly<Record<Scale | "", string>> = {
  organ: "Organ",
  cell: "Cell",
  subcellular: "Subcellular",
  "": "No scale",
};

/** Without yellow, which is illegible on white. */
const SERIES = [
  OKABE_ITO.blue,
  OKABE_ITO.vermillion,
  OKABE_ITO.green,
  OKABE_ITO.purple,
  OKABE_ITO.orange,
  OKABE_ITO.sky,
  OKABE_ITO.black,
];
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "cross", "wye"] as const;

/** The colour and symbol of a series. */
export interface SeriesLook {
  /** A colour of the palette, as `#rrggbb`. */
  colour: string;
  /** A Plot symbol, so that series differ by more than colour. */
  symbol: typeof SYMBOLS[number];
}

/**
 * A colour and a symbol for each of several names (models, rules). They are assigned in
 * alphabetical order, whatever the input order, so that figures over the same names agree; the
 * combinations repeat after 49 names.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { seriesLooks } from "./look.ts";
 *
 * const one = seriesLooks(["violator", "simulator"]);
 * assertEquals(one.get("simulator"), { colour: "#0072b2", symbol: "circle" });
 * assertEquals(one, seriesLooks(["simulator", "violator", "simulator"]));
 * ```
 */
export function seriesLooks(names: Iterable<string>): Map<string, SeriesLook> {
  const sorted = [...new Set(names)].sort();
  return new Map(sorted.map((name, i) => [name, {
    colour: SERIES[i % SERIES.length],
    symbol: SYMBOLS[(i + Math.floor(i / SERIES.length)) % SYMBOLS.length],
  }]));
}

/**
 * A count with thousands separators.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { count } from "./look.ts";
 *
 * assertEquals(count(6884), "6,884");
 * assertEquals(count(12), "12");
 * ```
 */
export function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * A score, mean or rate with `digits` decimals; "–" for null, and a true minus sign.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { number } from "./look.ts";
 *
 * assertEquals(number(54.83), "54.8");
 * assertEquals(number(-3.21), "−3.2");
 * assertEquals(number(null), "–");
 * ```
 */
export function number(value: number | null, digits = 1): string {
  return value === null ? "–" : value.toFixed(digits).replace("-", "−");
}

/**
 * The height at which frames are drawn in a width: their own shape's, but at least one pixel and at most
 * twice the width, within which very tall ones are centred. A picture would be too large for any file
 * otherwise.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { drawnHeight } from "./look.ts";
 *
 * assertEquals(drawnHeight({ width: 64, height: 48 }, 100), 75);
 * assertEquals(drawnHeight({ width: 1, height: 4000 }, 100), 200);
 * assertEquals(drawnHeight({ width: 4112, height: 1 }, 100), 1);
 * ```
 */
export function drawnHeight(
  { width, height }: { width: number; height: number },
  across: number,
): number {
  return Math.min(2 * across, Math.max(1, across * height / width));
}
