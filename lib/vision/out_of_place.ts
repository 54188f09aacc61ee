/** Objects in the wrong place. */
import { type Measured, measured, unmeasured } from "./measure.ts";

/**
 * Share of objects out of place, the largest over the clip's thirds; no number for fewer than three
 * objects.
 *
 * @param found The objects of each frame, in pixels from the left and top edges.
 * @param out Whether an object is in the wrong place.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { largestShare } from "./out_of_place.ts";
 *
 * const frame = [{ x: 1, y: 1 }, { x: 9, y: 1 }, { x: 2, y: 2 }, { x: 3, y: 3 }];
 * assertEquals(largestShare([frame, frame, frame], ({ x }) => x > 8), { value: 0.25 });
 * ```
 */
export function largestShare(
  found: { x: number; y: number }[][],
  out: (p: { x: number; y: number }) => boolean,
): Measured {
  const n = found.length;
  const shares = [0, 1, 2].flatMap((i) => {
    const part = found.slice(Math.floor(i * n / 3), Math.floor((i + 1) * n / 3)).flat();
    return part.length >= 3 ? [part.filter(out).length / part.length] : [];
  });
  return shares.length === 0
    ? unmeasured("fewer than 3 objects were found")
    : measured(Math.max(...shares));
}
