/**
 * The vessel's wall and the valve's leaflets, as distances from the axis. Lengths in µm; `along` is
 * the position along the flow, `base` that where the leaflets attach to the wall.
 */
import { smoothstep } from "../../sim/optics.ts";

/** Half width of the vessel. */
export const RADIUS_UM = 27;
/** Extent of the leaflets along the flow. */
export const LEAFLET_UM = 32;
/** Half gaps between the leaflets' tips. */
export const GAP_UM = { closed: 0.5, open: 17 } as const;

/**
 * Half width of the vessel's inner wall, wider in the sinus behind the leaflets.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { wallAt } from "./walls.ts";
 *
 * assertOk(wallAt(0, 25) > wallAt(0, -20));
 * ```
 */
export function wallAt(base: number, along: number): number {
  const sinus = smoothstep(base - 1, base + 18, along) *
    (1 - smoothstep(base + 34, base + 58, along));
  const waist = Math.exp(-(((along - base + 2) / 6) ** 2));
  return RADIUS_UM * (1 + 0.34 * sinus - 0.07 * waist);
}

/**
 * Distance of a leaflet from the axis; Infinity beyond its ends.
 *
 * @param open 0 for closed, 1 for open.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { leafletAt } from "./walls.ts";
 *
 * assertEquals([0, 1].map((open) => leafletAt(0, 32, open)), [0.5, 17]);
 * assertEquals(leafletAt(0, 40, 0), Infinity);
 * ```
 */
export function leafletAt(base: number, along: number, open: number): number {
  const share = (along - base) / LEAFLET_UM;
  if (share < 0 || share > 1) return Infinity;
  const gap = GAP_UM.closed + (GAP_UM.open - GAP_UM.closed) * open;
  // The last fifth runs along the axis: there, closed leaflets lie against each other.
  return gap + (RADIUS_UM * 0.95 - gap) * Math.max(0, 1 - share / 0.8) ** 1.5;
}

/**
 * The free passage at a position: its edges above and below the axis, both positive.
 *
 * @param open How far the upper and the lower leaflet are open, 0–1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { wallAt, passageAt } from "./walls.ts";
 *
 * assertEquals(passageAt(0, 32, [0, 1]), [0.5, 17]);
 * assertEquals(passageAt(0, 60, [0, 1]), [wallAt(0, 60), wallAt(0, 60)]);
 * ```
 */
export function passageAt(
  base: number,
  along: number,
  open: readonly [number, number],
): [number, number] {
  const wall = wallAt(base, along);
  // Streamlines separate from the tips smoothly, over some 14 µm.
  const past = smoothstep(0, 14, along - base - LEAFLET_UM);
  const near = Math.min(along, base + LEAFLET_UM);
  return open.map((o) => {
    const leaflet = Math.min(wall, leafletAt(base, near, o));
    return leaflet + (wall - leaflet) * past;
  }) as [number, number];
}
