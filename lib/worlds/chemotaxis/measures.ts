/** Measures of cells that crawl towards a source: their direction, motion and shape. */
import { tempo } from "../../vision/clip_time.ts";
import { z } from "zod";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import type { Component } from "../../vision/components.ts";
import { crawlers } from "./crawlers.ts";
import { hueOf } from "../../vision/hue.ts";
import { mean, median, quantile } from "../../statistics.ts";
import {
  fieldArgs,
  type Measure,
  measure,
  measured,
  noArgs,
  unmeasured,
} from "../../vision/measure.ts";
import { blur } from "../../vision/plane.ts";
import { type ClipAnalysis, oncePerClip } from "../../vision/clip_analysis.ts";
import { link, type Track } from "../../vision/tracks.ts";

/** Seconds per step of a cell's path, and per change of its shape. */
const STEP_S = 1 / 6;
const CHANGE_S = 0.25;
const TOO_FEW = "fewer than 2 crawling cells could be followed";

/** Diameter of the disc with the area of a fully visible cell, in pixels; NaN if there are none. */
function diameter(analysis: ClipAnalysis): number {
  const areas = crawlers(analysis).flat().filter((c) => !c.edge).map((c) => c.area);
  return 2 * Math.sqrt(median(areas) / Math.PI);
}

interface Followed extends Track {
  points: Component[];
}

const paths = oncePerClip((analysis): Followed[] => {
  const cells = crawlers(analysis);
  const searchRange = 0.62 * diameter(analysis);
  // Linking returns the very detections that it is given.
  return Number.isFinite(searchRange) ? link(cells, { searchRange, memory: 3 }) as Followed[] : [];
});

/** Paths that last for most of the clip or until the frame's edge. */
const longPaths = oncePerClip((analysis): Followed[] =>
  paths(analysis).filter(({ frames }) => frames.length >= 0.6 * analysis.video.frames.length)
);

interface Source {
  x: number;
  y: number;
  /** Hue of its glow, in degrees. */
  hue: number;
}

/**
 * The position where the released tracer glows brightest over the whole clip, in pixels; null if
 * nothing does.
 */
const source = oncePerClip((analysis): Source | null => {
  const { width, height, frames } = analysis.video;
  const step = Math.max(1, Math.floor(frames.length / 9));
  const taken = frames.filter((_, t) => t % step === 0);
  const usually = Float32Array.from(
    frames[0],
    (_, j) => taken.reduce((sum, rgb) => sum + rgb[j], 0) / taken.length,
  );
  const [r, g, b] = [0, 1, 2].map((channel) => {
    const data = Float32Array.from({ length: width * height }, (_, i) => usually[3 * i + channel]);
    return blur({ width, height, data }, 0.02 * analysis.side).data;
  });
  const glow = r.map((_, i) => Math.max(r[i], g[i], b[i]) - Math.min(r[i], g[i], b[i]));
  const [usual, top] = [median(glow), quantile(glow, 0.998)];
  if (top - usual < 12) return null;
  let [sum, x, y, red, green, blue] = [0, 0, 0, 0, 0, 0];
  glow.forEach((value, i) => {
    const weight = Math.max(0, value - usual - 0.75 * (top - usual));
    sum += weight;
    x += weight * (i % width + 0.5);
    y += weight * (Math.floor(i / width) + 0.5);
    red += weight * r[i];
    green += weight * g[i];
    blue += weight * b[i];
  });
  return { x: x / sum, y: y / sum, hue: hueOf([red, green, blue]) };
});

const NO_SOURCE = "no coloured glow marks a source";

/** A displacement over {@link STEP_S} in pixels, with the cell's position and shape halfway. */
interface Step {
  from: Component;
  by: { x: number; y: number };
  midway: Component;
}

/** A path's successive steps. */
function steps(analysis: ClipAnalysis, path: Followed): Step[] {
  const lag = Math.max(2, Math.round(STEP_S * analysis.video.fps));
  const found: Step[] = [];
  for (let i = 0; i + lag < path.points.length; i += lag) {
    if (path.frames[i + lag] - path.frames[i] > lag + 1) continue;
    const [from, to] = [path.points[i], path.points[i + lag]];
    if (from.edge || to.edge) continue;
    const midway = path.points[i + Math.floor(lag / 2)];
    const scale = tempo(analysis.video, path.frames[i], path.frames[i + lag]);
    found.push({ from, by: { x: (to.x - from.x) * scale, y: (to.y - from.y) * scale }, midway });
  }
  return found;
}

/** Steps of all long paths, excluding cells that have almost arrived. */
const onTheWay = oncePerClip((analysis): Step[][] => {
  const at = source(analysis);
  const near = 1.8 * diameter(analysis);
  return longPaths(analysis).map((path) =>
    steps(analysis, path).filter(({ from }) =>
      !at || Math.hypot(from.x - at.x, from.y - at.y) > near
    )
  );
});

/** Pixels per step below which a cell counts as stationary. */
const stride = (analysis: ClipAnalysis) => 0.08 * diameter(analysis);

const length = ({ by }: Step) => Math.hypot(by.x, by.y);

/** Distance of each cell from the source, for each frame. */
function distances(analysis: ClipAnalysis, at: { x: number; y: number }): number[][] {
  return crawlers(analysis).map((frame) => frame.map((c) => Math.hypot(c.x - at.x, c.y - at.y)));
}

/** Whether a path ends or begins in full view, away from where cells crowd around the source. */
function interrupted(analysis: ClipAnalysis, { frames, points }: Followed): boolean {
  const { width, height, frames: all } = analysis.video;
  const at = source(analysis);
  const margin = 0.6 * diameter(analysis);
  const open = (p: Component) =>
    !p.edge && p.x > margin && p.x < width - margin && p.y > margin && p.y < height - margin &&
    !(at && Math.hypot(p.x - at.x, p.y - at.y) < 2 * diameter(analysis));
  const last = points.length - 1;
  return (frames[0] > 2 && open(points[0])) ||
    (frames[last] < all.length - 3 && open(points[last]));
}

/** The measures of this world. */
export const MEASURES: Record<string, Measure> = {
  "crawler-count": measure(
    "cells",
    "grey cells in view, mean over the frames",
    noArgs,
    (analysis) => measured(mean(crawlers(analysis).map((frame) => frame.length))),
  ),
  "crawling-share": measure(
    "1",
    "share of the cells that can be followed without a break and crawl half their length or more",
    noArgs,
    (analysis) => {
      if (analysis.video.frames.length < 6) return unmeasured("fewer than 6 frames");
      const lasting = paths(analysis).filter(({ frames }) => frames.length >= 4);
      const seen = median(crawlers(analysis).map((frame) => frame.length));
      if (lasting.length < 2) return seen >= 2 ? measured(0) : unmeasured(TOO_FEW);
      const far = 0.5 * diameter(analysis);
      const good = lasting.filter((path) => {
        const [a, b] = [path.points[0], path.points[path.points.length - 1]];
        const gone = a.edge || b.edge || Math.hypot(b.x - a.x, b.y - a.y) >= far;
        return gone && !interrupted(analysis, path);
      });
      return measured(good.length / lasting.length);
    },
  ),
  "chemotactic-index": measure(
    "1",
    "way covered towards the source over all of the way covered: 1 straight up the gradient, 0 " +
      "without direction, -1 straight down",
    noArgs,
    (analysis) => {
      const at = source(analysis);
      if (!at) return unmeasured(NO_SOURCE);
      const all = onTheWay(analysis).flat();
      if (longPaths(analysis).length < 2 || all.length < 6) return unmeasured(TOO_FEW);
      const towards = all.map(({ from, by }) => {
        const [x, y] = [at.x - from.x, at.y - from.y];
        return (by.x * x + by.y * y) / Math.hypot(x, y);
      });
      // A stationary cell covers no distance, and neither does the localisation error.
      const way = all.map((step) => Math.max(length(step), stride(analysis)));
      return measured(mean(towards) / mean(way));
    },
  ),
  "crawl-persistence": measure(
    "1",
    "mean cosine between a cell's successive steps, each a sixth of a second",
    noArgs,
    (analysis) => {
      const cosines = onTheWay(analysis).flatMap((own) =>
        own.slice(1).map((step, i) => {
          const before = own[i];
          // Stationary cells have no direction.
          if (Math.min(length(step), length(before)) < stride(analysis)) return 0;
          return (step.by.x * before.by.x + step.by.y * before.by.y) /
            (length(step) * length(before));
        })
      );
      return cosines.length < 6 ? unmeasured(TOO_FEW) : measured(mean(cosines));
    },
  ),
  "polarity-along-way": measure(
    "1",
    "anisotropy of the cells' outlines along the way they move: 0 for discs, and for cells that stand",
    noArgs,
    (analysis) => {
      const all = onTheWay(analysis).flat().filter(({ midway }) => !midway.edge);
      if (all.length < 6) return unmeasured(TOO_FEW);
      return measured(mean(all.map((step) => {
        if (length(step) < stride(analysis)) return 0;
        const angle = 2 * Math.atan2(step.by.y, step.by.x);
        return step.midway.drawn.x * Math.cos(angle) + step.midway.drawn.y * Math.sin(angle);
      })));
    },
  ),
  "outline-change": measure(
    "1",
    "change of the anisotropy of a cell's outline within a quarter of a second, mean",
    noArgs,
    (analysis) => {
      const lag = Math.max(2, Math.round(CHANGE_S * analysis.video.fps));
      const changes = longPaths(analysis).flatMap(({ points }) => {
        const whole = points.filter(({ edge }) => !edge);
        // Means of three frames, since outlines jitter with the pixels at their border.
        const smooth = whole.slice(2).map((_, i) => ({
          x: mean(whole.slice(i, i + 3).map((p) => p.drawn.x)),
          y: mean(whole.slice(i, i + 3).map((p) => p.drawn.y)),
        }));
        return smooth.slice(lag).map((d, i) => Math.hypot(d.x - smooth[i].x, d.y - smooth[i].y));
      });
      return changes.length < 6 ? unmeasured(TOO_FEW) : measured(mean(changes));
    },
  ),
  "crawl-speed": measure(
    "um/min",
    "mean speed of the cells on their way, by steps of a sixth of a second",
    fieldArgs.extend({ minutes_per_second: z.number().positive() }),
    (analysis, { field_um, minutes_per_second }) => {
      const lag = Math.max(2, Math.round(STEP_S * analysis.video.fps));
      const all = onTheWay(analysis).flat();
      if (all.length < 6) return unmeasured(TOO_FEW);
      const minutes = lag / analysis.video.fps * minutes_per_second;
      return measured(mean(all.map(length)) * field_um / analysis.side / minutes);
    },
  ),
  "source-approach": measure(
    "1",
    "how much nearer to the source the cells are in the last quarter of the clip than in the " +
      "first, relative to the first",
    noArgs,
    (analysis) => {
      const at = source(analysis);
      if (!at) return unmeasured(NO_SOURCE);
      const far = distances(analysis, at);
      const quarter = Math.max(1, Math.floor(far.length / 4));
      const [first, last] = [far.slice(0, quarter).flat(), far.slice(-quarter).flat()];
      if (first.length === 0) return unmeasured("no crawling cells are seen at the start");
      // Cells that have all left the view have not come closer.
      return measured(last.length === 0 ? -1 : 1 - mean(last) / mean(first));
    },
  ),
  "source-bearing-error": measure(
    "degrees",
    "angle between the direction of the source from the frame's middle and the one asked for",
    z.object({ source: z.enum(["left", "right", "top", "bottom"]) }),
    (analysis, args) => {
      const at = source(analysis);
      if (!at) return unmeasured(NO_SOURCE);
      const { width, height } = analysis.video;
      const asked = { right: 0, bottom: 90, left: 180, top: 270 }[args.source];
      const seen = Math.atan2(at.y - height / 2, at.x - width / 2) * 180 / Math.PI;
      const off = (((seen - asked) % 360) + 360) % 360;
      return measured(Math.min(off, 360 - off));
    },
  ),
  "source-hue-error": measure(
    "degrees",
    "how far the hue of the source's glow lies outside the range of the colour asked for",
    z.object({ colour: z.enum(COLOUR_NAMES) }),
    (analysis, { colour }) => {
      const at = source(analysis);
      if (!at) return unmeasured(NO_SOURCE);
      const [from, to] = COLOURS[colour].hue;
      const middle = from < to ? (from + to) / 2 : ((from + to + 360) / 2) % 360;
      const half = ((to - from + 360) % 360) / 2;
      const off = Math.abs(((at.hue - middle + 540) % 360) - 180);
      return measured(Math.max(0, off - half));
    },
  ),
};
