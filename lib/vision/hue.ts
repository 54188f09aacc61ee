/** Hues of light and of differences of light. */

/**
 * The hue of RGB light in degrees, from 0 to below 360: the angle in the plane perpendicular to the
 * grey axis (Preucil 1953), so that it is defined even if a channel is negative, as in differences
 * of light.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { hueOf } from "./hue.ts";
 *
 * assertEquals([hueOf([9, 0, 0]), Math.round(hueOf([-2, 7, -2]))], [0, 120]);
 * ```
 */
export function hueOf([r, g, b]: readonly [number, number, number]): number {
  return (Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b) * 180 / Math.PI + 360) % 360;
}

/**
 * Whether RGB light has a hue (see {@link hueOf}) in a range.
 *
 * @param range Degrees from the first value upwards through 360 to the second.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { isHue } from "./hue.ts";
 *
 * assertEquals([isHue([342, 20], [9, 1, 0]), isHue([95, 160], [-2, 9, 1])], [true, true]);
 * ```
 */
export function isHue(
  [from, to]: readonly [number, number],
  rgb: readonly [number, number, number],
): boolean {
  const hue = hueOf(rgb);
  return from < to ? hue >= from && hue <= to : hue >= from || hue <= to;
}
