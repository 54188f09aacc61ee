/** What is drawn around a place: the pixels that it reaches, and round spots of light. */

/** A rectangle: µm or metres from the frame's left and top edges, or whole pixels. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Pixels of a frame. */
interface Size {
  width: number;
  height: number;
}

/**
 * The square whose sides are `reach` from a place.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { around } from "./drawing.ts";
 *
 * assertEquals(around({ x: 5, y: 3 }, 2), { left: 3, top: 1, right: 7, bottom: 5 });
 * ```
 */
export function around({ x, y }: { x: number; y: number }, reach: number): Box {
  return { left: x - reach, top: y - reach, right: x + reach, bottom: y + reach };
}

/**
 * First and last columns and rows of the frame's pixels in a box, and of those just beyond it on the
 * right and below. A box outside the frame has none: its right lies before its left, or its bottom
 * above its top.
 *
 * @param scale What one pixel spans, in the box's unit.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { around, pixelsIn } from "./drawing.ts";
 *
 * const frame = { width: 64, height: 32 };
 * const box = pixelsIn(frame, 0.5, around({ x: 1, y: 6.1 }, 2));
 * assertEquals(box, { left: 0, top: 8, right: 6, bottom: 17 });
 * ```
 */
export function pixelsIn({ width, height }: Size, scale: number, box: Box): Box {
  return {
    left: Math.max(0, Math.floor(box.left / scale)),
    top: Math.max(0, Math.floor(box.top / scale)),
    right: Math.min(width - 1, Math.ceil(box.right / scale)),
    bottom: Math.min(height - 1, Math.ceil(box.bottom / scale)),
  };
}

/** A spot as {@link addSpot} draws it. */
export interface Spot {
  /** µm from the left edge. */
  x: number;
  /** µm from the top edge. */
  y: number;
  /** Standard deviation, µm. */
  sigma: number;
  /** All of its light, level · µm². */
  amount: number;
  /** Standard deviations at which it is cut off. */
  reach: number;
  /** Light of each of the image's channels per level. */
  colour: readonly number[];
}

/**
 * Adds a Gaussian spot to an image that has as many channels as the spot's colour.
 *
 * @param scale µm that one pixel spans.
 *
 * @example
 * ```ts
 * import { assertNear } from "../testing/assert.ts";
 * import { addSpot } from "./drawing.ts";
 *
 * const grey = new Float32Array(40 * 30);
 * const spot = { x: 10, y: 7, sigma: 1, amount: 3, reach: 4, colour: [1] };
 * addSpot(grey, { width: 40, height: 30 }, 0.5, spot);
 * assertNear(0.25 * grey.reduce((a, b) => a + b), 3, 0.001, "all of its light, level · µm²");
 * ```
 */
export function addSpot(
  image: Float32Array,
  frame: Size,
  scale: number,
  { x, y, sigma, amount, reach, colour }: Spot,
): void {
  const { left, top, right, bottom } = pixelsIn(frame, scale, around({ x, y }, reach * sigma));
  const across = Float32Array.from(
    { length: Math.max(0, right - left + 1) },
    (_, i) => Math.exp(-((((left + i + 0.5) * scale - x) / sigma) ** 2) / 2),
  );
  const peak = amount / (2 * Math.PI * sigma * sigma);
  const channels = colour.length;
  for (let row = top; row <= bottom; row++) {
    const here = peak * Math.exp(-((((row + 0.5) * scale - y) / sigma) ** 2) / 2);
    let j = (row * frame.width + left) * channels;
    for (let i = 0; i < across.length; i++) {
      for (let c = 0; c < channels; c++, j++) image[j] += here * across[i] * colour[c];
    }
  }
}
