/**
 * Measures of motors that walk along straight filaments: on track, in one direction, steadily,
 * without interruption.
 */
import { evenFrame } from "../../vision/clip_time.ts";
import { z } from "zod";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import { mean, median, slope } from "../../statistics.ts";
import { isHue } from "../../vision/hue.ts";
import {
  fieldArgs,
  type Measure,
  measured,
  measureFrom,
  noArgs,
  unmeasured,
} from "../../vision/measure.ts";
import { type ClipAnalysis, oncePerClip } from "../../vision/clip_analysis.ts";
import { displacements, type Track, velocityOf } from "../../vision/tracks.ts";
import { findFilaments, offFilaments } from "./filaments.ts";
import { filamentLight, motorLight, ringsAround } from "./light.ts";
import { LAG, leaps, SEARCH_RANGE, steadiness, turns, type Walks, walksIn } from "./walks.ts";

/** Minimum number of frames; shorter clips show too little of a walk. */
const MIN_FRAMES = 10;
/**
 * Minimum share of a motor's path explained by a constant velocity for it to count as advancing.
 */
const STEADY = 0.75;
/** Distance in µm beyond which a motor is off its filament. */
const BESIDE_UM = 0.42;

const filamentsOf = oncePerClip((analysis: ClipAnalysis) => findFilaments(walksIn(analysis).still));

const measureWalks = measureFrom(MIN_FRAMES, "see motors walk");

/** A measure of a clip's walks: a number, or the reason for its absence. */
function ofWalks<Args extends z.ZodObject>(
  unit: string,
  describes: string,
  args: Args,
  run: (found: Walks, analysis: ClipAnalysis, args: z.output<Args>) => number | string,
): Measure {
  return measureWalks(unit, describes, args, (analysis, given) => {
    const value = run(walksIn(analysis), analysis, given);
    return typeof value === "string" ? unmeasured(value) : measured(value);
  });
}

const total = (frames: readonly unknown[][]) =>
  frames.reduce((sum, found) => sum + found.length, 0);

const DIRECTIONS = { right: [1, 0], bottom: [0, 1], left: [-1, 0], top: [0, -1] } as const;

const directionArgs = z.object({ direction: z.enum(["right", "left", "top", "bottom"]) });

/** Magnitude of a walker's mean velocity, in pixels per frame. */
function pace({ frames, points }: Track, { video }: ClipAnalysis): number {
  const even = frames.map((frame) => evenFrame(video, frame));
  const { x, y } = velocityOf({ frames: even, points });
  return Math.hypot(x, y);
}

const colourArgs = z.object({ colour: z.enum(COLOUR_NAMES) });

/** The measures of this world. */
export const MEASURES: Record<string, Measure> = {
  "walking-motors": ofWalks(
    "motors",
    "motors that are followed on their way and advance steadily, mean over the frames",
    noArgs,
    ({ walkers }, analysis) =>
      walkers.filter((track) => steadiness(track) >= STEADY)
        .reduce((sum, { frames }) => sum + frames.length, 0) / analysis.video.frames.length,
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
    ({ sightings }, analysis, { field_um }) => {
      const filaments = filamentsOf(analysis);
      const far = BESIDE_UM * analysis.side / field_um;
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
    (found, analysis) => {
      const frames = found.walkers.reduce((sum, track) => sum + track.frames.length, 0);
      return frames === 0
        ? 0
        : Math.max(0, 1 - leaps(found, analysis) / (frames / analysis.video.fps));
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
    ({ walkers }, analysis, { field_um }) => {
      if (walkers.length < 3) return `${walkers.length} motors could be followed; 3 are needed`;
      const paces = walkers.flatMap((track) => track.frames.map(() => pace(track, analysis)));
      return median(paces) * analysis.video.fps * field_um / analysis.side;
    },
  ),
  "fluency": ofWalks(
    "1",
    `the motors' mean displacement over ${LAG} frames relative to that from frame to frame, times the ` +
      `share of spots found again near by in the next frame: ${LAG} for even motion, below 1 for ` +
      "places in no order; 0 where nothing walks",
    noArgs,
    ({ walkers, sightings }, analysis) => {
      const lengths = (lag: number) =>
        walkers.flatMap((track) => displacements(track, lag).map(({ x, y }) => Math.hypot(x, y)));
      const [near, far] = [lengths(1), lengths(LAG)];
      if (far.length === 0) return 0;
      const before = sightings.slice(0, -1);
      const again = before.flatMap((found, t) =>
        found.filter(({ x, y }) =>
          sightings[t + 1].some((next) =>
            Math.hypot(next.x - x, next.y - y) <= SEARCH_RANGE * analysis.side
          )
        )
      );
      return mean(far) / mean(near) * again.length / total(before);
    },
  ),
  "motor-width": ofWalks(
    "um",
    "full width at half maximum of the walking motors' mean image",
    fieldArgs,
    ({ walkers, moving }, analysis, { field_um }) => {
      const rings = ringsAround(moving, walkers);
      const filled = rings.filter(({ value }) => value > 0.08 * rings[0].value);
      if (walkers.length < 2 || filled.length < 3) return "too few motors walk to tell their width";
      // The logarithm of a Gaussian decreases linearly with the squared distance.
      const fall = slope(filled.map(({ r2 }) => r2), filled.map(({ value }) => Math.log(value)));
      return fall < 0
        ? Math.sqrt(-4 * Math.LN2 / fall) * field_um / analysis.side
        : "the spots have no peak";
    },
  ),
  "motor-colour-share": ofWalks(
    "1",
    "share of the walking motors whose light, less that of the same place without a motor, is of the " +
      "colour; 0 where nothing walks",
    colourArgs,
    ({ walkers, sightings }, analysis, { colour }) => {
      if (walkers.length === 0) return 0;
      const lights = walkers.map((track) => motorLight(sightings, analysis, track));
      const own = lights.filter((light) => light !== null);
      return own.length === 0
        ? "the places of the motors are never seen without one"
        : own.filter((light) => isHue(COLOURS[colour].hue, light)).length / own.length;
    },
  ),
  "filament-colour-share": ofWalks(
    "1",
    "share of the filaments whose light, less that beside them, is of the colour; 0 where there are none",
    colourArgs,
    ({ sightings }, analysis, { colour }) => {
      const filaments = filamentsOf(analysis);
      if (filaments.length === 0) return 0;
      const own = filaments.map((filament) => filamentLight(sightings, analysis, filament));
      return own.filter((light) => isHue(COLOURS[colour].hue, light)).length / own.length;
    },
  ),
};
