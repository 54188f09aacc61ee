/** How decoded pictures are turned, mirrored and stretched before they are shown. */
import type { Rational } from "node-av/lib";

/**
 * A turn by quarters with or without mirroring: the column and row of each pixel as shown, as
 * multiples of its column and row as stored (the linear part of a display matrix).
 */
export interface Orientation {
  /** Whether columns become rows. */
  transposed: boolean;
  /** Whether the shown picture runs from right to left. */
  fromRight: boolean;
  /** Whether the shown picture runs from the bottom up. */
  fromBottom: boolean;
}

/** As stored. */
export const UPRIGHT: Orientation = { transposed: false, fromRight: false, fromBottom: false };

/** How far from 0 an entry of a rotation by quarters may be, of the largest. */
const SKEW = 0.02;

/**
 * The orientation that a display matrix asks for (ISO/IEC 14496-12 §8.3.2, as FFmpeg stores it: nine
 * 32-bit integers a b u c d v x y w). Rotations that are not by quarters are not applied, as in
 * browsers.
 *
 * @param matrix 36 bytes in this machine's byte order; null for none.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { orientationOf } from "./upright.ts";
 *
 * const one = 1 << 16;
 * const quarter = new Uint8Array(Int32Array.of(0, one, 0, -one, 0, 0, 0, 0, 1 << 30).buffer);
 * assertEquals(orientationOf(quarter), { transposed: true, fromRight: true, fromBottom: false });
 * ```
 */
export function orientationOf(matrix: Uint8Array | null): Orientation {
  if (!matrix || matrix.length < 36) return UPRIGHT;
  const [a, b, , c, d] = new Int32Array(matrix.slice(0, 36).buffer);
  const small = SKEW * Math.max(...[a, b, c, d].map(Math.abs));
  const straight = Math.abs(b) <= small && Math.abs(c) <= small && a !== 0 && d !== 0;
  const across = Math.abs(a) <= small && Math.abs(d) <= small && b !== 0 && c !== 0;
  if (straight) return { transposed: false, fromRight: a < 0, fromBottom: d < 0 };
  if (across) return { transposed: true, fromRight: c < 0, fromBottom: b < 0 };
  return UPRIGHT;
}

/** Pixels. */
export interface Size {
  width: number;
  height: number;
}

/**
 * The size in which a stored picture is shown upright with square pixels: its height stays and its
 * width is stretched, as by ffmpeg's `scale=iw*sar:ih` after the rotation.
 *
 * @param aspect Width of a stored pixel divided by its height; 0/1 or anything unusable is square.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { shownSize, UPRIGHT } from "./upright.ts";
 *
 * const dv = { width: 720, height: 576 };
 * assertEquals(shownSize(dv, { num: 16, den: 15 }, UPRIGHT), { width: 768, height: 576 });
 * ```
 */
export function shownSize(
  { width, height }: Size,
  { num, den }: Pick<Rational, "num" | "den">,
  { transposed }: Orientation,
): Size {
  const [across, down] = transposed ? [height, width] : [width, height];
  if (!(num > 0 && den > 0) || num === den) return { width: across, height: down };
  // As ffmpeg's expression is evaluated, its rounding included.
  const stretched = Math.trunc(across * (transposed ? den / num : num / den));
  return { width: Math.max(1, stretched), height: down };
}

/**
 * A picture in its orientation.
 *
 * @param rgb `width · height · 3` bytes, rows from the top. Returned as it is if it is upright.
 * @param stored Its size before it is turned.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { turned } from "./upright.ts";
 *
 * const rgb = Uint8Array.of(1, 1, 1, 2, 2, 2);
 * const mirrored = { transposed: false, fromRight: true, fromBottom: false };
 * assertEquals([...turned(rgb, { width: 2, height: 1 }, mirrored)], [2, 2, 2, 1, 1, 1]);
 * ```
 */
export function turned(rgb: Uint8Array, stored: Size, orientation: Orientation): Uint8Array {
  const { transposed, fromRight, fromBottom } = orientation;
  if (!transposed && !fromRight && !fromBottom) return rgb;
  const { width, height } = stored;
  const [across, down] = transposed ? [height, width] : [width, height];
  const shown = new Uint8Array(rgb.length);
  // Bytes between neighbours of the stored picture along a row and a column of the shown one.
  const [right, below] = transposed ? [3 * width, 3] : [3, 3 * width];
  const start = (fromRight ? (across - 1) * right : 0) + (fromBottom ? (down - 1) * below : 0);
  const [dx, dy] = [fromRight ? -right : right, fromBottom ? -below : below];
  for (let y = 0, to = 0; y < down; y++) {
    for (let x = 0, from = start + y * dy; x < across; x++, from += dx, to += 3) {
      shown[to] = rgb[from];
      shown[to + 1] = rgb[from + 1];
      shown[to + 2] = rgb[from + 2];
    }
  }
  return shown;
}
