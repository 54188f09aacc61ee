/**
 * How much of the view cells cover, told by their texture and not by their brightness. For the test
 * with real films; nothing is judged by it.
 */
import { components, fillHoles } from "../../vision/components.ts";
import { eroded } from "./erode.ts";
import { mean, median } from "../../statistics.ts";
import { blur, type Plane } from "../../vision/plane.ts";

/** How an area grows over a clip. */
export interface Growth {
  /** Area of each frame, pixels. */
  areas: number[];
  /** Slope of the area's natural logarithm, 1/frame: 0.693 is a doubling a frame. */
  rate: number;
  /** Steps from frame to frame in which the area rises, of all. */
  rising: number;
  /** Area of the last frame over that of the first. */
  ratio: number;
}

/** Times the empty field's usual contrast at which texture begins. */
const TEXTURE = 4;
/** Times that contrast which a piece must reach somewhere: the support's edge stays below it. */
const CELL = 8;
/** Share of a piece's highest contrast that bounds it, as the smoothing spreads what is sharp. */
const OUTLINE = 0.25;
/** How far outside of a cell its texture's outline runs, of the cell's diameter. */
const SPREAD = 0.25;

/**
 * Pixels of each frame that cells cover. Cells in transmitted light are bright and dark by turns, and
 * their mean is that of the empty field: what sets them apart is contrast at their own scale. So the
 * frame is band-passed to between a sixth and a third of a cell's diameter, its absolute value
 * averaged over a third of a cell, and divided by its median over the frame, which is that of the
 * empty field's noise as long as cells cover less than half. Light that falls takes the same share
 * from both, and so moves nothing. Pieces are outlined and kept by two thresholds (hysteresis, Canny,
 * IEEE Trans. PAMI 8 (1986) 679–698) and drawn in by as much as the averaging spreads them; those
 * smaller than half a cell do not count. Of a single cell the area is right to about a third, of a
 * colony better, and its course better still.
 *
 * @param cell Diameter of a cell, pixels; 6 or more.
 * @example
 * ```ts
 * import { assertEquals } from "../assert.ts";
 * import { texturedAreas } from "./growth.ts";
 *
 * const data = Float32Array.from({ length: 90 * 90 }, (_, i) => {
 *   const d = Math.hypot(i % 90 - 45, Math.floor(i / 90) - 45);
 *   return 100 + Math.sin(i * i) + (d < 8 ? 40 * Math.cos(d) : 0);
 * });
 * const bright = { width: 90, height: 90, data };
 * const [area, dimmed] = texturedAreas([bright, { ...bright, data: data.map((v) => v / 4) }], 12);
 * assertEquals([area > 150, area < 350, area === dimmed], [true, true, true]);
 * ```
 */
export function texturedAreas(planes: readonly Plane[], cell: number): number[] {
  if (!(cell >= 6)) throw new RangeError(`a cell's diameter is ${cell} pixels; expected 6 or more`);
  return planes.map((plane) => {
    const { width, height } = plane;
    const [fine, coarse] = [blur(plane, cell / 6), blur(plane, cell / 3)];
    const contrast = fine.data.map((value, i) => Math.abs(value - coarse.data[i]));
    const mask = outlined(blur({ width, height, data: contrast }, cell / 3));
    fillHoles(mask, width, height);
    // The texture is spread by its smoothing: so the outline runs outside of the cells.
    const core = eroded(mask, width, height, Math.round(SPREAD * cell));
    return components(core, width, height, Math.PI * cell * cell / 8)
      .reduce((sum, piece) => sum + piece.area, 0);
  });
}

/** The pieces of a map of contrast that hold cells. */
function outlined({ width, height, data }: Plane): Uint8Array {
  const usual = median(data);
  const mask = new Uint8Array(data.length);
  const seen = new Uint8Array(data.length);
  for (let start = 0; start < data.length; start++) {
    if (seen[start] || !(data[start] > TEXTURE * usual)) continue;
    const piece = [start];
    seen[start] = 1;
    let peak = 0;
    for (let next = 0; next < piece.length; next++) {
      const i = piece[next];
      const x = i % width;
      peak = Math.max(peak, data[i]);
      const beside = [
        x > 0 ? i - 1 : i,
        x < width - 1 ? i + 1 : i,
        i >= width ? i - width : i,
        i < width * (height - 1) ? i + width : i,
      ];
      for (const j of beside) {
        if (seen[j] || !(data[j] > TEXTURE * usual)) continue;
        seen[j] = 1;
        piece.push(j);
      }
    }
    if (peak < CELL * usual) continue;
    for (const i of piece) if (data[i] > OUTLINE * peak) mask[i] = 1;
  }
  return mask;
}

/**
 * How an area grows by its values frame by frame, or why it cannot be said. The rate is the
 * least-squares slope of the logarithm: unlike the last area over the first it rests on all frames.
 *
 * @example
 * ```ts
 * import { assertNear } from "../assert.ts";
 * import { growthOf } from "./growth.ts";
 *
 * const growth = growthOf([100, 200, 400, 800]);
 * assertNear("rate" in growth ? growth.rate : NaN, Math.LN2, 1e-12);
 * ```
 */
export function growthOf(areas: readonly number[]): Growth | { reason: string } {
  if (areas.length < 3) return { reason: `${areas.length} frames are too few; 3 are needed` };
  const empty = areas.findIndex((area) => !(area > 0));
  if (empty >= 0) return { reason: `nothing is seen in frame ${empty}` };
  const logs = areas.map(Math.log);
  const [middle, level] = [(areas.length - 1) / 2, mean(logs)];
  const spread = areas.reduce((sum, _, t) => sum + (t - middle) ** 2, 0);
  const rises = areas.slice(1).filter((area, t) => area > areas[t]).length;
  return {
    areas: [...areas],
    rate: logs.reduce((sum, log, t) => sum + (t - middle) * (log - level), 0) / spread,
    rising: rises / (areas.length - 1),
    ratio: areas[areas.length - 1] / areas[0],
  };
}
