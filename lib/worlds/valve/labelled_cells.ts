/** Labelled lymphocytes as seen in the frames: their positions and flow. */
import { mean, median } from "../../statistics.ts";
import { components } from "../../vision/components.ts";
import { blur, otsu } from "../../vision/plane.ts";
import { type ClipAnalysis, oncePerClip } from "../../vision/clip_analysis.ts";
import { type Detection, link } from "../../vision/tracks.ts";

/** Difference in grey levels above which colour stands out from grey. */
const MIN_COLOUR = 24;
/**
 * Weight of sideways motion relative to motion along the vessel, since cells hardly move sideways.
 */
const SIDEWAYS = 2.5;

/** Colourfulness of each pixel: the range of its channels beyond the typical one. */
const colourfulness = oncePerClip((analysis: ClipAnalysis): Float32Array[] => {
  const { width, height, frames } = analysis.video;
  return frames.map((rgb) => {
    const data = new Float32Array(width * height);
    for (let i = 0, j = 0; i < data.length; i++, j += 3) {
      data[i] = Math.max(rgb[j], rgb[j + 1], rgb[j + 2]) -
        Math.min(rgb[j], rgb[j + 1], rgb[j + 2]);
    }
    const usual = median(data.filter((_, i) => i % 11 === 0));
    return blur({ width, height, data }, 0.6).data.map((value) => Math.max(0, value - usual));
  });
});

/**
 * Whether each pixel of each frame is coloured by a label.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { labelMasks } from "./labelled_cells.ts";
 *
 * const frames = [new Uint8Array(64 * 64 * 3).fill(90)];
 * const [mask] = labelMasks(analyseClip({ width: 64, height: 64, fps: 8, frames }));
 * assertEquals(mask.includes(1), false);
 * ```
 */
export const labelMasks = oncePerClip((analysis: ClipAnalysis): Uint8Array[] => {
  const threshold = otsu(colourfulness(analysis));
  const level = threshold && threshold.contrast > MIN_COLOUR ? threshold.level : Infinity;
  return colourfulness(analysis).map((data) =>
    Uint8Array.from(data, (value) => value > level ? 1 : 0)
  );
});

/**
 * Colourful blobs on a grey background, for each frame; pixels from the left and top edges.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { labelledCells } from "./labelled_cells.ts";
 *
 * const rgb = new Uint8Array(64 * 64 * 3).fill(90);
 * for (let i = 0; i < 64 * 64; i++) if (Math.hypot(i % 64 - 20, (i >> 6) - 30) < 4) rgb[3 * i] = 250;
 * const [[cell]] = labelledCells(analyseClip({ width: 64, height: 64, fps: 8, frames: [rgb] }));
 * assertEquals([Math.round(2 * cell.x) / 2, Math.round(2 * cell.y) / 2], [20.5, 30.5]);
 * ```
 */
export const labelledCells = oncePerClip((analysis: ClipAnalysis): Detection[][] => {
  const { width, height } = analysis.video;
  const masks = labelMasks(analysis);
  const found = masks.map((mask, t) =>
    components(mask, width, height, 0.0008 * analysis.side ** 2, colourfulness(analysis)[t])
  );
  const usual = median(found.flat().filter(({ edge }) => !edge).map(({ area }) => area));
  return found.map((cells, t) =>
    cells.flatMap((cell) =>
      cell.area > 1.5 * usual && cell.elongation > 1.3
        ? halves(pixelsOf(masks[t], width, cell), width, cell)
        : [cell]
    )
  );
});

/** The pixels of the component of a mask around a position. */
function pixelsOf(mask: Uint8Array, width: number, { x, y, area }: Detection): number[] {
  const reach = Math.ceil(Math.sqrt(area));
  const taken = new Set<number>();
  const stack: number[] = [];
  const visit = (i: number) => {
    if (!mask[i] || taken.has(i)) return;
    taken.add(i);
    stack.push(i);
  };
  // Two cells that touch at a corner may leave the midpoint between them free: start nearby.
  for (let r = 0; r <= reach && stack.length === 0; r++) {
    for (const [u, v] of [[0, 0], [r, 0], [-r, 0], [0, r], [0, -r]]) {
      visit((Math.floor(y) + v) * width + Math.floor(x) + u);
    }
  }
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    for (const v of [-width, 0, width]) for (const u of [-1, 0, 1]) visit(i + v + u);
  }
  return [...taken];
}

/** Two touching cells, separated by 2-means starting from the ends of their common long axis. */
function halves(pixels: readonly number[], width: number, whole: Detection): Detection[] {
  const points = pixels.map((i) => ({ x: i % width + 0.5, y: Math.floor(i / width) + 0.5 }));
  const far = (p: { x: number; y: number }, q: { x: number; y: number }) =>
    (p.x - q.x) ** 2 + (p.y - q.y) ** 2;
  const furthest = (from: { x: number; y: number }) =>
    points.reduce((best, p) => far(p, from) > far(best, from) ? p : best, points[0]);
  let one = furthest(whole);
  let other = furthest(one);
  for (let round = 0; round < 8; round++) {
    const near = points.filter((p) => far(p, one) < far(p, other));
    const rest = points.filter((p) => far(p, one) >= far(p, other));
    if (near.length === 0 || rest.length === 0) return [whole];
    [one, other] = [near, rest].map((part) => ({
      x: mean(part.map((p) => p.x)),
      y: mean(part.map((p) => p.y)),
    }));
  }
  return [one, other].map((p) => ({ ...p, area: whole.area / 2, edge: whole.edge }));
}

/**
 * Steps of the cells along the vessel between consecutive frames, in pixels.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { stepsAlong } from "./labelled_cells.ts";
 *
 * const frames = [20, 23].map((x) => {
 *   const rgb = new Uint8Array(64 * 64 * 3).fill(90);
 *   for (let i = 0; i < 64 * 64; i++) if (Math.hypot(i % 64 - x, (i >> 6) - 30) < 4) rgb[3 * i] = 250;
 *   return rgb;
 * });
 * const [[step]] = stepsAlong(analyseClip({ width: 64, height: 64, fps: 8, frames }));
 * assertEquals(Math.round(step), 3);
 * ```
 */
export const stepsAlong = oncePerClip((analysis: ClipAnalysis): number[][] => {
  const stretched = labelledCells(analysis).map((cells) =>
    cells.map((cell) => ({ ...cell, y: cell.y * SIDEWAYS }))
  );
  const steps: number[][] = analysis.video.frames.slice(1).map(() => []);
  const tracks = link(stretched, { searchRange: 0.13 * analysis.side, memory: 1 });
  for (const { frames, points } of tracks) {
    for (let i = 1; i < frames.length; i++) {
      if (frames[i] !== frames[i - 1] + 1 || points[i].edge || points[i - 1].edge) continue;
      steps[frames[i] - 1].push(points[i].x - points[i - 1].x);
    }
  }
  return steps;
});

/** Total motion of all cells along the vessel. */
export interface Flow {
  /** Distances to the right and to the left in pixels, without jitter in place. */
  right: number;
  left: number;
  /** Whether there is any flow: total distances below a cell's diameter do not count. */
  moves: boolean;
  /** 1 for net flow to the right, -1 to the left. */
  sense: 1 | -1;
}

/**
 * The flow as shown by the cells.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { flowIn } from "./labelled_cells.ts";
 *
 * const frames = [1, 2].map(() => new Uint8Array(64 * 64 * 3).fill(90));
 * assertEquals(flowIn(analyseClip({ width: 64, height: 64, fps: 8, frames })).moves, false);
 * ```
 */
export const flowIn = oncePerClip((analysis: ClipAnalysis): Flow => {
  const still = 0.006 * analysis.side;
  const moved = stepsAlong(analysis).flat().filter((step) => Math.abs(step) > still);
  const right = moved.reduce((sum, step) => sum + Math.max(0, step), 0);
  const left = right - moved.reduce((sum, step) => sum + step, 0);
  return { right, left, moves: right + left > 0.2 * analysis.side, sense: right >= left ? 1 : -1 };
});
