/** Motors as seen in the frames: spots that move along filaments, and how they move. */
import { mean } from "../../statistics.ts";
import { overTime, type Plane, totalLight } from "../../vision/plane.ts";
import { type ClipAnalysis, oncePerClip } from "../../vision/clip_analysis.ts";
import { findSpots } from "../../vision/spots.ts";
import { type Detection, displacements, link, type Track } from "../../vision/tracks.ts";

/** Minimum number of frames in which a motor must be seen to count as walking. */
const MIN_SEEN = 5;
/** Number of frames over which a displacement exceeds the localisation error. */
export const LAG = 4;
/** Search range for a motor between frames, as a share of the frame's shorter side. */
export const SEARCH_RANGE = 0.04;
/**
 * Likewise: the limit beyond which a displacement is not a walk, and a lost and an appearing motor
 * are in different places.
 */
const [HOP, LEAP] = [0.027, 0.07];

/** The moving objects of a clip, and the static filaments. */
export interface Walks {
  /** Frames minus the static background. */
  moving: Plane[];
  /** The static background. */
  still: Plane;
  sightings: Detection[][];
  tracks: Track[];
  /** Those tracked long enough, in either direction. */
  walkers: Track[];
}

/**
 * The moving objects of a clip: the static background is subtracted first, so that neither
 * filaments nor stuck specks count.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { walksIn } from "./walks.ts";
 *
 * const frames = [1, 2, 3].map(() => new Uint8Array(64 * 64 * 3));
 * const analysis = analyseClip({ width: 64, height: 64, fps: 8, frames });
 * assertEquals(walksIn(analysis).sightings, [[], [], []]);
 * ```
 */
export const walksIn = oncePerClip((analysis: ClipAnalysis): Walks => {
  const { width, height, frames } = analysis.video;
  const planes = frames.map((rgb) => totalLight(width, height, rgb));
  // The time that a walking motor covers a position is well below this quantile.
  const still = overTime(planes, 0.15);
  const moving = planes.map(({ data }) => ({
    width,
    height,
    data: data.map((value, i) => value - still.data[i]),
  }));
  const sightings = findSpots(moving);
  const tracks = link(sightings, { searchRange: SEARCH_RANGE * analysis.side });
  const walkers = tracks.filter(({ frames }) => frames.length >= MIN_SEEN);
  return { moving, still, sightings, tracks, walkers };
});

/**
 * How far tracked motors continue in their direction: the products of successive displacements of
 * each, over {@link LAG} frames, and of their lengths; in pixels².
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { turns } from "./walks.ts";
 *
 * const at = (x: number, y = 20) => ({ x, y, area: 4, edge: false });
 * const points = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((x) => at(x));
 * assertEquals(turns([{ frames: points.map(({ x }) => x), points }]), [{ dot: 16, sizes: 16 }]);
 * ```
 */
export function turns(walkers: readonly Track[]): { dot: number; sizes: number }[] {
  return walkers.flatMap((track) => {
    const steps = new Map(displacements(track, LAG).map((step) => [step.frame, step]));
    return [...steps.values()].flatMap((step) => {
      const next = steps.get(step.frame + LAG);
      return next
        ? [{
          dot: step.x * next.x + step.y * next.y,
          sizes: Math.hypot(step.x, step.y) * Math.hypot(next.x, next.y),
        }]
        : [];
    });
  });
}

/**
 * How often a motor is lost in one frame while another appears elsewhere in the next, or is too far
 * from its previous position for a walk.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { leaps, walksIn } from "./walks.ts";
 *
 * const frames = [1, 2, 3].map(() => new Uint8Array(64 * 64 * 3));
 * const analysis = analyseClip({ width: 64, height: 64, fps: 8, frames });
 * const at = (x: number, y = 20) => ({ x, y, area: 4, edge: false });
 * const lost = { frames: [0, 1, 2], points: [at(4), at(5), at(6)] };
 * const found = { frames: [3, 4, 5], points: [at(40), at(41), at(42)] };
 * const long = { ...analysis, video: { ...analysis.video, frames: Array(9).fill(frames[0]) } };
 * assertEquals(leaps({ ...walksIn(analysis), tracks: [lost, found] }, long), 1);
 * ```
 */
export function leaps({ tracks, walkers }: Walks, analysis: ClipAnalysis): number {
  const hops = walkers.flatMap((track) => displacements(track, 1))
    .filter(({ x, y }) => Math.hypot(x, y) > HOP * analysis.side);
  const last = analysis.video.frames.length - 1;
  // A spot seen once or twice does not count as a motor that appeared or disappeared.
  const steady = tracks.filter(({ frames }) => frames.length >= 3);
  const begun = steady.filter(({ frames }) => frames[0] > 0);
  const taken = new Set<Track>();
  for (const { frames, points } of steady) {
    const end = frames[frames.length - 1];
    const from = points[points.length - 1];
    if (end === last) continue;
    const next = begun.find((track) =>
      !taken.has(track) && track.frames[0] === end + 1 &&
      Math.hypot(track.points[0].x - from.x, track.points[0].y - from.y) > LEAP * analysis.side
    );
    if (next) taken.add(next);
  }
  return taken.size + hops.length;
}

/**
 * Share of a walker's path explained by a constant velocity (R² of position over time).
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../../testing/assert.ts";
 * import { steadiness } from "./walks.ts";
 *
 * const at = (x: number, y = 20) => ({ x, y, area: 4, edge: false });
 * assertEquals(steadiness({ frames: [0, 1, 2], points: [at(3), at(5), at(7)] }), 1);
 * assertOk(steadiness({ frames: [0, 1, 2], points: [at(3), at(9), at(4)] }) < 0.1);
 * ```
 */
export function steadiness({ frames, points }: Track): number {
  const [mt, mx, my] = [mean(frames), mean(points.map((p) => p.x)), mean(points.map((p) => p.y))];
  let [tt, tx, ty, whole] = [0, 0, 0, 0];
  points.forEach(({ x, y }, i) => {
    const t = frames[i] - mt;
    tt += t * t;
    tx += t * (x - mx);
    ty += t * (y - my);
    whole += (x - mx) ** 2 + (y - my) ** 2;
  });
  return whole === 0 ? 0 : (tx * tx + ty * ty) / tt / whole;
}
