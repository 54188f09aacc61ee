/** The size at which frames are measured. */

/** Approximate shorter side of frames for measuring, in pixels. */
const WORKING_SIDE = 128;

/** Pixels. */
interface Size {
  width: number;
  height: number;
}

/**
 * How many pixels become one when frames are reduced for measuring, along each side.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { reduction } from "./working_size.ts";
 *
 * assertEquals(reduction({ width: 832, height: 480 }), 4);
 * ```
 */
export function reduction({ width, height }: Size): number {
  return Math.max(1, Math.round(Math.min(width, height) / WORKING_SIDE));
}

/**
 * The size of frames that are reduced for measuring.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { workingSize } from "./working_size.ts";
 *
 * assertEquals(workingSize({ width: 1920, height: 1080 }), { width: 240, height: 135 });
 * ```
 */
export function workingSize({ width, height }: Size): Size {
  const factor = reduction({ width, height });
  return { width: Math.floor(width / factor), height: Math.floor(height / factor) };
}
