/** Erosion of masks, for the test with real films. */

/**
 * Erosion of a mask by a square of 2 · margin + 1 pixels, along rows, columns or both; the area
 * outside the frame counts as background.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../assert.ts";
 * import { eroded } from "./erode.ts";
 *
 * const mask = Uint8Array.from([1, 1, 1, 0,  1, 1, 1, 0,  1, 1, 1, 1]);
 * assertEquals([...eroded(mask, 4, 3, 1)], [0, 0, 0, 0,  0, 1, 0, 0,  0, 0, 0, 0]);
 * ```
 */
export function eroded(
  mask: Uint8Array,
  width: number,
  height: number,
  margin: number,
): Uint8Array {
  const across = new Uint8Array(mask.length);
  const eroded = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0, run = 0; x < width; x++) {
      run = mask[y * width + x] ? run + 1 : 0;
      if (run > 2 * margin) across[y * width + x - margin] = 1;
    }
  }
  for (let x = 0; x < width; x++) {
    for (let y = 0, run = 0; y < height; y++) {
      run = across[y * width + x] ? run + 1 : 0;
      if (run > 2 * margin) eroded[(y - margin) * width + x] = 1;
    }
  }
  return eroded;
}
