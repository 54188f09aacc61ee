/** Detections of successive frames linked into tracks. */
import { assign } from "./assignment.ts";
import { mean, median } from "../statistics.ts";

/** Something found in a frame, pixels from the left and top edges. */
export interface Detection {
  x: number;
  y: number;
  area: number;
  /** Whether part of it is out of view, so that its centre is not where it seems. */
  edge: boolean;
}

/** One thing over time: its detections with the frames that they were made in. */
export interface Track {
  frames: number[];
  points: Detection[];
}

/** How {@link link} joins detections; distances in pixels. */
export interface LinkOptions {
  /** Furthest from where a thing was last seen to where it is next. */
  reach: number;
  /** Expect each thing to go on as it went, to within this distance; absent for random motion. */
  steady?: number;
  /** Frames that a thing may be missed for. */
  memory?: number;
}

/**
 * Tracks through the frames: in every frame detections go to tracks at the least sum of squared
 * distances (Crocker and Grier, J. Colloid Interface Sci. 179 (1996) 298–310), a track that finds
 * nothing near enough waits for `memory` frames, and a detection without a track starts one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { link } from "./tracks.ts";
 *
 * const at = (x: number, y: number) => ({ x, y, area: 1, edge: false });
 * const tracks = link([[at(0, 0), at(9, 0)], [at(9, 1), at(1, 0)]], { reach: 3 });
 * assertEquals(tracks.map((t) => t.points.map((p) => p.x)), [[0, 1], [9, 9]]);
 * ```
 */
export function link(
  detections: readonly (readonly Detection[])[],
  { reach, steady, memory = 2 }: LinkOptions,
): Track[] {
  const finished: Track[] = [];
  let active: Track[] = [];
  detections.forEach((found, frame) => {
    const costs = active.map((track) => {
      const { x, y, gate } = expected(track, frame, reach, steady);
      const near = found.map((d) =>
        Math.min((d.x - x) ** 2 + (d.y - y) ** 2, 2 * gate ** 2) / gate ** 2
      );
      // One column more for each track: finding nothing costs as much as the furthest allowed.
      return [...near, ...active.map(() => 1)];
    });
    const taken = new Set<number>();
    assign(costs).forEach((column, i) => {
      if (column >= found.length || costs[i][column] >= 1) return;
      taken.add(column);
      active[i].frames.push(frame);
      active[i].points.push(found[column]);
    });
    const begun = found.flatMap((d, i) => taken.has(i) ? [] : [{ frames: [frame], points: [d] }]);
    const waits = (track: Track) => frame - track.frames[track.frames.length - 1] <= memory;
    finished.push(...active.filter((track) => !waits(track)));
    active = [...active.filter(waits), ...begun];
  });
  return [...finished, ...active].toSorted((a, b) => a.frames[0] - b.frames[0]);
}

function expected(track: Track, frame: number, reach: number, steady: number | undefined) {
  const n = track.points.length;
  const last = track.points[n - 1];
  if (steady === undefined || n < 2) return { x: last.x, y: last.y, gate: reach };
  const back = Math.max(0, n - 4);
  const span = track.frames[n - 1] - track.frames[back];
  const ahead = (frame - track.frames[n - 1]) / span;
  return {
    x: last.x + (last.x - track.points[back].x) * ahead,
    y: last.y + (last.y - track.points[back].y) * ahead,
    gate: steady,
  };
}

/**
 * Links things in random motion: once with a reach of `widest` pixels, then with four times the
 * usual step that this shows.
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
export function linkRandom(detections: readonly (readonly Detection[])[], widest: number): Track[] {
  const first = link(detections, { reach: widest });
  const steps = first.flatMap((track) =>
    displacements(track, 1).map(({ x, y }) => Math.hypot(x, y))
  );
  if (steps.length === 0) return first;
  return link(detections, { reach: Math.min(widest, Math.max(3, 4 * median(steps))) });
}

/**
 * A track's mean velocity, pixels a frame: the slope of the straight line through its places by least
 * squares.
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
 * Displacements of a track over `lag` frames, pixels, in time order.
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
