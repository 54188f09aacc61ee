/** What is seen in a clip, worked out once and only when some measure asks for it. */
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

/** The rows between which a vessel's bright lumen lies, pixels from the top. */
export interface Lumen {
  top: number;
  bottom: number;
}

/** A clip and what can be found in it; nothing here knows how the clip was made. */
export interface Scene {
  /** The clip at working size (see `reduce`). */
  readonly video: Video;
  /** Pixels of the frame's shorter side. */
  readonly side: number;
  luma(): Plane[];
  brightness(): Plane[];
  /** Dark things that move over a background that stands still, frame by frame. */
  cells(): Detection[][];
  cellTracks(): Track[];
  /** The bright band between darker tissue; null where there is none. */
  lumen(): Lumen | null;
  /** Bright bodies on a dark ground, largest first, frame by frame. */
  bodies(): Component[][];
  /** Whether each pixel of each frame belongs to a bright body. */
  bodyMasks(): Uint8Array[];
  spots(): Detection[][];
  spotTracks(): Track[];
  /** 1 within the dim cell that the spots lie in and a margin around it; null where none is seen. */
  cellArea(): Uint8Array | null;
}

/**
 * Prepares a clip of one frame or more for measuring.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { sceneOf } from "./scene.ts";
 *
 * const frames = [new Uint8Array(256 * 320 * 3)];
 * const scene = sceneOf({ width: 320, height: 256, fps: 8, frames });
 * assertEquals([scene.video.width, scene.side, scene.spots()[0].length], [160, 128, 0]);
 * ```
 */
export function sceneOf(original: Video): Scene {
  const video = reduce(original);
  const { width, height, frames } = video;
  const side = Math.min(width, height);
  const scene: Scene = {
    video,
    side,
    luma: once(() => frames.map((frame) => luma(width, height, frame))),
    brightness: once(() => frames.map((frame) => brightness(width, height, frame))),
    cells: once(() => findCells(scene.luma(), side)),
    cellTracks: once(() =>
      link(scene.cells(), { searchRange: 0.13 * side, predictedSearchRange: 0.05 * side })
    ),
    lumen: once(() => findLumen(overTime(scene.luma(), 0.9))),
    bodyMasks: once(() => findBodies(scene.brightness())),
    bodies: once(() =>
      scene.bodyMasks().map((mask) => components(mask, width, height, 0.004 * width * height))
    ),
    spots: once(() => findFineSpots(frames.map((rgb) => totalLight(width, height, rgb)))),
    spotTracks: once(() => linkRandom(scene.spots(), 0.1 * side)),
    cellArea: once(() => findCellArea(scene.brightness(), side)),
  };
  return scene;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Least difference in grey levels that counts as something seen. */
const LEAST_CONTRAST = 14;

function findCells(planes: readonly Plane[], side: number): Detection[][] {
  const { width, height } = planes[0];
  const background = overTime(planes, 0.9);
  const usual = median(background.data);
  const darker = planes.map((plane) => {
    // Light that pulses as a whole is not something that moves.
    const gain = usual / Math.max(1, median(plane.data));
    const steady = gain > 0.8 && gain < 1.25 ? gain : 1;
    const data = plane.data.map((value, i) => background.data[i] - value * steady);
    return blur({ width, height, data }, 0.7);
  });
  const threshold = otsu(darker.map((plane) => plane.data));
  if (!threshold || threshold.contrast < LEAST_CONTRAST) return planes.map(() => []);
  const level = Math.max(threshold.level, LEAST_CONTRAST / 2);
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
  if (!threshold || threshold.contrast < LEAST_CONTRAST) return null;
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
  // On the scale of the square root a stain's shot noise is even, and the little that is very
  // bright does not outweigh the body.
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

/** Shorter side below which spots are looked for in frames twice as large, pixels. */
const LEAST_SPOT_SIDE = 96;

/** Spots also where frames are so small that neighbours would be taken for one. */
function findFineSpots(planes: readonly Plane[]): Detection[][] {
  const { width, height } = planes[0];
  if (Math.min(width, height) >= LEAST_SPOT_SIDE) return findSpots(planes);
  return findSpots(planes.map(twiceAsLarge)).map((found) =>
    found.map(({ x, y, area, edge }) => ({ x: x / 2, y: y / 2, area, edge }))
  );
}

function findCellArea(planes: readonly Plane[], side: number): Uint8Array | null {
  const { width, height } = planes[0];
  // A low quantile over time leaves out spots, also those that come to rest.
  const usual = blur(overTime(planes, 0.25), 1.2).data.map((v) => Math.sqrt(Math.max(0, v)));
  const threshold = otsu([usual]);
  if (!threshold || threshold.contrast < 1.5) return null;
  const mask = Uint8Array.from(usual, (value) => value > threshold.level ? 1 : 0);
  fillHoles(mask, width, height);
  const covered = mask.reduce((sum, value) => sum + value, 0) / mask.length;
  if (covered < 0.1 || covered > 0.95) return null;
  // A spot's centre on the border is blurred across it; a fiftieth of the side is beyond doubt.
  const plane = { width, height, data: Float32Array.from(mask) };
  const spread = 0.02 * side;
  return Uint8Array.from(blur(plane, spread).data, (value) => value > 0.16 ? 1 : 0);
}

/**
 * What is found in a scene, worked out once for each scene however many measures ask for it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { sceneOf, seenIn } from "./scene.ts";
 *
 * let looked = 0;
 * const length = seenIn((scene) => (looked++, scene.video.frames.length));
 * const scene = sceneOf({ width: 1, height: 1, fps: 1, frames: [new Uint8Array(3)] });
 * assertEquals([length(scene), length(scene), looked], [1, 1, 1]);
 * ```
 */
export function seenIn<T>(find: (scene: Scene) => T): (scene: Scene) => T {
  const found = new WeakMap<Scene, { value: T }>();
  return (scene) => {
    const seen = found.get(scene) ?? { value: find(scene) };
    found.set(scene, seen);
    return seen.value;
  };
}
