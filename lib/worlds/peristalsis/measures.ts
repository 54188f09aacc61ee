/**
 * Measures of a horizontal gut whose wall contracts in waves, from its diameter and its content along
 * its length over time (spatiotemporal maps; Hennig et al., J. Physiol. 517 (1999) 575–590).
 */
import { z } from "zod";
import { mean, median, quantile } from "../../statistics.ts";
import { type Measure, measure, measured, noArgs, unmeasured } from "../../vision/measure.ts";
import { blur, type Plane } from "../../vision/plane.ts";
import { evenFrame } from "../../vision/clip_time.ts";
import { type ClipAnalysis, oncePerClip } from "../../vision/clip_analysis.ts";
import { carriedShape, type Kymograph, periodOf, type Travel, travelOf } from "./travelling.ts";

/** Optical depth above which something blocks the light. */
const SEEN_DEPTH = 0.16;
/** Minimum share of the diameters' variance for a travelling wave. */
const TRAVELLING = 0.7;

/** A gut's maps, with a row per frame and a position per pixel column. */
export interface GutMaps {
  /** Outer diameter, in pixels. */
  diameter: Kymograph;
  /** Absorption summed over the column: of the wall, which is constant, and of the content. */
  depth: Kymograph;
}

/** Brightness of the empty field at each column, at the top and at the bottom. */
function surround({ width, height, data }: Plane): { top: Float64Array; bottom: Float64Array } {
  const rows = Math.max(2, Math.round(0.06 * height));
  const reach = Math.max(2, Math.round(width / 20));
  const level = (from: number) => {
    const before = new Float64Array(width + 1);
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let y = from; y < from + rows; y++) sum += data[y * width + x];
      before[x + 1] = before[x] + sum / rows;
    }
    return Float64Array.from({ length: width }, (_, x) => {
      const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach + 1)];
      return (before[right] - before[left]) / (right - left);
    });
  };
  return { top: level(0), bottom: level(height - rows) };
}

/**
 * The gut in one column: from its upper to its lower wall, with subpixel ends, and its absorption.
 */
function column(depth: Float64Array): { diameter: number; total: number } {
  // Two consecutive pixels, since noise has one; an empty gut is as clear as the field between its
  // walls.
  const seen = (y: number) => depth[y] > SEEN_DEPTH && depth[y + 1] > SEEN_DEPTH;
  let from = 0;
  while (from < depth.length - 1 && !seen(from)) from++;
  let to = depth.length - 1;
  while (to > from && !seen(to - 1)) to--;
  if (to <= from) return { diameter: 0, total: 0 };
  const beyond = (inside: number, outside: number | undefined) =>
    outside === undefined ? 0 : (inside - SEEN_DEPTH) / (inside - outside);
  let total = 0;
  for (let y = from; y <= to; y++) total += depth[y];
  return {
    diameter: to - from + beyond(depth[from], depth[from - 1]) + beyond(depth[to], depth[to + 1]),
    total,
  };
}

/** Median of five neighbours: a vessel that touches the gut must not widen it. */
function smoothed(row: Float32Array): Float32Array {
  return row.map((_, x) => median(row.subarray(Math.max(0, x - 2), x + 3)));
}

/**
 * The gut's maps; null if no dark tube crosses a brighter field from side to side.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { gutMaps } from "./measures.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 *
 * // A dark band 30 pixels wide.
 * const frame = Uint8Array.from(
 *   { length: 64 * 64 * 3 },
 *   (_, i) => Math.abs(Math.floor(i / 192) - 31.5) < 15 ? 80 : 200,
 * );
 * const analysis = analyseClip({ width: 64, height: 64, fps: 8, frames: [frame] });
 * assertNear(gutMaps(analysis)!.diameter[0][20], 31, 1.5);
 * ```
 */
export const gutMaps = oncePerClip((analysis: ClipAnalysis): GutMaps | null => {
  const { width, height } = analysis.video;
  const maps = analysis.luma().map((plane) => {
    const soft = blur(plane, 0.8);
    const { top, bottom } = surround(soft);
    const diameter = new Float32Array(width);
    const total = new Float32Array(width);
    const depth = new Float64Array(height);
    for (let x = 0; x < width; x++) {
      for (let y = 0; y < height; y++) {
        const lit = top[x] + (bottom[x] - top[x]) * y / (height - 1);
        depth[y] = Math.log(Math.max(1, lit) / Math.max(1, soft.data[y * width + x]));
      }
      const found = column(depth);
      diameter[x] = found.diameter;
      total[x] = found.total;
    }
    return { diameter: smoothed(diameter), total: smoothed(total) };
  });
  const all = maps.flatMap(({ diameter }) => [...diameter]);
  const usual = median(all);
  const gaps = all.filter((value) => value < 0.04 * height).length / all.length;
  // A gut crosses the whole picture and leaves some of it free above and below.
  if (usual < 0.08 * height || usual > 0.9 * height || gaps > 0.1) return null;
  return { diameter: maps.map((m) => m.diameter), depth: maps.map((m) => m.total) };
});

const NO_GUT = "no gut that crosses a brighter field is seen";
const NO_WAVE = "no contraction travels along the gut";

/** Standard deviation over time, averaged over positions, relative to the typical value. */
function restlessness(rows: Kymograph): number {
  const spreads = Array.from(rows[0], (_, x) => {
    const values = rows.map((row) => row[x]);
    const average = mean(values);
    return Math.sqrt(mean(values.map((value) => (value - average) ** 2)));
  });
  return mean(spreads) / mean(rows.flatMap((row) => [...row]));
}

function travel(rows: Kymograph, analysis: ClipAnalysis): Travel {
  const at = (t: number) => evenFrame(analysis.video, t);
  return travelOf(rows, { least: 0.006 * analysis.side, most: 0.1 * analysis.side, at });
}

/**
 * How the gut's diameter travels; null if no gut is seen, with a share of 0 if it is stationary.
 */
const wave = oncePerClip((analysis: ClipAnalysis): Travel | null => {
  const maps = gutMaps(analysis);
  if (!maps) return null;
  if (maps.diameter.length < 5 || restlessness(maps.diameter) < 0.03) {
    return { velocity: 0, share: 0 };
  }
  return travel(maps.diameter, analysis);
});

/** The wave, if it does travel. */
function travellingWave(analysis: ClipAnalysis): Travel | null {
  const found = wave(analysis);
  return found && found.share >= TRAVELLING ? found : null;
}

/** The content alone: a column's absorption beyond its minimum over time. */
const contentOf = oncePerClip((analysis: ClipAnalysis): Kymograph | null => {
  const maps = gutMaps(analysis);
  if (!maps) return null;
  const wall = maps.depth[0].map((_, x) => quantile(maps.depth.map((row) => row[x]), 0.03));
  return maps.depth.map((row) => row.map((value, x) => value - wall[x]));
});

/** One wavelength of the wave: its length in pixels, and content and diameter at 48 positions. */
interface Period {
  length: number;
  /** From the ring on, in the direction of travel. */
  content: Float64Array;
}

const PLACES = 48;

const period = oncePerClip((analysis: ClipAnalysis): Period | null => {
  const found = travellingWave(analysis);
  const content = contentOf(analysis);
  if (!found || !content) return null;
  const { diameter } = gutMaps(analysis)!;
  const { velocity } = found;
  const at = (t: number) => evenFrame(analysis.video, t);
  const length = periodOf(carriedShape(diameter, velocity, 2, at).means, 0.2 * analysis.side);
  if (length === null) return null;
  const fold = (rows: Kymograph) => {
    const sums = new Float64Array(PLACES);
    const counts = new Float64Array(PLACES);
    rows.forEach((row, t) =>
      row.forEach((value, x) => {
        const along = Math.sign(velocity) * (x - velocity * at(t)) / length;
        const place = Math.floor((along - Math.floor(along)) * PLACES) % PLACES;
        sums[place] += value;
        counts[place]++;
      })
    );
    return sums.map((sum, i) => counts[i] > 0 ? sum / counts[i] : NaN);
  };
  const widths = fold(diameter);
  const ring = widths.reduce((best, value, i) => value < widths[best] ? i : best, 0);
  const filled = fold(content);
  return { length, content: filled.map((_, i) => filled[(i + ring) % PLACES]) };
});

/** Velocity of the content relative to that of the wave; 0 if no wave travels to carry it. */
function contentPerWave(analysis: ClipAnalysis) {
  const found = travellingWave(analysis);
  if (!found) return measured(0);
  const content = contentOf(analysis)!;
  if (quantile(content.map((row) => quantile(row, 0.9)), 0.9) < 0.01 * analysis.side) {
    return unmeasured("the gut holds nothing that can be seen");
  }
  return measured(travel(content, analysis).velocity / found.velocity);
}

/** The measures of this world. */
export const MEASURES: Record<string, Measure> = {
  "gut-wave-share": measure(
    "1",
    "share of the gut's changes in diameter that one travelling wave explains; 0 for no change",
    noArgs,
    (analysis) => measured(Math.max(0, wave(analysis)?.share ?? 0)),
  ),
  "gut-wave-speed": measure(
    "mm/s",
    "speed at which the contraction travels; 0 where none does",
    z.object({ field_mm: z.number().positive() }),
    (analysis, { field_mm }) => {
      const speed = Math.abs(travellingWave(analysis)?.velocity ?? 0);
      return measured(speed * analysis.video.fps * field_mm / analysis.side);
    },
  ),
  "gut-wave-direction": measure(
    "1",
    "1 where the contraction travels the way asked for, -1 the other way, 0 where none does",
    z.object({ direction: z.enum(["left to right", "right to left"]) }),
    (analysis, { direction }) => {
      const way = Math.sign(travellingWave(analysis)?.velocity ?? 0);
      return measured(direction === "left to right" ? way : 0 - way);
    },
  ),
  "gut-wave-interval": measure(
    "s",
    "time from one contraction to the next at one place",
    noArgs,
    (analysis) => {
      const found = travellingWave(analysis);
      if (!found) return unmeasured(wave(analysis) ? NO_WAVE : NO_GUT);
      const once = period(analysis);
      if (!once) return unmeasured("too few contractions pass to see how they follow each other");
      return measured(once.length / Math.abs(found.velocity) / analysis.video.fps);
    },
  ),
  "gut-occlusion": measure(
    "1",
    "diameter of the gut at its narrowest over that at its widest",
    noArgs,
    (analysis) => {
      const maps = gutMaps(analysis);
      if (!maps) return unmeasured(NO_GUT);
      const all = maps.diameter.flatMap((row) => [...row]);
      return measured(quantile(all, 0.02) / quantile(all, 0.98));
    },
  ),
  "content-per-wave-speed": measure(
    "1",
    "velocity of the gut's content over that of the contraction, negative where they run apart; " +
      "0 where no contraction travels",
    noArgs,
    contentPerWave,
  ),
  "content-ahead": measure(
    "1",
    "share of the content in the half of a wavelength ahead of the contraction",
    noArgs,
    (analysis) => {
      const once = period(analysis);
      if (!once) return unmeasured(wave(analysis) ? NO_WAVE : NO_GUT);
      const total = once.content.reduce((a, b) => a + b, 0);
      if (!(total / PLACES > 0.01 * analysis.side)) {
        return unmeasured("the gut holds nothing that can be seen");
      }
      const ahead = once.content.subarray(0, PLACES / 2).reduce((a, b) => a + b, 0);
      return measured(ahead / total);
    },
  ),
  "content-retention": measure(
    "1",
    "content where it is thickest in the last quarter of the clip over that in the first",
    noArgs,
    (analysis) => {
      // Unless waves repeat, a decrease may only be content that has left the view.
      if (!period(analysis)) return unmeasured(wave(analysis) ? NO_WAVE : NO_GUT);
      const content = contentOf(analysis)!;
      const peaks = content.map((row) => quantile(row, 0.9));
      const quarter = Math.max(2, Math.floor(peaks.length / 4));
      const early = median(peaks.slice(0, quarter));
      if (early < 0.02 * analysis.side) return unmeasured("the gut holds nothing that can be seen");
      return measured(median(peaks.slice(-quarter)) / early);
    },
  ),
};
