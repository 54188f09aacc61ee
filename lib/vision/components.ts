/** Connected components of a mask and their moments. */

/** A connected component; positions in pixels from the frame's left and top edges. */
export interface Component {
  /** Centroid: weighted if weights are given, otherwise of the area. */
  x: number;
  y: number;
  /** Area in pixels, with holes filled. */
  area: number;
  /** Whether it touches the frame's edge, so that part of it may be out of view. */
  edge: boolean;
  /** Square root of the ratio of the second moments: 1 for a disc, length over width for an ellipse. */
  elongation: number;
  /**
   * Anisotropy, (m20 − m02, 2 m11) / (m20 + m02) with central second moments: magnitude 0 for a
   * disc, approaching 1 for a line; its angle is twice that of the long axis.
   */
  drawn: { x: number; y: number };
}

/**
 * Fills the holes of a mask in place: background not connected to the frame's edge (by
 * 4-connectivity) becomes foreground.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { fillHoles } from "./components.ts";
 *
 * const mask = Uint8Array.from([0, 0, 0, 0, 0,  0, 1, 1, 1, 0,  0, 1, 0, 1, 0,  0, 1, 1, 1, 0,  0, 0, 0, 0, 0]);
 * fillHoles(mask, 5, 5);
 * assertEquals(mask[12], 1);
 * ```
 */
export function fillHoles(mask: Uint8Array, width: number, height: number): void {
  const reached = new Uint8Array(mask.length);
  const stack: number[] = [];
  const visit = (i: number) => {
    if (mask[i] || reached[i]) return;
    reached[i] = 1;
    stack.push(i);
  };
  for (let x = 0; x < width; x++) {
    visit(x);
    visit((height - 1) * width + x);
  }
  for (let y = 0; y < height; y++) {
    visit(y * width);
    visit(y * width + width - 1);
  }
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    const x = i % width;
    if (x > 0) visit(i - 1);
    if (x < width - 1) visit(i + 1);
    if (i >= width) visit(i - width);
    if (i < mask.length - width) visit(i + width);
  }
  for (let i = 0; i < mask.length; i++) if (!reached[i]) mask[i] = 1;
}

/**
 * The 8-connected components of a mask with at least `least` pixels, largest first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { components } from "./components.ts";
 *
 * const mask = Uint8Array.from([0, 0, 0, 0,  0, 1, 1, 0,  0, 1, 1, 0,  0, 0, 0, 0]);
 * const [{ x, y, area, edge }] = components(mask, 4, 4, 1);
 * assertEquals([x, y, area, edge], [2, 2, 4, false]);
 * ```
 */
export function components(
  mask: Uint8Array,
  width: number,
  height: number,
  least: number,
  weights?: Float32Array,
): Component[] {
  const seen = new Uint8Array(mask.length);
  const found: Component[] = [];
  const stack: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || seen[start]) continue;
    seen[start] = 1;
    stack.push(start);
    let [area, edge] = [0, false];
    let [w, wx, wy, sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      const x = i % width;
      const y = (i - x) / width;
      const weight = weights ? Math.max(0, weights[i]) : 1;
      area++;
      w += weight;
      wx += weight * x;
      wy += weight * y;
      sx += x;
      sy += y;
      sxx += x * x;
      syy += y * y;
      sxy += x * y;
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) edge = true;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const j = v * width + u;
          if (mask[j] && !seen[j]) {
            seen[j] = 1;
            stack.push(j);
          }
        }
      }
    }
    if (area < least) continue;
    const [vx, vy, c] = [
      sxx / area - (sx / area) ** 2 + 1 / 12,
      syy / area - (sy / area) ** 2 + 1 / 12,
      sxy / area - sx * sy / area ** 2,
    ];
    const spread = Math.hypot((vx - vy) / 2, c);
    found.push({
      x: (w > 0 ? wx / w : sx / area) + 0.5,
      y: (w > 0 ? wy / w : sy / area) + 0.5,
      area,
      edge,
      elongation: Math.sqrt(((vx + vy) / 2 + spread) / ((vx + vy) / 2 - spread)),
      drawn: { x: (vx - vy) / (vx + vy), y: 2 * c / (vx + vy) },
    });
  }
  return found.toSorted((a, b) => b.area - a.area);
}
