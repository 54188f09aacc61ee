/** Local drawing: the pixels around a position, and round spots of light. */

/** A rectangle: µm or metres from the frame's left and top edges, or whole pixels. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Size of a frame in pixels. */
interface Size {
  width: number;
  height: number;
}

/**
 * The square around a position that extends `reach` to each side.
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
 * First and last columns and rows of the frame's pixels in a box, including those just beyond its
 * right and lower edges. For a box outside the frame the range is empty: right before left, or
 * bottom above top.
 *
 * @param scale Size of a pixel, in the box's unit.
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

/** A spot for {@link addSpot}. */
export interface Spot {
  /** In µm from the left edge. */
  x: number;
  /** In µm from the top edge. */
  y: number;
  /** Standard deviation, in µm. */
  sigma: number;
  /** Total light, level · µm². */
  amount: number;
  /** Cut-off radius in standard deviations. */
  reach: number;
  /** Light of each of the image's channels per level. */
  colour: readonly number[];
}

/**
 * Adds a Gaussian spot to an image with as many channels as the spot's colour.
 *
 * @param scale Size of a pixel in µm.
 *
 * @example
 * ```ts
 * import { assertNear } from "../testing/assert.ts";
 * import { addSpot } from "./drawing.ts";
 *
 * const grey = new Float32Array(40 * 30);
 * const spot = { x: 10, y: 7, sigma: 1, amount: 3, reach: 4, colour: [1] };
 * addSpot(grey, { width: 40, height: 30 }, 0.5, spot);
 * assertNear(0.25 * grey.reduce((a, b) => a + b), 3, 0.001, "total light, level · µm²");
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
