/** Measures of straight filaments that are fixed at one end and grow and shrink at the other. */
import { evenFrame, secondsAt, type Timed } from "../../vision/clip_time.ts";
import { z } from "zod";
import { mean, median, quantile } from "../../statistics.ts";
import {
  fieldArgs,
  type Measure,
  measure,
  measured,
  measureFrom,
  noArgs,
  unmeasured,
} from "../../vision/measure.ts";
import { type ClipAnalysis, oncePerClip } from "../../vision/clip_analysis.ts";
import { type Axis, axisOf, type Family, type Piece, tubulesOf } from "../../vision/tubules.ts";

const NO_FILAMENTS = "no bright filaments on a dark ground are seen";

/** Minimum number of frames of growth for fitting a speed. */
const MIN_GROWTH_FRAMES = 5;
/** Minimum length change of a filament that counts, as a share of the frame's shorter side. */
const MIN_CHANGE = 0.04;
/** Minimum share of its length's variance explained by steady growth. */
const STEADY = 0.85;
/** Minimum ratio of the speeds of shrinkage and growth for a catastrophe. */
const SUDDEN = 2;

/** A filament's length over time; in pixels and frames. */
interface Course {
  /** Distance of the moving end from the typical position of the fixed end. */
  lengths: number[];
  /** Distance of the fixed end from its typical position. */
  held: number[];
  growth: Growth | null;
  shrinkage: Shrinkage | null;
}

/** Growth up to the first shrinkage. */
interface Growth {
  speed: number;
  /** Share of the length's variance explained by a constant speed, 0–1. */
  steadiness: number;
}

interface Shrinkage {
  /** The last frame before it. */
  frame: number;
  speed: number;
}

const coursesIn = oncePerClip((analysis: ClipAnalysis): Course[] => {
  const { families, side } = tubulesOf(analysis);
  return families.filter(({ whole }) => whole).map((family) =>
    courseOf(family, side, analysis.video)
  );
});

function pixelsOf(pieces: readonly Piece[]) {
  return pieces.flatMap((piece) => piece.pixels);
}

function courseOf(family: Family, side: number, video: Timed): Course {
  const at = (t: number) => evenFrame(video, t);
  const { x, y, cos, sin } = axisOf(pixelsOf(family.pieces.flat()));
  const ends = family.pieces.map((pieces) => {
    const along = pixelsOf(pieces).map((p) => (p.x + 0.5 - x) * cos + (p.y + 0.5 - y) * sin);
    return { low: Math.min(...along), high: Math.max(...along) };
  });
  const spread = (key: "low" | "high") => {
    const places = ends.map((end) => end[key]);
    return quantile(places, 0.9) - quantile(places, 0.1);
  };
  const [still, free] = spread("low") < spread("high")
    ? ["low", "high"] as const
    : ["high", "low"] as const;
  const base = median(ends.map((end) => end[still]));
  const raw = ends.map((end) => Math.abs(end[free] - base));
  const lengths = raw.map((_, t) => median(raw.slice(Math.max(0, t - 1), t + 2)));
  const shrinkage = shrinkageOf(lengths, side, at);
  return {
    lengths,
    held: ends.map((end) => Math.abs(end[still] - base)),
    growth: growthOf(lengths.slice(0, shrinkage ? shrinkage.frame + 1 : lengths.length), side, at),
    shrinkage,
  };
}

/** The place of a frame in time; see `evenFrame`. */
type Places = (frame: number) => number;

/** The first run of frames in which a filament shrinks from a maximum by a significant length. */
function shrinkageOf(lengths: readonly number[], side: number, at: Places): Shrinkage | null {
  const least = Math.max(3, 2 * MIN_CHANGE * side);
  let top = 0;
  for (let t = 1; t < lengths.length; t++) {
    if (lengths[t] >= lengths[top]) top = t;
    if (lengths[top] - lengths[t] < least) continue;
    let end = t;
    while (end + 1 < lengths.length && lengths[end + 1] < lengths[end] - 0.2) end++;
    // The time of the middle of the descent, which excludes both ends of the run.
    const fall = lengths[top] - lengths[end];
    const crossing = (share: number) => {
      const level = lengths[top] - share * fall;
      let k = top;
      while (lengths[k + 1] > level) k++;
      const part = (lengths[k] - level) / (lengths[k] - lengths[k + 1]);
      return at(k) + part * (at(k + 1) - at(k));
    };
    const [early, late] = [crossing(0.15), crossing(0.85)];
    return { frame: top, speed: 0.7 * fall / Math.max(0.5, late - early) };
  }
  return null;
}

function growthOf(lengths: readonly number[], side: number, at: Places): Growth | null {
  const n = lengths.length;
  if (n < MIN_GROWTH_FRAMES) return null;
  const [t0, l0] = [mean(lengths.map((_, t) => at(t))), mean(lengths)];
  const tt = lengths.reduce((sum, _, t) => sum + (at(t) - t0) ** 2, 0);
  const tl = lengths.reduce((sum, l, t) => sum + (at(t) - t0) * (l - l0), 0);
  const ll = lengths.reduce((sum, l) => sum + (l - l0) ** 2, 0);
  const speed = tl / tt;
  const gained = speed * (at(n - 1) - at(0));
  if (gained < MIN_CHANGE * side) return { speed: Math.max(0, speed), steadiness: 0 };
  return { speed, steadiness: tl * tl / (tt * ll) };
}

/** Filaments that grow steadily. */
function growing(analysis: ClipAnalysis): Course[] {
  return coursesIn(analysis).filter(({ growth }) => growth !== null && growth.steadiness >= STEADY);
}

/** Filaments that shrink after steady growth. */
function falling(analysis: ClipAnalysis): { growth: Growth; shrinkage: Shrinkage }[] {
  return growing(analysis).flatMap(({ growth, shrinkage }) =>
    growth && shrinkage ? [{ growth, shrinkage }] : []
  );
}

/** Frames at which filaments switch from growth to much faster shrinkage: catastrophes. */
function catastrophes(analysis: ClipAnalysis): number[] {
  return falling(analysis).flatMap(({ growth, shrinkage }) =>
    shrinkage.speed >= SUDDEN * growth.speed ? [shrinkage.frame] : []
  );
}

const measureGrowth = measureFrom(MIN_GROWTH_FRAMES, "see growth in");

/** The measures of this world. */
export const MEASURES: Record<string, Measure> = {
  "filament-growth-speed": measureGrowth(
    "um/s",
    "speed at which filaments grow until they first shrink, median of those that grow steadily; 0 " +
      "where none does",
    fieldArgs,
    (analysis, { field_um }) => {
      const speeds = growing(analysis).map(({ growth }) => growth!.speed);
      if (speeds.length === 0) return measured(0);
      return measured(median(speeds) * analysis.video.fps * field_um / analysis.side);
    },
  ),
  "filament-shrinkage-speed": measureGrowth(
    "um/s",
    "speed at which filaments shrink after steady growth, median; 0 where none does",
    fieldArgs,
    (analysis, { field_um }) => {
      const speeds = falling(analysis).map(({ shrinkage }) => shrinkage.speed);
      if (speeds.length === 0) return measured(0);
      return measured(median(speeds) * analysis.video.fps * field_um / analysis.side);
    },
  ),
  "shrinkage-over-growth": measureGrowth(
    "1",
    "speed at which filaments shrink over that at which they grew, median; 0 where none grows " +
      "steadily and then shrinks",
    noArgs,
    (analysis) => {
      const ratios = falling(analysis).map(({ growth, shrinkage }) =>
        shrinkage.speed / growth.speed
      );
      return measured(ratios.length === 0 ? 0 : median(ratios));
    },
  ),
  "steady-growth-share": measureGrowth(
    "1",
    "share of filaments whose length before they first shrink grows at one speed",
    noArgs,
    (analysis) => {
      const courses = coursesIn(analysis);
      return measured(courses.length === 0 ? 0 : growing(analysis).length / courses.length);
    },
  ),
  "first-catastrophe-time": measure(
    "s",
    "when the first filament turns from steady growth to shrinkage at least twice as fast",
    noArgs,
    (analysis) => {
      const found = catastrophes(analysis);
      return found.length === 0
        ? unmeasured("no filament turns from steady growth to fast shrinkage")
        : measured(secondsAt(analysis.video, Math.min(...found)));
    },
  ),
  "first-catastrophes": measureGrowth(
    "events",
    "1 where the first turn from steady growth to shrinkage at least twice as fast falls between " +
      "two seconds, else 0",
    z.object({ from_s: z.number().min(0), to_s: z.number().positive() }),
    (analysis, { from_s, to_s }) => {
      const found = catastrophes(analysis);
      if (found.length === 0) return measured(0);
      const first = secondsAt(analysis.video, Math.min(...found));
      return measured(first >= from_s && first <= to_s ? 1 : 0);
    },
  ),
  "filaments-kept": measure(
    "1",
    "share of filaments that are there throughout, if only by what they grow from; 0 where none is",
    noArgs,
    (analysis) => {
      const families = tubulesOf(analysis).families;
      if (families.length === 0) return measured(0);
      const lost = families.filter((family) => !family.whole && !family.edge).length;
      return measured(1 - lost / families.length);
    },
  ),
  "filament-bend": measure(
    "1",
    "deviation of long filaments from a straight line over their length, 90th percentile",
    noArgs,
    (analysis) => {
      const { pieces, side } = tubulesOf(analysis);
      const bends = pieces.flat().flatMap((piece) => {
        const axis = axisOf(piece.pixels);
        const length = axis.high - axis.low;
        return length < 0.15 * side ? [] : [bendOf(piece, axis) / length];
      });
      return bends.length < 5
        ? unmeasured("too few long filaments are seen to tell whether they are straight")
        : measured(quantile(bends, 0.9));
    },
  ),
  "held-end-share": measure(
    "1",
    "change at the end of filaments that moves less over that at the other, median; 1 where " +
      "neither moves",
    noArgs,
    (analysis) => {
      const courses = coursesIn(analysis);
      if (courses.length === 0) return unmeasured(NO_FILAMENTS);
      return measured(median(
        courses.map(({ held, lengths }) => {
          const moved = quantile(lengths, 0.95) - quantile(lengths, 0.05);
          return moved < MIN_CHANGE * analysis.side ? 1 : quantile(held, 0.9) / moved;
        }),
      ));
    },
  ),
};

/** Standard deviation of the midpoint of a piece along its axis, in pixels. */
function bendOf(piece: Piece, axis: Axis): number {
  const bins = new Map<number, { sum: number; count: number }>();
  for (const p of piece.pixels) {
    const [dx, dy] = [p.x + 0.5 - axis.x, p.y + 0.5 - axis.y];
    const bin = Math.round((dx * axis.cos + dy * axis.sin) / 2);
    const own = bins.get(bin) ?? { sum: 0, count: 0 };
    own.sum += dy * axis.cos - dx * axis.sin;
    own.count++;
    bins.set(bin, own);
  }
  const middles = [...bins.values()].map(({ sum, count }) => sum / count);
  const centre = mean(middles);
  return Math.sqrt(mean(middles.map((m) => (m - centre) ** 2)));
}
