/** Measures of a cell that takes up particles, in phase contrast: dark cell, bright particles. */
import { secondsAt, tempo } from "../../vision/clip_time.ts";
import { z } from "zod";
import { type Component, components, fillHoles } from "../../vision/components.ts";
import { mean, median, quantile } from "../../statistics.ts";
import {
  fieldArgs,
  type Measure,
  measure,
  measured,
  noArgs,
  unmeasured,
} from "../../vision/measure.ts";
import { blur, overTime, type Plane, steadied } from "../../vision/plane.ts";
import { type ClipAnalysis, oncePerClip } from "../../vision/clip_analysis.ts";
import { type Detection, link, type Track } from "../../vision/tracks.ts";

/** Sizes relative to the picture's shorter side: particles are about a twentieth of it wide. */
const [CORE, AROUND] = [0.016, 0.042];
/** Radius of a particle including its dark rim. */
const BODY = 0.036;
/** Minimum share of the picture covered by a cell; anything smaller is a particle's rim. */
const MIN_CELL = 0.018;
/** Darkness relative to the field above which something retards the light. */
const DARK = 0.075;
/** Minimum contrast of a particle with its surroundings, in grey levels. */
const BRIGHT_LEVELS = 14;
/** Minimum depth of a particle's centre in the cell's blurred mask to count as taken up. */
const WITHIN = 0.8;
/** The corresponding distance inside a straight outline, in standard deviations of the blur. */
const WITHIN_SIGMAS = 0.84;

/** The cell and the particles of one frame. */
export interface CellAndParticles {
  /** Null if no cell is seen; without the particles that touch it. */
  cell: { x: number; y: number; area: number } | null;
  /** Bright particles; `inside` if surrounded by the cell, `height` above the surroundings. */
  particles: (Detection & { inside: boolean; height: number })[];
}

/**
 * The static, uneven field: typical brightness at each position, smoothed over a sixth of the side.
 */
function fieldOf(planes: readonly Plane[], side: number): Plane {
  const usual = overTime(planes, 0.6);
  const middle = median(usual.data);
  // Objects that rest in one place for most of the clip must not count as field.
  const near = (value: number) => Math.max(0.85 * middle, Math.min(1.15 * middle, value));
  return blur({ ...usual, data: usual.data.map(near) }, side / 6);
}

function peaksOf(plane: Plane, side: number): (Detection & { height: number })[] {
  const { width, height } = plane;
  const [fine, coarse] = [blur(plane, CORE * side), blur(plane, AROUND * side)];
  const data = fine.data.map((value, i) => value - coarse.data[i]);
  const found = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const value = data[i];
      if (value < BRIGHT_LEVELS) continue;
      let highest = true;
      for (let v = -1; v <= 1 && highest; v++) {
        for (let u = -1; u <= 1; u++) {
          const j = i + v * width + u;
          if (j !== i && (data[j] > value || (data[j] === value && j < i))) highest = false;
        }
      }
      if (!highest) continue;
      // The vertex of the parabola through the neighbours on either side.
      const top = (before: number, after: number) =>
        0.5 * (before - after) / Math.min(-1e-6, before - 2 * value + after);
      found.push({
        x: x + 0.5 + top(data[i - 1], data[i + 1]),
        y: y + 0.5 + top(data[i - width], data[i + width]),
        area: 1,
        edge: x < 3 || y < 3 || x > width - 4 || y > height - 4,
        height: value,
      });
    }
  }
  return found;
}

/**
 * The cell and the particles in every frame.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { cellAndParticles } from "./measures.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 *
 * const frames = [new Uint8Array(64 * 64 * 3).fill(120)];
 * const analysis = analyseClip({ width: 64, height: 64, fps: 8, frames });
 * assertEquals(cellAndParticles(analysis), [{ cell: null, particles: [] }]);
 * ```
 */
export const cellAndParticles = oncePerClip((analysis: ClipAnalysis): CellAndParticles[] => {
  const { side } = analysis;
  const planes = analysis.luma();
  const field = fieldOf(planes, side);
  const peaks = planes.map((plane) => peaksOf(plane, side));
  // Granules are bright dots too: particles reach a good part of the height of the brightest.
  const heights = peaks.flatMap((frame) => frame.map((peak) => peak.height));
  const least = 0.4 * quantile(heights, 0.9);
  return planes.map((plane, t) => {
    const { width, height } = plane;
    const soft = blur(plane, Math.max(0.7, 0.008 * side));
    const particles = peaks[t].filter((peak) => peak.height >= least);
    const mask = Uint8Array.from(
      soft.data,
      (value, i) => value < (1 - DARK) * field.data[i] ? 1 : 0,
    );
    // A bright particle at the outline would be a notch of the field: it belongs to its
    // surroundings.
    for (const { x, y } of particles) paint(mask, width, x, y, BODY * side);
    fillHoles(mask, width, height);
    const [cell] = components(mask, width, height, MIN_CELL * width * height);
    if (!cell) return { cell: null, particles: [] };
    const own = componentAt(mask, width, cell);
    const depth = blur({ width, height, data: Float32Array.from(own) }, 0.03 * side);
    const placed = particles.map((peak) => {
      const at = depth.data[Math.floor(peak.y) * width + Math.floor(peak.x)];
      return { ...peak, inside: at > WITHIN };
    });
    return { cell: bodyOf(depth, 0.03 * side), particles: placed };
  });
});

/** Sets a disc of a mask to 1. */
function paint(mask: Uint8Array, width: number, x: number, y: number, radius: number): void {
  const height = mask.length / width;
  for (let v = Math.max(0, Math.floor(y - radius)); v < Math.min(height, y + radius); v++) {
    for (let u = Math.max(0, Math.floor(x - radius)); u < Math.min(width, x + radius); u++) {
      if ((u + 0.5 - x) ** 2 + (v + 0.5 - y) ** 2 <= radius * radius) mask[v * width + u] = 1;
    }
  }
}

/**
 * The cell without objects attached to it: the part deep within the blurred mask, dilated by the
 * corresponding distance from a disc's outline.
 */
function bodyOf({ width, data }: Plane, sigma: number): CellAndParticles["cell"] {
  let [n, sumX, sumY] = [0, 0, 0];
  data.forEach((value, i) => {
    if (value <= WITHIN) return;
    n++;
    sumX += i % width + 0.5;
    sumY += Math.floor(i / width) + 0.5;
  });
  if (n === 0) return null;
  const deep = Math.sqrt(n / Math.PI);
  // The blur of a round outline lies further in than that of a straight one, to first order in its
  // curvature.
  const radius = deep + WITHIN_SIGMAS * sigma + sigma * sigma / (2 * deep);
  return { x: sumX / n, y: sumY / n, area: Math.PI * radius * radius };
}

/** The mask of one component: the pixels connected to those nearest its centroid. */
function componentAt(mask: Uint8Array, width: number, { x, y, area }: Component): Uint8Array {
  const seen = new Uint8Array(mask.length);
  const from = (start: number): Uint8Array | null => {
    const own = new Uint8Array(mask.length);
    const stack = [start];
    own[start] = seen[start] = 1;
    let count = 0;
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      count++;
      const column = i % width;
      for (
        const j of [i - width, i + width, column > 0 ? i - 1 : -1, column < width - 1 ? i + 1 : -1]
      ) {
        if (j < 0 || j >= mask.length || seen[j] || !mask[j]) continue;
        own[j] = seen[j] = 1;
        stack.push(j);
      }
    }
    return count > 0.8 * area ? own : null;
  };
  const centre = Math.floor(y) * width + Math.floor(x);
  if (mask[centre]) {
    const own = from(centre);
    if (own) return own;
  }
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i] || seen[i]) continue;
    const own = from(i);
    if (own) return own;
  }
  return mask;
}

const counts = oncePerClip((analysis: ClipAnalysis) => {
  const of = (inside: boolean) =>
    steadied(
      cellAndParticles(analysis).map((f) => f.particles.filter((p) => p.inside === inside).length),
    );
  return { inside: of(true), outside: of(false) };
});

function atStart(values: readonly number[]): number {
  return Math.round(median(values.slice(0, 4)));
}

function atEnd(values: readonly number[]): number {
  return Math.round(median(values.slice(-4)));
}

/** A particle's path into the cell. */
interface Uptake {
  /** First frame in which it is inside. */
  frame: number;
  /** Its brightness above its surroundings: outside, and at the end if it is inside for long. */
  before: number;
  after: number | null;
}

/** Particles tracked from outside to inside without a leap. */
const uptakes = oncePerClip((analysis: ClipAnalysis): Uptake[] => {
  const detections = cellAndParticles(analysis);
  const { fps } = analysis.video;
  const tracks: Track[] = link(detections.map((f) => f.particles), {
    searchRange: 0.075 * analysis.side,
  });
  return tracks.flatMap(({ frames, points }) => {
    const states = frames.map((t, i) =>
      detections[t].particles.find(({ x, y }) => x === points[i].x && y === points[i].y)!
    );
    const first = states.findIndex((state, i) =>
      state.inside && states.slice(i, i + 3).every((next) => next.inside)
    );
    if (first < 2 || states.length - first < 2) return [];
    const before = median(states.slice(0, first).map((state) => state.height));
    const later = states.slice(first).filter((_, i) =>
      frames[first + i] - frames[first] > 0.45 * fps
    );
    return [{
      frame: frames[first],
      before,
      after: later.length < 3 ? null : median(later.slice(-3).map((s) => s.height)),
    }];
  }).toSorted((a, b) => a.frame - b.frame);
});

/** The cell's displacements over three frames while particles are outside, with the frame. */
function steps(analysis: ClipAnalysis): { frame: number; x: number; y: number }[] {
  const detections = cellAndParticles(analysis);
  const { outside } = counts(analysis);
  return detections.flatMap(({ cell }, t) => {
    const later = detections[t + 3]?.cell;
    if (!cell || !later || outside[t] === 0) return [];
    const scale = tempo(analysis.video, t, t + 3);
    return [{ frame: t, x: (later.x - cell.x) * scale, y: (later.y - cell.y) * scale }];
  });
}

/** Mean cosine between the cell's steps and the direction to the nearest particle; 0 at rest. */
function approach(analysis: ClipAnalysis): number {
  const detections = cellAndParticles(analysis);
  const cosines = steps(analysis).flatMap(({ frame, x, y }) => {
    const { cell, particles } = detections[frame];
    const ways = particles.filter((p) => !p.inside)
      .map((p) => ({ x: p.x - cell!.x, y: p.y - cell!.y }))
      .toSorted((a, b) => Math.hypot(a.x, a.y) - Math.hypot(b.x, b.y));
    if (ways.length === 0) return [];
    const [{ x: u, y: v }] = ways;
    const length = Math.hypot(x, y);
    if (length < 0.006 * analysis.side) return [0];
    return [(x * u + y * v) / length / Math.hypot(u, v)];
  });
  return cosines.length === 0 ? 0 : mean(cosines);
}

const NO_CELL = "no dark cell is seen in a brighter field";

/** Median area of the cell over the given frames, in pixels; NaN if there is none. */
function cellArea(detections: readonly CellAndParticles[]): number {
  return median(detections.flatMap(({ cell }) => cell ? [cell.area] : []));
}

/** The measures of this world. */
export const MEASURES: Record<string, Measure> = {
  "particles-outside-at-start": measure(
    "particles",
    "bright particles outside the cell over the first four frames, median",
    noArgs,
    (analysis) => measured(atStart(counts(analysis).outside)),
  ),
  "particles-engulfed": measure(
    "particles",
    "bright particles inside the cell over the last four frames, less those at the start",
    noArgs,
    (analysis) => measured(atEnd(counts(analysis).inside) - atStart(counts(analysis).inside)),
  ),
  "particles-cleared-share": measure(
    "1",
    "share of the particles outside the cell that are no longer there at the end; 0 for none",
    noArgs,
    (analysis) => {
      const { outside } = counts(analysis);
      const start = atStart(outside);
      return measured(start === 0 ? 0 : 1 - atEnd(outside) / start);
    },
  ),
  "contact-uptakes": measure(
    "particles",
    "particles followed through the cell's outline, from outside to inside, without a leap",
    noArgs,
    (analysis) => measured(uptakes(analysis).length),
  ),
  "particles-returned": measure(
    "particles",
    "most particles that were outside the cell again after there had been fewer",
    noArgs,
    (analysis) => {
      const { outside } = counts(analysis);
      let [least, most] = [Infinity, 0];
      for (let t = 0; t + 2 < outside.length; t++) {
        // Two consecutive frames, so that a particle that appears only once does not count.
        least = Math.min(least, Math.max(outside[t], outside[t + 1]));
        most = Math.max(most, Math.min(outside[t + 1], outside[t + 2]) - least);
      }
      return measured(most);
    },
  ),
  "approach-to-nearest": measure(
    "1",
    "cosine between the cell's motion and the direction to the nearest particle outside, mean; " +
      "0 where the cell rests",
    noArgs,
    (analysis) => measured(approach(analysis)),
  ),
  "uptake-interval": measure("s", "mean time from one uptake to the next", noArgs, (analysis) => {
    const found = uptakes(analysis);
    if (found.length < 2) return unmeasured(`${found.length} uptakes were seen; 2 are needed`);
    const { fps, times } = analysis.video;
    const [from, to] = [found[0].frame, found[found.length - 1].frame];
    const frames = times ? (times[to] - times[from]) * fps : to - from;
    return measured(frames / (found.length - 1) / fps);
  }),
  "first-uptake-time": measure(
    "s",
    "when the first particle is inside",
    noArgs,
    (analysis) => {
      const [first] = uptakes(analysis);
      return first
        ? measured(secondsAt(analysis.video, first.frame))
        : unmeasured("no uptake was seen");
    },
  ),
  "engulfed-fading": measure(
    "1",
    "brightness of engulfed particles above the cell at the end over that before, mean",
    noArgs,
    (analysis) => {
      const ratios = uptakes(analysis).flatMap(({ before, after }) =>
        after === null ? [] : [after / before]
      );
      return ratios.length === 0
        ? unmeasured("no particle is seen inside for long enough")
        : measured(mean(ratios));
    },
  ),
  "eater-area-change": measure(
    "1",
    "change of the cell's area from the first to the last quarter of the clip, relative",
    noArgs,
    (analysis) => {
      const detections = cellAndParticles(analysis);
      const quarter = Math.max(1, Math.floor(detections.length / 4));
      const [start, end] = [
        cellArea(detections.slice(0, quarter)),
        cellArea(detections.slice(-quarter)),
      ];
      return start > 0 && end > 0 ? measured(Math.abs(end / start - 1)) : unmeasured(NO_CELL);
    },
  ),
  "eater-diameter": measure(
    "um",
    "diameter of the disc as large as the cell, first quarter of the clip",
    fieldArgs,
    (analysis, { field_um }) => {
      const detections = cellAndParticles(analysis);
      const area = cellArea(detections.slice(0, Math.max(1, Math.floor(detections.length / 4))));
      return area > 0
        ? measured(2 * Math.sqrt(area / Math.PI) * field_um / analysis.side)
        : unmeasured(NO_CELL);
    },
  ),
  "eater-speed": measure(
    "um/s",
    "speed of the cell while particles are outside, mean",
    z.object({ field_um: z.number().positive() }),
    (analysis, { field_um }) => {
      const found = steps(analysis);
      if (found.length < 3) return unmeasured("the cell is not seen to make for particles");
      const pixels = mean(found.map(({ x, y }) => Math.hypot(x, y))) / 3;
      return measured(pixels * analysis.video.fps * field_um / analysis.side);
    },
  ),
};
