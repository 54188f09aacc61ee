/** Measures of blood flow in a vessel: profile, walls, direction, size. */
import { evenFrame } from "../../vision/clip_time.ts";
import { z } from "zod";
import { mean, median } from "../../statistics.ts";
import { fieldArgs, type Measure, measure, measured, unmeasured } from "../../vision/measure.ts";
import { largestShare } from "../../vision/out_of_place.ts";
import type { ClipAnalysis } from "../../vision/clip_analysis.ts";
import { type Track, velocityOf } from "../../vision/tracks.ts";

/**
 * A track's mean velocity while fully in view in pixels per frame, and its height above the axis.
 */
interface Course {
  velocity: { x: number; y: number };
  y: number;
  frames: number;
}

/** Tracks of cells fully visible in at least five frames. */
function courses(analysis: ClipAnalysis): Course[] {
  return analysis.cellTracks().flatMap((track) => {
    const frames = track.frames.filter((_, i) => !track.points[i].edge);
    const points = track.points.filter(({ edge }) => !edge);
    if (frames.length < 5) return [];
    return [{
      velocity: velocityOf({
        frames: frames.map((frame) => evenFrame(analysis.video, frame)),
        points,
      }),
      y: mean(points.map((p) => p.y)),
      frames: frames.length,
    }];
  });
}

/** The two fits of a flow: Poiseuille's parabola, and one with slip at the wall. */
interface Profile {
  /**
   * Speed on the axis in pixels per frame, by the parabola with slip, which also fits plug flow.
   */
  axis: number;
  /** Root mean square deviation from Poiseuille's parabola, relative to its speed on the axis. */
  deviation: number;
  /** Speed at the wall relative to the speed on the axis, for the parabola with slip. */
  slip: number;
}

function profile(analysis: ClipAnalysis): Profile | string {
  const lumen = analysis.lumen();
  if (!lumen) return "no bright lumen between darker walls is seen";
  const [radius, axis] = [(lumen.bottom - lumen.top) / 2, (lumen.bottom + lumen.top) / 2];
  const points = courses(analysis).map((c) => ({
    s: Math.max(0, 1 - ((c.y - axis) / radius) ** 2),
    v: c.velocity.x,
    w: c.frames,
  }));
  if (points.length < 5) return `${points.length} cells could be followed; 5 are needed`;
  const sum = (f: (p: { s: number; v: number; w: number }) => number) =>
    points.reduce((total, p) => total + p.w * f(p), 0);
  const spread = Math.max(...points.map((p) => p.s)) - Math.min(...points.map((p) => p.s));
  if (spread < 0.2) return "the cells are all as far from the axis as each other";
  const v0 = sum((p) => p.v * p.s) / sum((p) => p.s * p.s);
  if (Math.abs(v0) < 0.001 * analysis.side) return "the cells hardly move along the vessel";
  const n = sum(() => 1);
  const [ms, mv] = [sum((p) => p.s) / n, sum((p) => p.v) / n];
  const slope = sum((p) => (p.s - ms) * (p.v - mv)) / sum((p) => (p.s - ms) ** 2);
  const wall = mv - slope * ms;
  return {
    axis: Math.abs(wall + slope),
    deviation: Math.sqrt(sum((p) => (p.v - v0 * p.s) ** 2) / n) / Math.abs(v0),
    slip: (wall + slope) * v0 > 0 ? wall / (wall + slope) : 1,
  };
}

const directionArgs = z.object({ direction: z.enum(["left to right", "right to left"]) });

/** Whether a track ends (or begins) in full view and away from the frame's edges. */
function breaks(track: Track, analysis: ClipAnalysis): boolean {
  const { width, height, frames } = analysis.video;
  const margin = 0.1 * analysis.side;
  const inside = (p: { x: number; y: number; edge: boolean }) =>
    !p.edge && p.x > margin && p.x < width - margin && p.y > 0 && p.y < height;
  return track.frames[track.frames.length - 1] < frames.length - 3 &&
    inside(track.points[track.points.length - 1]);
}

/** The measures of this world. */
export const MEASURES: Record<string, Measure> = {
  "lost-share": measure(
    "1",
    "share of moving cells that disappear in full view",
    z.object({}),
    (analysis) => {
      const tracks = analysis.cellTracks().filter((track) => track.frames.length >= 3);
      if (tracks.length < 3) return unmeasured(`${tracks.length} cells could be followed`);
      return measured(tracks.filter((track) => breaks(track, analysis)).length / tracks.length);
    },
  ),
  "outside-lumen-share": measure(
    "1",
    "share of cells beyond the vessel's walls, largest of the clip's thirds",
    z.object({}),
    (analysis) => {
      const lumen = analysis.lumen();
      if (!lumen) return unmeasured("no bright lumen between darker walls is seen");
      return largestShare(analysis.cells(), ({ y }) => y < lumen.top || y > lumen.bottom);
    },
  ),
  "profile-deviation": measure(
    "1",
    "deviation of the cells' speeds from Poiseuille's parabola, relative to the speed on the axis",
    z.object({}),
    (analysis) => {
      const found = profile(analysis);
      return typeof found === "string" ? unmeasured(found) : measured(found.deviation);
    },
  ),
  "wall-slip": measure(
    "1",
    "speed at the wall over speed on the axis, by a parabola through the cells' speeds",
    z.object({}),
    (analysis) => {
      const found = profile(analysis);
      return typeof found === "string" ? unmeasured(found) : measured(found.slip);
    },
  ),
  "axis-speed": measure(
    "um/s",
    "speed on the vessel's axis, by a parabola through the cells' speeds that may slip at the wall",
    fieldArgs,
    (analysis, { field_um }) => {
      const found = profile(analysis);
      return typeof found === "string"
        ? unmeasured(found)
        : measured(found.axis * analysis.video.fps * field_um / analysis.side);
    },
  ),
  "direction-agreement": measure(
    "1",
    "share of the cells' paths covered in the direction, less that in the opposite one",
    directionArgs,
    (analysis, { direction }) => {
      const found = courses(analysis);
      if (found.length < 3) return unmeasured(`${found.length} cells could be followed`);
      const sign = direction === "left to right" ? 1 : -1;
      const way = found.reduce((sum, c) => sum + c.frames * sign * c.velocity.x, 0);
      const all = found.reduce(
        (sum, c) => sum + c.frames * Math.hypot(c.velocity.x, c.velocity.y),
        0,
      );
      return all < 0.05 * found.reduce((sum, c) => sum + c.frames, 0)
        ? unmeasured("the cells hardly move")
        : measured(way / all);
    },
  ),
  "cell-diameter": measure(
    "um",
    "diameter of the disc as large as a cell seen whole, median",
    fieldArgs,
    (analysis, { field_um }) => {
      const areas = analysis.cells().flat().filter((c) => !c.edge).map((c) => c.area);
      if (areas.length < 5) return unmeasured("fewer than 5 whole cells were found");
      return measured(2 * Math.sqrt(median(areas) / Math.PI) * field_um / analysis.side);
    },
  ),
};
