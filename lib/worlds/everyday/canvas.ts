/** A frame under construction, in metres, and compositing of shapes with soft edges. */
import { type Box, pixelsIn } from "../../sim/drawing.ts";
import type { Light } from "../../sim/optics.ts";

/** A frame under construction; x goes right and y down from the upper left corner. */
export interface Canvas {
  /** RGB, 0–1 per channel, row by row. */
  light: Light;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Size of a pixel in metres. */
  scale: number;
}

/**
 * A shape: writes its colour at a point (metres) into `rgb` and returns its coverage of the pixel
 * around it, 0–1.
 */
export type Shade = (x: number, y: number, rgb: [number, number, number]) => number;

/**
 * An empty canvas whose shorter side spans `fieldM` metres.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 *
 * assertEquals(canvasOf(200, 100, 2).scale, 0.02);
 * ```
 */
export function canvasOf(width: number, height: number, fieldM: number): Canvas {
  const scale = fieldM / Math.min(width, height);
  return { light: new Float32Array(width * height * 3), width, height, scale };
}

/**
 * A copy of a canvas, for further painting.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { canvasOf, copyOf } from "./canvas.ts";
 *
 * const canvas = canvasOf(32, 32, 1);
 * copyOf(canvas).light.fill(1);
 * assertEquals(canvas.light[0], 0);
 * ```
 */
export function copyOf(canvas: Canvas): Canvas {
  return { ...canvas, light: canvas.light.slice() };
}

/**
 * Bounds of the canvas in metres.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { canvasOf, extentOf } from "./canvas.ts";
 *
 * assertEquals(extentOf(canvasOf(64, 32, 2)), { wide: 4, high: 2 });
 * ```
 */
export function extentOf({ width, height, scale }: Canvas): { wide: number; high: number } {
  return { wide: width * scale, high: height * scale };
}

/**
 * Draws a shape onto every pixel whose centre lies in the box (metres).
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { canvasOf, covering, paint } from "./canvas.ts";
 *
 * const canvas = canvasOf(64, 64, 1);
 * paint(canvas, { left: 0, top: 0, right: 1, bottom: 1 }, (x, y, rgb) => {
 *   rgb[0] = 1;
 *   return covering(Math.hypot(x - 0.5, y - 0.5) - 0.3, canvas.scale);
 * });
 * const red = canvas.light.reduce((a, b) => a + b) / (64 * 64);
 * assertNear(red, Math.PI * 0.3 ** 2, 0.001, "area of the disc");
 * ```
 */
export function paint({ light, width, height, scale }: Canvas, box: Box, shade: Shade): void {
  const { left, top, right, bottom } = pixelsIn({ width, height }, scale, box);
  const rgb: [number, number, number] = [0, 0, 0];
  for (let row = top; row <= bottom; row++) {
    const y = (row + 0.5) * scale;
    for (let column = left; column <= right; column++) {
      const cover = shade((column + 0.5) * scale, y, rgb);
      if (cover <= 0) continue;
      const i = (row * width + column) * 3;
      for (let c = 0; c < 3; c++) light[i + c] += (rgb[c] - light[i + c]) * cover;
    }
  }
}

/**
 * Coverage of a pixel by an edge at a signed distance from its centre (negative inside), both in
 * metres.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { covering } from "./canvas.ts";
 *
 * assertEquals([-1, 0, 0.05, 1].map((d) => covering(d, 0.2)), [1, 0.5, 0.25, 0]);
 * ```
 */
export function covering(distance: number, scale: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance / scale));
}
