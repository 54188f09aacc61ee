/**
 * The area covered by cells, detected by texture rather than brightness. Only for the test with
 * real films; no judge uses it.
 */
import { components, fillHoles } from "../../vision/components.ts";
import { eroded } from "./erode.ts";
import { mean, median } from "../../statistics.ts";
import { blur, type Plane } from "../../vision/plane.ts";

/** The growth of an area over a clip. */
export interface Growth {
  /** Area of each frame, in pixels. */
  areas: number[];
  /** Slope of the area's natural logarithm, in 1/frame: 0.693 doubles the area in every frame. */
  rate: number;
  /** Share of frame-to-frame steps in which the area increases. */
  rising: number;
  /** Ratio of the last frame's area to the first's. */
  ratio: number;
}

/** Minimum contrast of texture, relative to the typical contrast of the empty field. */
const TEXTURE = 4;
/**
 * Minimum peak contrast of a piece, in the same unit: the edge of the filter's support stays below
 * it.
 */
const CELL = 8;
/** Share of a piece's peak contrast that bounds it, as smoothing spreads sharp edges. */
const OUTLINE = 0.25;
/** Distance of the texture's outline from the cell, relative to the cell's diameter. */
const SPREAD = 0.25;

/**
 * Pixels of each frame covered by cells. Cells in transmitted light are alternately bright and
 * dark, with the same mean as the empty field; they are distinguished by contrast at their own
 * scale. The frame is therefore band-passed between a sixth and a third of a cell's diameter, its
 * absolute value is averaged over a third of a cell, and divided by its median over the frame,
 * which represents the empty field's noise as long as cells cover less than half. A decrease of
 * light scales both equally and has no effect. Pieces are outlined and selected by two thresholds
 * (hysteresis, Canny, IEEE Trans. PAMI 8 (1986) 679–698) and shrunk by the spread of the averaging;
 * those smaller than half a cell do not count. The area is accurate to about a third for a single
 * cell, better for a colony, and its relative growth better still.
 *
 * @param cell Diameter of a cell in pixels, at least 6.
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
    // Smoothing spreads the texture, so the outline runs outside the cells.
    const core = eroded(mask, width, height, Math.round(SPREAD * cell));
    return components(core, width, height, Math.PI * cell * cell / 8)
      .reduce((sum, piece) => sum + piece.area, 0);
  });
}

/** The pieces of a contrast map that contain cells. */
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
      const neighbours = [
        x > 0 ? i - 1 : i,
        x < width - 1 ? i + 1 : i,
        i >= width ? i - width : i,
        i < width * (height - 1) ? i + width : i,
      ];
      for (const j of neighbours) {
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
 * The growth of an area from its values per frame, or the reason for its absence. The rate is the
 * least-squares slope of the logarithm: unlike the ratio of the last area to the first, it uses all
 * frames.
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
