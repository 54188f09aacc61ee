/** Hues of differences of light. */

/**
 * Whether light in red, green and blue has a hue in a range. The hue is the angle in the plane across
 * the grey axis, so that it is defined where a channel is below 0, as in differences of light.
 *
 * @param range Degrees at which the range begins and, going up through 360, ends.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing.ts";
 * import { isHue } from "./hue.ts";
 *
 * assertEquals([isHue([342, 20], [9, 1, 0]), isHue([95, 160], [-2, 9, 1])], [true, true]);
 * ```
 */
export function isHue(
  [from, to]: readonly [number, number],
  [r, g, b]: readonly [number, number, number],
): boolean {
  const hue = (Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b) * 180 / Math.PI + 360) % 360;
  return from < to ? hue >= from && hue <= to : hue >= from || hue <= to;
}
