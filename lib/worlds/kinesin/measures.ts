/** Measures of motors that walk along straight filaments: on track, one way, steadily, unbroken. */
import { z } from "zod";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import { type Filament, findFilaments, offFilaments } from "./filaments.ts";
import { isHue } from "../../vision/hue.ts";
import { mean, median, slope } from "../../statistics.ts";
import {
  fieldArgs,
  type Measure,
  measured,
  measureFrom,
  noArgs,
  unmeasured,
} from "../../vision/measure.ts";
import { overTime, type Plane, totalLight } from "../../vision/plane.ts";
import { type Scene, seenIn } from "../../vision/scene.ts";
import { findSpots } from "../../vision/spots.ts";
import {
  type Detection,
  displacements,
  link,
  type Track,
  velocityOf,
} from "../../vision/tracks.ts";

/** Shorter clips show too little of a walk. */
const LEAST_FRAMES = 10;
/** Frames in which a motor must be seen to count as walking. */
const LEAST_SEEN = 5;
/** Share of its path that a constant velocity must explain for a motor to count as advancing. */
const STEADY = 0.75;
/** Frames over which a displacement stands out from the error of locating spots. */
const LAG = 4;
/**
 * Shares of the frame's shorter side: how far a motor is looked for from one frame to the next, what
 * is no walk any more, and how far apart what was lost and what appears are two places.
 */
const [REACH, HOP, LEAP] = [0.04, 0.027, 0.07];
/** µm beyond which a motor is off its filament. */
const BESIDE_UM = 0.42;

/** What moves in a clip, and the filaments that do not. */
interface Walks {
  /** Frames less what stands still. */
  moving: Plane[];
  /** What stands still. */
  still: Plane;
  sightings: Detection[][];
  tracks: Track[];
  /** Those followed long enough, whichever way they go. */
  walkers: Track[];
}

const walksOf = seenIn((scene: Scene): Walks => {
  const { width, height, frames } = scene.video;
  const planes = frames.map((rgb) => totalLight(width, height, rgb));
  // A walking motor covers a place for far less than the time above this quantile.
  const still = overTime(planes, 0.15);
  const moving = planes.map(({ data }) => ({
    width,
    height,
    data: data.map((value, i) => value - still.data[i]),
  }));
  const sightings = findSpots(moving);
  const tracks = link(sightings, { reach: REACH * scene.side });
  const walkers = tracks.filter(({ frames }) => frames.length >= LEAST_SEEN);
  return { moving, still, sightings, tracks, walkers };
});

const filamentsOf = seenIn((scene: Scene) => findFilaments(walksOf(scene).still));

/**
 * The spots that move, frame by frame: what stands still is taken away first, so that neither
 * filaments nor stuck specks count.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { movingSpots } from "./measures.ts";
 * import { sceneOf } from "../../vision/scene.ts";
 *
 * const frames = [1, 2, 3].map(() => new Uint8Array(64 * 64 * 3));
 * assertEquals(movingSpots(sceneOf({ width: 64, height: 64, fps: 8, frames })), [[], [], []]);
 * ```
 */
export function movingSpots(scene: Scene): Detection[][] {
  return walksOf(scene).sightings;
}

const measureWalks = measureFrom(LEAST_FRAMES, "see motors walk");

/** A measure of a clip's walks: a number, or the reason why there is none. */
function ofWalks<Args extends z.ZodObject>(
  unit: string,
  describes: string,
  args: Args,
  run: (found: Walks, scene: Scene, args: z.output<Args>) => number | string,
): Measure {
  return measureWalks(unit, describes, args, (scene, given) => {
    const value = run(walksOf(scene), scene, given);
    return typeof value === "string" ? unmeasured(value) : measured(value);
  });
}

const total = (frames: readonly unknown[][]) =>
  frames.reduce((sum, found) => sum + found.length, 0);

const DIRECTIONS = { right: [1, 0], bottom: [0, 1], left: [-1, 0], top: [0, -1] } as const;

const directionArgs = z.object({ direction: z.enum(["right", "left", "top", "bottom"]) });

/** Pairs of successive displacements of each walker, over `LAG` frames each, pixels. */
function turns(walkers: readonly Track[]): { dot: number; sizes: number }[] {
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
 * from where it was for a walk.
 */
function leaps({ tracks, walkers }: Walks, scene: Scene): number {
  const hops = walkers.flatMap((track) => displacements(track, 1))
    .filter(({ x, y }) => Math.hypot(x, y) > HOP * scene.side);
  const last = scene.video.frames.length - 1;
  // What is seen once or twice is no motor that came or went.
  const steady = tracks.filter(({ frames }) => frames.length >= 3);
  const begun = steady.filter(({ frames }) => frames[0] > 0);
  const taken = new Set<Track>();
  for (const { frames, points } of steady) {
    const end = frames[frames.length - 1];
    const from = points[points.length - 1];
    if (end === last) continue;
    const next = begun.find((track) =>
      !taken.has(track) && track.frames[0] === end + 1 &&
      Math.hypot(track.points[0].x - from.x, track.points[0].y - from.y) > LEAP * scene.side
    );
    if (next) taken.add(next);
  }
  return taken.size + hops.length;
}

/** Share of a walker's path that a constant velocity explains (R² of place over time). */
function steadiness({ frames, points }: Track): number {
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

/** Length of the mean velocity of a walker, pixels a frame. */
function pace(track: Track): number {
  const { x, y } = velocityOf(track);
  return Math.hypot(x, y);
}

/** Mean RGB of the pixels within `radius` of a point of a frame; null beyond the edge. */
function colourAt(scene: Scene, frame: number, x: number, y: number, radius: number) {
  const { width, height, frames } = scene.video;
  const [left, top] = [Math.ceil(x - radius - 0.5), Math.ceil(y - radius - 0.5)];
  const [right, bottom] = [Math.floor(x + radius - 0.5), Math.floor(y + radius - 0.5)];
  if (left < 0 || top < 0 || right >= width || bottom >= height) return null;
  const sum = [0, 0, 0];
  let count = 0;
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      for (let c = 0; c < 3; c++) sum[c] += frames[frame][3 * (row * width + column) + c];
      count++;
    }
  }
  return sum.map((value) => value / count);
}

type Rgb = [number, number, number];

const colourArgs = z.object({ colour: z.enum(COLOUR_NAMES) });

/** Measures of motors on filaments. */
export const KINESIN: Record<string, Measure> = {
  "walking-motors": ofWalks(
    "motors",
    "motors that are followed on their way and advance steadily, mean over the frames",
    noArgs,
    ({ walkers }, scene) =>
      walkers.filter((track) => steadiness(track) >= STEADY)
        .reduce((sum, { frames }) => sum + frames.length, 0) / scene.video.frames.length,
  ),
  "plus-end-share": ofWalks(
    "1",
    "share of the moving spots' sightings in which a followed motor advances in the direction, less " +
      "those in which it goes back; 0 where nothing walks",
    directionArgs,
    ({ walkers, sightings }, _, { direction }) => {
      const [dx, dy] = DIRECTIONS[direction];
      const steps = walkers.flatMap((track) => displacements(track, LAG));
      if (steps.length === 0) return 0;
      const way = steps.reduce((sum, { x, y }) => sum + x * dx + y * dy, 0);
      const all = steps.reduce((sum, { x, y }) => sum + Math.hypot(x, y), 0);
      const followed = walkers.reduce((sum, { frames }) => sum + frames.length, 0);
      return all === 0 ? 0 : way / all * followed / total(sightings);
    },
  ),
  "on-track-share": ofWalks(
    "1",
    "share of the moving spots' sightings that lie on a straight filament; 0 where nothing moves",
    fieldArgs,
    ({ sightings }, scene, { field_um }) => {
      const filaments = filamentsOf(scene);
      const far = BESIDE_UM * scene.side / field_um;
      const seen = sightings.flat().filter(({ edge }) => !edge);
      return seen.length === 0
        ? 0
        : seen.filter((spot) => offFilaments(filaments, spot) <= far).length / seen.length;
    },
  ),
  "leap-free-share": ofWalks(
    "1",
    "share of the motors' seconds in view that pass without a leap; 0 where nothing walks",
    noArgs,
    (found, scene) => {
      const frames = found.walkers.reduce((sum, track) => sum + track.frames.length, 0);
      return frames === 0 ? 0 : Math.max(0, 1 - leaps(found, scene) / (frames / scene.video.fps));
    },
  ),
  "steady-share": ofWalks(
    "1",
    "share of the path of motors followed long enough that a constant velocity explains; 0 where " +
      "none can be followed",
    noArgs,
    ({ walkers }) => {
      const long = walkers.filter(({ frames }) => frames.length >= 2 * LAG);
      const frames = long.reduce((sum, track) => sum + track.frames.length, 0);
      return frames === 0
        ? 0
        : long.reduce((sum, track) => sum + track.frames.length * steadiness(track), 0) / frames;
    },
  ),
  "onward-share": ofWalks(
    "1",
    `share of the motors' paths over ${LAG} frames that go on the way of the ${LAG} before; 0 where ` +
      "nothing walks",
    noArgs,
    ({ walkers }) => {
      const found = turns(walkers);
      const sizes = found.reduce((sum, turn) => sum + turn.sizes, 0);
      const onward = found.reduce((sum, { dot, sizes: size }) => sum + (dot > 0 ? size : 0), 0);
      return sizes === 0 ? 0 : onward / sizes;
    },
  ),
  "motor-speed": ofWalks(
    "um/s",
    "speed of the motors, median weighted by how long they were followed",
    fieldArgs,
    ({ walkers }, scene, { field_um }) => {
      if (walkers.length < 3) return `${walkers.length} motors could be followed; 3 are needed`;
      const paces = walkers.flatMap((track) => track.frames.map(() => pace(track)));
      return median(paces) * scene.video.fps * field_um / scene.side;
    },
  ),
  "fluency": ofWalks(
    "1",
    `the motors' mean displacement over ${LAG} frames relative to that from frame to frame, times the ` +
      `share of spots found again near by in the next frame: ${LAG} for even motion, below 1 for ` +
      "places in no order; 0 where nothing walks",
    noArgs,
    ({ walkers, sightings }, scene) => {
      const lengths = (lag: number) =>
        walkers.flatMap((track) => displacements(track, lag).map(({ x, y }) => Math.hypot(x, y)));
      const [near, far] = [lengths(1), lengths(LAG)];
      if (far.length === 0) return 0;
      const before = sightings.slice(0, -1);
      const again = before.flatMap((found, t) =>
        found.filter(({ x, y }) =>
          sightings[t + 1].some((next) => Math.hypot(next.x - x, next.y - y) <= REACH * scene.side)
        )
      );
      return mean(far) / mean(near) * again.length / total(before);
    },
  ),
  "motor-width": ofWalks(
    "um",
    "full width at half maximum of the walking motors' mean image",
    fieldArgs,
    ({ walkers, moving }, scene, { field_um }) => {
      const rings = [0, 1, 2, 3, 4, 5].map(() => ({ r2: 0, value: 0, count: 0 }));
      for (const { frames, points } of walkers) {
        frames.forEach((t, i) => addRings(rings, moving[t], points[i]));
      }
      const floor = 0.08 * rings[0].value / rings[0].count;
      const filled = rings.filter(({ value, count }) => count > 0 && value / count > floor);
      if (walkers.length < 2 || filled.length < 3) return "too few motors walk to tell their width";
      // The logarithm of a Gaussian falls evenly with the square of the distance.
      const xs = filled.map(({ r2, count }) => r2 / count);
      const ys = filled.map(({ value, count }) => Math.log(value / count));
      const fall = slope(xs, ys);
      return fall < 0
        ? Math.sqrt(-4 * Math.LN2 / fall) * field_um / scene.side
        : "the spots have no peak";
    },
  ),
  "motor-colour-share": ofWalks(
    "1",
    "share of the walking motors whose light, less that of the same place without a motor, is of the " +
      "colour; 0 where nothing walks",
    colourArgs,
    (found, scene, { colour }) => {
      if (found.walkers.length === 0) return 0;
      const own = found.walkers.flatMap((track) => motorLight(found, scene, track) ?? []);
      return own.length === 0
        ? "the places of the motors are never seen without one"
        : own.filter(({ rgb }) => isHue(COLOURS[colour].hue, rgb)).length / own.length;
    },
  ),
  "filament-colour-share": ofWalks(
    "1",
    "share of the filaments whose light, less that beside them, is of the colour; 0 where there are none",
    colourArgs,
    (found, scene, { colour }) => {
      const filaments = filamentsOf(scene);
      if (filaments.length === 0) return 0;
      const own = filaments.map((filament) => filamentLight(found, scene, filament));
      return own.filter((light) => isHue(COLOURS[colour].hue, light)).length / own.length;
    },
  ),
};

/** Adds the pixels around a spot to rings of growing distance, half a pixel wide each. */
function addRings(
  rings: { r2: number; value: number; count: number }[],
  { width, height, data }: Plane,
  { x, y }: Detection,
): void {
  for (let row = Math.max(0, Math.floor(y) - 3); row <= Math.min(height - 1, y + 3); row++) {
    for (
      let column = Math.max(0, Math.floor(x) - 3);
      column <= Math.min(width - 1, x + 3);
      column++
    ) {
      const r2 = (column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2;
      const ring = rings[Math.floor(2 * Math.sqrt(r2))];
      if (!ring) continue;
      ring.r2 += r2;
      ring.value += data[row * width + column];
      ring.count++;
    }
  }
}

/** Light of a motor: its places, less the same places in frames in which no motor is near. */
function motorLight(
  { sightings }: Walks,
  scene: Scene,
  { frames, points }: Track,
): { rgb: Rgb } | null {
  const far = 0.06 * scene.side;
  const radius = 0.012 * scene.side + 0.5;
  const rgb: Rgb = [0, 0, 0];
  let compared = false;
  const stride = Math.max(1, Math.floor(frames.length / 4));
  for (let i = 0; i < frames.length; i += stride) {
    const { x, y } = points[i];
    const lit = colourAt(scene, frames[i], x, y, radius);
    const dark = sightings.flatMap((found, t) => {
      if (found.some((spot) => Math.hypot(spot.x - x, spot.y - y) < far)) return [];
      return [colourAt(scene, t, x, y, radius) ?? []];
    });
    if (!lit || dark.length === 0) continue;
    for (let c = 0; c < 3; c++) rgb[c] += lit[c] - mean(dark.map((each) => each[c]));
    compared = true;
  }
  return compared ? { rgb } : null;
}

/** Light of a filament: along it where no motor is near, less what is beside it. */
function filamentLight({ sightings }: Walks, scene: Scene, filament: Filament): Rgb {
  const { x, y, ux, uy, from, to } = filament;
  const beside = 0.05 * scene.side;
  const sum: Rgb = [0, 0, 0];
  const stride = Math.max(1, Math.floor(sightings.length / 8));
  for (let t = 0; t < sightings.length; t += stride) {
    for (let along = from; along <= to; along += 2) {
      const at = { x: x + along * ux, y: y + along * uy };
      if (sightings[t].some((spot) => Math.hypot(spot.x - at.x, spot.y - at.y) < beside)) continue;
      const [on, ...off] = [0, beside, -beside].map((d) =>
        colourAt(scene, t, at.x - d * uy, at.y + d * ux, 1)
      );
      if (!on || !off[0] || !off[1]) continue;
      for (let c = 0; c < 3; c++) sum[c] += on[c] - (off[0][c] + off[1][c]) / 2;
    }
  }
  return sum;
}
