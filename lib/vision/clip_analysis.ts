/** The analysis of a clip, computed lazily and only once for all measures. */
import type { Video } from "../video/types.ts";
import { type Component, components, fillHoles } from "./components.ts";
import { median } from "../statistics.ts";
import {
  blur,
  brightness,
  luma,
  otsu,
  overTime,
  type Plane,
  reduce,
  totalLight,
  twiceAsLarge,
} from "./plane.ts";
import { findSpots } from "./spots.ts";
import { type Detection, link, linkRandom, type Track } from "./tracks.ts";

/** The rows between which a vessel's bright lumen lies, in pixels from the top. */
export interface Lumen {
  top: number;
  bottom: number;
}

/** A clip and what can be detected in it, without knowledge of how it was made. */
export interface ClipAnalysis {
  /** The clip at working size (see `reduce`). */
  readonly video: Video;
  /** The frame's shorter side in pixels. */
  readonly side: number;
  luma(): Plane[];
  brightness(): Plane[];
  /** Dark objects moving over a static background, for each frame. */
  cells(): Detection[][];
  cellTracks(): Track[];
  /** The bright band between darker tissue; null if absent. */
  lumen(): Lumen | null;
  /** Bright bodies on a dark background, largest first, for each frame. */
  bodies(): Component[][];
  /** Whether each pixel of each frame belongs to a bright body. */
  bodyMasks(): Uint8Array[];
  spots(): Detection[][];
  spotTracks(): Track[];
  /** 1 within the dim cell around the spots and a margin; null if no cell is visible. */
  cellArea(): Uint8Array | null;
}

/**
 * Prepares a clip of at least one frame for measuring.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { analyseClip } from "./clip_analysis.ts";
 *
 * const frames = [new Uint8Array(256 * 320 * 3)];
 * const analysis = analyseClip({ width: 320, height: 256, fps: 8, frames });
 * assertEquals([analysis.video.width, analysis.side, analysis.spots()[0].length], [160, 128, 0]);
 * ```
 */
export function analyseClip(original: Video): ClipAnalysis {
  const video = reduce(original);
  const { width, height, frames } = video;
  const side = Math.min(width, height);
  const analysis: ClipAnalysis = {
    video,
    side,
    luma: once(() => frames.map((frame) => luma(width, height, frame))),
    brightness: once(() => frames.map((frame) => brightness(width, height, frame))),
    cells: once(() => findCells(analysis.luma(), side)),
    cellTracks: once(() =>
      link(analysis.cells(), { searchRange: 0.13 * side, predictedSearchRange: 0.05 * side })
    ),
    lumen: once(() => findLumen(overTime(analysis.luma(), 0.9))),
    bodyMasks: once(() => findBodies(analysis.brightness())),
    bodies: once(() =>
      analysis.bodyMasks().map((mask) => components(mask, width, height, 0.004 * width * height))
    ),
    spots: once(() => findFineSpots(frames.map((rgb) => totalLight(width, height, rgb)))),
    spotTracks: once(() => linkRandom(analysis.spots(), 0.1 * side)),
    cellArea: once(() => findCellArea(analysis.brightness(), side)),
  };
  return analysis;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Minimum difference in grey levels that counts as visible. */
const MIN_CONTRAST = 14;

function findCells(planes: readonly Plane[], side: number): Detection[][] {
  const { width, height } = planes[0];
  const background = overTime(planes, 0.9);
  const usual = median(background.data);
  const darker = planes.map((plane) => {
    // Light that pulses as a whole is not a moving object.
    const gain = usual / Math.max(1, median(plane.data));
    const steady = gain > 0.8 && gain < 1.25 ? gain : 1;
    const data = plane.data.map((value, i) => background.data[i] - value * steady);
    return blur({ width, height, data }, 0.7);
  });
  const threshold = otsu(darker.map((plane) => plane.data));
  if (!threshold || threshold.contrast < MIN_CONTRAST) return planes.map(() => []);
  const level = Math.max(threshold.level, MIN_CONTRAST / 2);
  const found = darker.map(({ data }) => {
    const mask = Uint8Array.from(data, (value) => value > level ? 1 : 0);
    fillHoles(mask, width, height);
    return components(mask, width, height, 0.0008 * side * side, data);
  });
  const whole = found.flatMap((frame) => frame.filter((c) => !c.edge).map((c) => c.area));
  const least = whole.length > 0 ? 0.35 * median(whole) : 0;
  return found.map((frame) => frame.filter((c) => c.area >= (c.edge ? least / 2 : least)));
}

function findLumen(background: Plane): Lumen | null {
  const { width, height, data } = background;
  const rows = Float64Array.from(
    { length: height },
    (_, y) => median(data.subarray(y * width, (y + 1) * width)),
  );
  const threshold = otsu([rows]);
  if (!threshold || threshold.contrast < MIN_CONTRAST) return null;
  const bright = (y: number) => rows[y] > threshold.level;
  let best = { from: 0, to: -1 };
  for (let y = 0; y < height; y++) {
    if (!bright(y)) continue;
    let to = y;
    while (to + 1 < height && bright(to + 1)) to++;
    if (to - y > best.to - best.from) best = { from: y, to };
    y = to;
  }
  const { from, to } = best;
  if (from === 0 || to === height - 1 || to - from < 0.15 * height) return null;
  const crossing = (dark: number, light: number) =>
    (threshold.level - rows[dark]) / (rows[light] - rows[dark]);
  return { top: from - 0.5 + crossing(from - 1, from), bottom: to + 1.5 - crossing(to + 1, to) };
}

function findBodies(planes: readonly Plane[]): Uint8Array[] {
  const { width, height } = planes[0];
  // On a square-root scale, a stain's shot noise is uniform, and small very bright parts do not
  // outweigh the body.
  const roots = planes.map((plane) => blur(plane, 0.8).data.map((v) => Math.sqrt(Math.max(0, v))));
  const threshold = otsu(roots);
  if (!threshold || threshold.contrast < 2.5) {
    return planes.map((p) => new Uint8Array(p.data.length));
  }
  return roots.map((root) => {
    const mask = Uint8Array.from(root, (value) => value > threshold.level ? 1 : 0);
    fillHoles(mask, width, height);
    return mask;
  });
}

/** Shorter side in pixels below which spots are detected in frames of twice the size. */
const MIN_SPOT_SIDE = 96;

/** Also detects spots in frames so small that neighbours would merge. */
function findFineSpots(planes: readonly Plane[]): Detection[][] {
  const { width, height } = planes[0];
  if (Math.min(width, height) >= MIN_SPOT_SIDE) return findSpots(planes);
  return findSpots(planes.map(twiceAsLarge)).map((found) =>
    found.map(({ x, y, area, edge }) => ({ x: x / 2, y: y / 2, area, edge }))
  );
}

function findCellArea(planes: readonly Plane[], side: number): Uint8Array | null {
  const { width, height } = planes[0];
  // A low quantile over time excludes spots, even those that come to rest.
  const usual = blur(overTime(planes, 0.25), 1.2).data.map((v) => Math.sqrt(Math.max(0, v)));
  const threshold = otsu([usual]);
  if (!threshold || threshold.contrast < 1.5) return null;
  const mask = Uint8Array.from(usual, (value) => value > threshold.level ? 1 : 0);
  fillHoles(mask, width, height);
  const covered = mask.reduce((sum, value) => sum + value, 0) / mask.length;
  if (covered < 0.1 || covered > 0.95) return null;
  // The centre of a spot on the border may be blurred across it; a margin of 1/50 of the side is
  // safe.
  const plane = { width, height, data: Float32Array.from(mask) };
  const spread = 0.02 * side;
  return Uint8Array.from(blur(plane, spread).data, (value) => value > 0.16 ? 1 : 0);
}

/**
 * Caches a function of a clip's analysis, so that it is computed once however many measures need
 * it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { analyseClip, oncePerClip } from "./clip_analysis.ts";
 *
 * let looked = 0;
 * const length = oncePerClip((analysis) => (looked++, analysis.video.frames.length));
 * const analysis = analyseClip({ width: 1, height: 1, fps: 1, frames: [new Uint8Array(3)] });
 * assertEquals([length(analysis), length(analysis), looked], [1, 1, 1]);
 * ```
 */
export function oncePerClip<T>(find: (analysis: ClipAnalysis) => T): (analysis: ClipAnalysis) => T {
  const found = new WeakMap<ClipAnalysis, { value: T }>();
  return (analysis) => {
    const seen = found.get(analysis) ?? { value: find(analysis) };
    found.set(analysis, seen);
    return seen.value;
  };
}
