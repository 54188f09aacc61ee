/** Links detections in successive frames into tracks. */
import { assign } from "./assignment.ts";
import { mean, median } from "../statistics.ts";

/** An object detected in a frame, in pixels from the left and top edges. */
export interface Detection {
  x: number;
  y: number;
  area: number;
  /** Whether it is cut off by the frame's edge, so that its centre is biased. */
  edge: boolean;
}

/** An object over time: its detections and their frames. */
export interface Track {
  frames: number[];
  points: Detection[];
}

/** Options of {@link link}; distances in pixels. */
export interface LinkOptions {
  /** Maximum displacement between detections. */
  searchRange: number;
  /**
   * Maximum distance from the position predicted at constant velocity, for tracks of two or more
   * detections; omit it for random motion.
   */
  predictedSearchRange?: number;
  /** Maximum number of frames that an object may be missing. */
  memory?: number;
}

/**
 * Links detections into tracks: in every frame, detections are assigned to tracks so as to minimise
 * the sum of squared distances (Crocker and Grier, J. Colloid Interface Sci. 179 (1996) 298–310). A
 * track without a detection in range is kept for `memory` frames; an unassigned detection starts a new
 * track.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { link } from "./tracks.ts";
 *
 * const at = (x: number, y: number) => ({ x, y, area: 1, edge: false });
 * const tracks = link([[at(0, 0), at(9, 0)], [at(9, 1), at(1, 0)]], { searchRange: 3 });
 * assertEquals(tracks.map((t) => t.points.map((p) => p.x)), [[0, 1], [9, 9]]);
 * ```
 */
export function link(
  detections: readonly (readonly Detection[])[],
  { searchRange, predictedSearchRange, memory = 2 }: LinkOptions,
): Track[] {
  const finished: Track[] = [];
  let active: Track[] = [];
  detections.forEach((found, frame) => {
    const costs = active.map((track) => {
      const { x, y, range } = predicted(track, frame, searchRange, predictedSearchRange);
      const distances = found.map((d) =>
        Math.min((d.x - x) ** 2 + (d.y - y) ** 2, 2 * range ** 2) / range ** 2
      );
      // One more column per track: staying unassigned costs as much as the maximum distance.
      return [...distances, ...active.map(() => 1)];
    });
    const taken = new Set<number>();
    assign(costs).forEach((column, i) => {
      if (column >= found.length || costs[i][column] >= 1) return;
      taken.add(column);
      active[i].frames.push(frame);
      active[i].points.push(found[column]);
    });
    const started = found.flatMap((d, i) => taken.has(i) ? [] : [{ frames: [frame], points: [d] }]);
    const isActive = (track: Track) => frame - track.frames[track.frames.length - 1] <= memory;
    finished.push(...active.filter((track) => !isActive(track)));
    active = [...active.filter(isActive), ...started];
  });
  return [...finished, ...active].toSorted((a, b) => a.frames[0] - b.frames[0]);
}

/** The search's centre and range: the last position, or that predicted at constant velocity. */
function predicted(
  track: Track,
  frame: number,
  searchRange: number,
  predictedSearchRange: number | undefined,
) {
  const n = track.points.length;
  const last = track.points[n - 1];
  if (predictedSearchRange === undefined || n < 2) {
    return { x: last.x, y: last.y, range: searchRange };
  }
  const back = Math.max(0, n - 4);
  const span = track.frames[n - 1] - track.frames[back];
  const ahead = (frame - track.frames[n - 1]) / span;
  return {
    x: last.x + (last.x - track.points[back].x) * ahead,
    y: last.y + (last.y - track.points[back].y) * ahead,
    range: predictedSearchRange,
  };
}

/**
 * Links objects in random motion: first with a search range of `maxRange` pixels, then with four times
 * the median displacement of that pass.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { linkRandom } from "./tracks.ts";
 *
 * const at = (x: number) => ({ x, y: 0, area: 1, edge: false });
 * const frames = [[at(0)], [at(1)], [at(2)], [at(14)]];
 * assertEquals(linkRandom(frames, 20).map((track) => track.frames), [[0, 1, 2], [3]]);
 * ```
 */
export function linkRandom(
  detections: readonly (readonly Detection[])[],
  maxRange: number,
): Track[] {
  const first = link(detections, { searchRange: maxRange });
  const steps = first.flatMap((track) =>
    displacements(track, 1).map(({ x, y }) => Math.hypot(x, y))
  );
  if (steps.length === 0) return first;
  const searchRange = Math.min(maxRange, Math.max(3, 4 * median(steps)));
  return link(detections, { searchRange });
}

/**
 * A track's mean velocity in pixels per frame: the least-squares slope of its positions.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { velocityOf } from "./tracks.ts";
 *
 * const points = [3, 5, 7].map((x) => ({ x, y: -x, area: 1, edge: false }));
 * assertEquals(velocityOf({ frames: [0, 1, 2], points }), { x: 2, y: -2 });
 * ```
 */
export function velocityOf({ frames, points }: Track): { x: number; y: number } {
  const t = mean(frames);
  const spread = frames.reduce((sum, frame) => sum + (frame - t) ** 2, 0);
  const slope = (key: "x" | "y") =>
    frames.reduce((sum, frame, i) => sum + (frame - t) * points[i][key], 0) / spread;
  return { x: slope("x"), y: slope("y") };
}

/**
 * Displacements of a track over `lag` frames, in pixels, in order of time.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { displacements } from "./tracks.ts";
 *
 * const points = [3, 4].map((x) => ({ x, y: 0, area: 1, edge: false }));
 * assertEquals(displacements({ frames: [7, 8], points }, 1), [{ frame: 7, x: 1, y: 0 }]);
 * ```
 */
export function displacements(
  track: Track,
  lag: number,
): { frame: number; x: number; y: number }[] {
  const at = new Map(track.frames.map((frame, i) => [frame, track.points[i]]));
  return track.frames.flatMap((frame, i) => {
    const later = at.get(frame + lag);
    const now = track.points[i];
    return later ? [{ frame, x: later.x - now.x, y: later.y - now.y }] : [];
  });
}
