/** The colours named in captions, as painted or plastic surfaces in daylight. */

/** Red, green and blue as displayed, 0–1. */
export type Rgb = readonly [number, number, number];

/** Names and colours of objects. */
export const PAINTS = {
  red: [0.83, 0.16, 0.13],
  orange: [0.95, 0.5, 0.1],
  yellow: [0.95, 0.81, 0.16],
  green: [0.16, 0.56, 0.26],
  blue: [0.15, 0.36, 0.79],
  purple: [0.49, 0.23, 0.64],
  white: [0.93, 0.92, 0.89],
  black: [0.13, 0.13, 0.15],
} as const satisfies Record<string, Rgb>;

export type PaintName = keyof typeof PAINTS;

/** All colour names. */
export const PAINT_NAMES = Object.keys(PAINTS) as [PaintName, ...PaintName[]];

/**
 * The colour of a pattern on an object: white, or dark on light colours.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { PAINTS, secondPaint } from "./palette.ts";
 *
 * assertEquals(secondPaint("red"), PAINTS.white);
 * assertEquals(secondPaint("white"), PAINTS.blue);
 * ```
 */
export function secondPaint(name: PaintName): Rgb {
  return name === "white" || name === "yellow" ? PAINTS.blue : PAINTS.white;
}

/**
 * The colour between two, `part` of the way from the first to the second.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { mixed } from "./palette.ts";
 *
 * assertEquals(mixed([0, 0, 0], [1, 1, 0], 0.5), [0.5, 0.5, 0]);
 * ```
 */
export function mixed(from: Rgb, to: Rgb, part: number): Rgb {
  return [
    from[0] + (to[0] - from[0]) * part,
    from[1] + (to[1] - from[1]) * part,
    from[2] + (to[2] - from[2]) * part,
  ];
}
