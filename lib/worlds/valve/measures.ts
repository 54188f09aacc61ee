/** Measures of a valve in a vessel: its leaflets' opening, the flow of cells, and how both agree. */
import { z } from "zod";
import { components } from "../../vision/components.ts";
import { mean, median, quantile } from "../../statistics.ts";
import { type Measure, measure, measured, noArgs, unmeasured } from "../../vision/measure.ts";
import { blur, otsu, type Plane } from "../../vision/plane.ts";
import { type Scene, seenIn } from "../../vision/scene.ts";
import { type Detection, link, type Track } from "../../vision/tracks.ts";

/** How far each leaflet's tip is from the axis in every frame, pixels; NaN where it is not seen. */
interface Leaflets {
  upper: number[];
  lower: number[];
  /** Whether a labelled cell may hide a tip that is not seen. */
  hidden: boolean[];
}

/** Difference in grey levels from which colour stands out from grey. */
const LEAST_COLOUR = 24;
/** Grey levels by which a leaflet is darker than what is around it. */
const LEAST_FOLD = 7;
/** Tracks see little sideways motion: it counts this much more than motion along the vessel. */
const SIDEWAYS = 2.5;
/** Frames and seconds without which there is no cycle to see. */
const LEAST_FRAMES = 12;
/** A leaflet's state must last this long to be one, s. */
const LEAST_RUN_S = 0.2;

/** How colourful each pixel is: the range of its channels, beyond the usual one. */
const colourfulness = seenIn((scene: Scene): Float32Array[] => {
  const { width, height, frames } = scene.video;
  return frames.map((rgb) => {
    const data = new Float32Array(width * height);
    for (let i = 0, j = 0; i < data.length; i++, j += 3) {
      data[i] = Math.max(rgb[j], rgb[j + 1], rgb[j + 2]) -
        Math.min(rgb[j], rgb[j + 1], rgb[j + 2]);
    }
    const usual = median(data.filter((_, i) => i % 11 === 0));
    return blur({ width, height, data }, 0.6).data.map((value) => Math.max(0, value - usual));
  });
});

/** The level from which a pixel is labelled; null where nothing is. */
const labelLevel = seenIn((scene: Scene): number | null => {
  const threshold = otsu(colourfulness(scene));
  return threshold && threshold.contrast > LEAST_COLOUR ? threshold.level : null;
});

/**
 * Colourful blobs on a grey ground, frame by frame; pixels from the left and top edges.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { sceneOf } from "../../vision/scene.ts";
 * import { labelledCells } from "./measures.ts";
 *
 * const rgb = new Uint8Array(64 * 64 * 3).fill(90);
 * for (let i = 0; i < 64 * 64; i++) if (Math.hypot(i % 64 - 20, (i >> 6) - 30) < 4) rgb[3 * i] = 250;
 * const [[cell]] = labelledCells(sceneOf({ width: 64, height: 64, fps: 8, frames: [rgb] }));
 * assertEquals([Math.round(2 * cell.x) / 2, Math.round(2 * cell.y) / 2], [20.5, 30.5]);
 * ```
 */
export const labelledCells = seenIn((scene: Scene): Detection[][] => {
  const { width, height } = scene.video;
  const level = labelLevel(scene);
  const masks = colourfulness(scene).map((data) =>
    Uint8Array.from(data, (value) => level !== null && value > level ? 1 : 0)
  );
  const found = masks.map((mask, t) =>
    components(mask, width, height, 0.0008 * scene.side ** 2, colourfulness(scene)[t])
  );
  const usual = median(found.flat().filter(({ edge }) => !edge).map(({ area }) => area));
  return found.map((cells, t) =>
    cells.flatMap((cell) =>
      cell.area > 1.5 * usual && cell.elongation > 1.3
        ? halves(pixelsOf(masks[t], width, cell), width, cell)
        : [cell]
    )
  );
});

/** The pixels of the piece of a mask that lies around a place. */
function pixelsOf(mask: Uint8Array, width: number, { x, y, area }: Detection): number[] {
  const reach = Math.ceil(Math.sqrt(area));
  const taken = new Set<number>();
  const stack: number[] = [];
  const visit = (i: number) => {
    if (!mask[i] || taken.has(i)) return;
    taken.add(i);
    stack.push(i);
  };
  // Two cells that touch at a corner may leave the middle between them free: begin nearby.
  for (let r = 0; r <= reach && stack.length === 0; r++) {
    for (const [u, v] of [[0, 0], [r, 0], [-r, 0], [0, r], [0, -r]]) {
      visit((Math.floor(y) + v) * width + Math.floor(x) + u);
    }
  }
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    for (const v of [-width, 0, width]) for (const u of [-1, 0, 1]) visit(i + v + u);
  }
  return [...taken];
}

/** Two cells that touch, told apart by 2-means from the ends of the longer axis of both. */
function halves(pixels: readonly number[], width: number, whole: Detection): Detection[] {
  const points = pixels.map((i) => ({ x: i % width + 0.5, y: Math.floor(i / width) + 0.5 }));
  const far = (p: { x: number; y: number }, q: { x: number; y: number }) =>
    (p.x - q.x) ** 2 + (p.y - q.y) ** 2;
  const furthest = (from: { x: number; y: number }) =>
    points.reduce((best, p) => far(p, from) > far(best, from) ? p : best, points[0]);
  let one = furthest(whole);
  let other = furthest(one);
  for (let round = 0; round < 8; round++) {
    const near = points.filter((p) => far(p, one) < far(p, other));
    const rest = points.filter((p) => far(p, one) >= far(p, other));
    if (near.length === 0 || rest.length === 0) return [whole];
    [one, other] = [near, rest].map((part) => ({
      x: mean(part.map((p) => p.x)),
      y: mean(part.map((p) => p.y)),
    }));
  }
  return [one, other].map((p) => ({ ...p, area: whole.area / 2, edge: whole.edge }));
}

const cellTracks = seenIn((scene: Scene): Track[] => {
  const stretched = labelledCells(scene).map((cells) =>
    cells.map((cell) => ({ ...cell, y: cell.y * SIDEWAYS }))
  );
  return link(stretched, { reach: 0.13 * scene.side, memory: 1 });
});

/** Steps of the cells along the vessel from each frame to the next, pixels. */
const stepsAlong = seenIn((scene: Scene): number[][] => {
  const steps: number[][] = scene.video.frames.slice(1).map(() => []);
  for (const { frames, points } of cellTracks(scene)) {
    for (let i = 1; i < frames.length; i++) {
      if (frames[i] !== frames[i - 1] + 1 || points[i].edge || points[i - 1].edge) continue;
      steps[frames[i] - 1].push(points[i].x - points[i - 1].x);
    }
  }
  return steps;
});

/** Paths of all cells to the right and to the left, pixels; trembling on the spot is left out. */
function paths(scene: Scene): { right: number; left: number } {
  const still = 0.006 * scene.side;
  const moved = stepsAlong(scene).flat().filter((step) => Math.abs(step) > still);
  const right = moved.reduce((sum, step) => sum + Math.max(0, step), 0);
  return { right, left: right - moved.reduce((sum, step) => sum + step, 0) };
}

/** Paths that amount to less than a cell's diameter in all are no flow. */
function flows(scene: Scene): boolean {
  const { right, left } = paths(scene);
  return right + left > 0.2 * scene.side;
}

/** 1 for flow to the right on the whole, -1 for flow to the left. */
function sense(scene: Scene): 1 | -1 {
  const { right, left } = paths(scene);
  return right >= left ? 1 : -1;
}

/**
 * How much darker each pixel is than its surroundings; NaN on and near labelled cells, which are
 * painted over beforehand so that they do not make what is around them look dark.
 */
function folds(scene: Scene, lymph: number): Plane[] {
  const { width, height } = scene.video;
  const level = labelLevel(scene) ?? Infinity;
  const colours = colourfulness(scene);
  return scene.luma().map((plane, t) => {
    const labelled = Float32Array.from(colours[t], (value) => value > level ? 1 : 0);
    const near = blur({ width, height, data: labelled }, Math.max(1, 0.014 * scene.side)).data;
    const painted = plane.data.map((value, i) => near[i] > 0.1 ? lymph : value);
    const fine = blur({ width, height, data: painted }, 0.7).data;
    const coarse = blur({ width, height, data: painted }, 0.028 * scene.side).data;
    const data = fine.map((value, i) => near[i] > 0.1 ? NaN : coarse[i] - value);
    return { width, height, data };
  });
}

/**
 * The leaflets' tips: of all columns those are taken where dark folds within the lumen move most
 * and are seen most often.
 * Null where there is no lumen or nothing like a fold in it.
 */
const leaflets = seenIn((scene: Scene): Leaflets | null => {
  const lumen = scene.lumen();
  if (!lumen) return null;
  const { width } = scene.video;
  const [axis, half] = [(lumen.top + lumen.bottom) / 2, (lumen.bottom - lumen.top) / 2];
  const [{ data }] = scene.luma();
  const within = data.subarray(Math.ceil(lumen.top) * width, Math.floor(lumen.bottom) * width);
  const planes = folds(scene, median(within));
  const bin = Math.max(2, Math.round(0.03 * scene.side));
  let best: { swing: number; found: Leaflets } | null = null;
  for (let from = Math.round(0.1 * width); from + bin < 0.9 * width; from += Math.ceil(bin / 2)) {
    const profiles = planes.map((plane) => columnMean(plane, from, bin));
    const upper = profiles.map((profile) => outermostFold(profile, axis, -1, 0.74 * half));
    const lower = profiles.map((profile) => outermostFold(profile, axis, 1, 0.74 * half));
    // Beside the tips, and where cells come to rest, leaflets are seen less often.
    const swing = Math.max(...[upper, lower].map((tips) => {
      const seen = tips.filter((tip) => !Number.isNaN(tip));
      return seen.length < 0.6 * tips.length ? 0 : swingOf(seen) * (seen.length / tips.length) ** 2;
    }));
    if (!best || swing > best.swing) {
      const hidden = profiles.map((profile, t) =>
        Number.isNaN(upper[t]) && covered(profile, axis - half, axis) ||
        Number.isNaN(lower[t]) && covered(profile, axis, axis + half)
      );
      best = { swing, found: { upper, lower, hidden } };
    }
  }
  return best && best.swing > 0 ? best.found : null;
});

/** Whether a labelled cell lies between two heights. */
function covered(profile: Float32Array, from: number, to: number): boolean {
  return profile.subarray(Math.max(0, Math.floor(from)), Math.ceil(to)).some(Number.isNaN);
}

function columnMean({ width, height, data }: Plane, from: number, bin: number): Float32Array {
  const profile = new Float32Array(height);
  for (let y = 0; y < height; y++) {
    for (let x = from; x < from + bin; x++) profile[y] += data[y * width + x] / bin;
  }
  return profile;
}

/**
 * Distance from the axis of the outermost dark fold on one side of it; NaN for none, and where a
 * cell further out may hide one.
 */
function outermostFold(profile: Float32Array, axis: number, side: 1 | -1, reach: number): number {
  const at = (row: number) => profile[row] ?? 0;
  let [strongest, peaks] = [0, [] as { off: number; height: number }[]];
  let hiddenTo = -Infinity;
  for (let row = Math.floor(axis - reach); row <= Math.ceil(axis + reach); row++) {
    const [before, value, after] = [at(row - 1), at(row), at(row + 1)];
    if (Number.isNaN(value)) hiddenTo = Math.max(hiddenTo, side * (row + 0.5 - axis));
    if (!(value >= LEAST_FOLD && value >= before && value > after)) continue;
    const shift = (before - after) / (2 * (before - 2 * value + after));
    const off = side * (row + 0.5 + shift - axis);
    // Leaflets that meet lie on the axis, or what is taken for it, and belong to both sides.
    if (off < -0.09 * reach - 1.2 || off > reach) continue;
    strongest = Math.max(strongest, value);
    peaks = [...peaks, { off, height: value }];
  }
  const folds = peaks.filter(({ height }) => height > 0.45 * strongest);
  const outermost = Math.max(...folds.map(({ off }) => off));
  return folds.length === 0 || outermost < hiddenTo ? NaN : Math.max(0, outermost);
}

function swingOf(tips: readonly number[]): number {
  return quantile(tips, 0.86) - quantile(tips, 0.14);
}

/** Least swing of a leaflet that moves, pixels. */
function leastSwing(scene: Scene): number {
  return 0.03 * scene.side;
}

/**
 * Distance of the leaflets' tips from the axis in every frame, pixels: the mean of both, or of one
 * where the other is not seen, or NaN. Null where no leaflets are seen to move.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { sceneOf } from "../../vision/scene.ts";
 * import { valveOpening } from "./measures.ts";
 *
 * const frames = Array.from({ length: 20 }, () => new Uint8Array(64 * 64 * 3).fill(90));
 * assertEquals(valveOpening(sceneOf({ width: 64, height: 64, fps: 8, frames })), null);
 * ```
 */
export const valveOpening = seenIn((scene: Scene): number[] | null => {
  const found = leaflets(scene);
  if (!found) return null;
  const tips = found.upper.map((up, t) => {
    const seen = [up, found.lower[t]].filter((tip) => !Number.isNaN(tip));
    return seen.length === 0 ? NaN : mean(seen);
  });
  const seen = tips.filter((tip) => !Number.isNaN(tip));
  return seen.length < 0.6 * tips.length || swingOf(seen) < leastSwing(scene) ? null : tips;
});

/** Pairs of opening and velocity at each step from frame to frame. */
function openingAndFlow(scene: Scene): { open: number; flow: number }[] {
  const tips = valveOpening(scene);
  if (!tips || !flows(scene)) return [];
  return stepsAlong(scene).flatMap((steps, t) => {
    const open = (tips[t] + tips[t + 1]) / 2;
    return steps.length === 0 || Number.isNaN(open)
      ? []
      : [{ open, flow: sense(scene) * mean(steps) }];
  });
}

function correlation(pairs: readonly { open: number; flow: number }[]): number {
  const [mo, mf] = [mean(pairs.map((p) => p.open)), mean(pairs.map((p) => p.flow))];
  const sum = (f: (p: { open: number; flow: number }) => number) => mean(pairs.map(f));
  const together = sum((p) => (p.open - mo) * (p.flow - mf));
  const alone = Math.sqrt(sum((p) => (p.open - mo) ** 2) * sum((p) => (p.flow - mf) ** 2));
  return alone > 0 ? together / alone : 0;
}

/** A stretch of frames in which the valve is open, or shut. */
interface Run {
  open: boolean;
  from: number;
  to: number;
}

/** Open and shut stretches of some length; frames in between, and short ones, are left out. */
function runs(scene: Scene): Run[] {
  const tips = valveOpening(scene);
  if (!tips) return [];
  const widest = quantile(tips.filter((tip) => !Number.isNaN(tip)), 0.86);
  const found: Run[] = [];
  const gap = 1 + LEAST_RUN_S * scene.video.fps;
  tips.forEach((tip, t) => {
    if (!(tip > 0.6 * widest || tip < 0.35 * widest)) return;
    const open = tip > 0.6 * widest;
    const last = found[found.length - 1];
    // A frame in which no leaflet is seen does not end a stretch.
    if (last && last.open === open && t - last.to <= gap) last.to = t;
    else found.push({ open, from: t, to: t });
  });
  const least = LEAST_RUN_S * scene.video.fps;
  return found.filter(({ from, to }) => to - from + 1 >= least);
}

/** Openings and closings after which cells move and rest as they should, over two. */
function workingCycles(scene: Scene): number {
  const found = runs(scene);
  const steps = stepsAlong(scene);
  if (!flows(scene)) return 0;
  const flow = ({ from, to }: Run) => {
    const own = steps.slice(from, to).flat();
    return own.length === 0 ? NaN : sense(scene) * mean(own);
  };
  const gap = 1 + LEAST_RUN_S * scene.video.fps;
  const changes = found.slice(1).filter((run, i) => {
    const before = found[i];
    if (run.open === before.open || run.from - before.to > gap) return false;
    const [open, shut] = run.open ? [run, before] : [before, run];
    return flow(open) > 0.01 * scene.side && flow(open) > 2 * flow(shut);
  });
  return changes.length / 2;
}

/** Period of the sine wave that fits the opening best, s; null where none fits. */
function periodOf(tips: readonly number[], fps: number): number | null {
  const seen = tips.flatMap((tip, t) => Number.isNaN(tip) ? [] : [{ tip, t: t / fps }]);
  const level = mean(seen.map(({ tip }) => tip));
  const all = mean(seen.map(({ tip }) => (tip - level) ** 2));
  let best = { rest: Infinity, period: NaN };
  for (let period = 0.4; period <= tips.length / fps / 1.2; period *= 1.01) {
    const rest = restBeside(seen, 2 * Math.PI / period);
    if (rest < best.rest) best = { rest, period };
  }
  return best.rest < 0.5 * all ? best.period : null;
}

/** Mean square of what a constant, a sine and a cosine leave, by the normal equations. */
function restBeside(seen: readonly { tip: number; t: number }[], omega: number): number {
  const rows = seen.map(({ t }) => [1, Math.cos(omega * t), Math.sin(omega * t)]);
  const m = [0, 1, 2].map((i) => [
    ...[0, 1, 2].map((j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0)),
    rows.reduce((sum, row, k) => sum + row[i] * seen[k].tip, 0),
  ]);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      if (i === j) continue;
      const factor = m[j][i] / m[i][i];
      for (let k = i; k < 4; k++) m[j][k] -= factor * m[i][k];
    }
  }
  const [a, b, c] = [0, 1, 2].map((i) => m[i][3] / m[i][i]);
  return mean(rows.map((row, k) => (seen[k].tip - a - b * row[1] - c * row[2]) ** 2));
}

function tooShort({ video }: Scene): string | null {
  return video.frames.length < LEAST_FRAMES
    ? `${video.frames.length} frames are too few to see a cycle; ${LEAST_FRAMES} are needed`
    : null;
}

/** Measures of a valve and the flow through it. */
export const VALVE: Record<string, Measure> = {
  "valve-flow-correlation": measure(
    "1",
    "correlation of the leaflets' opening with the cells' velocity; 0 if either stands still",
    noArgs,
    (scene) => {
      const short = tooShort(scene);
      if (short) return unmeasured(short);
      const pairs = openingAndFlow(scene);
      return measured(pairs.length < 8 ? 0 : correlation(pairs));
    },
  ),
  "one-way-share": measure(
    "1",
    "share of the cells' paths covered in the one sense, less that in the other; 0 if none moves",
    noArgs,
    (scene) => {
      const short = tooShort(scene);
      if (short) return unmeasured(short);
      const { right, left } = paths(scene);
      return measured(flows(scene) ? Math.abs(right - left) / (right + left) : 0);
    },
  ),
  "backflow-ratio": measure(
    "1",
    "the cells' paths in the lesser sense over those in the greater",
    noArgs,
    (scene) => {
      const short = tooShort(scene);
      if (short) return unmeasured(short);
      const { right, left } = paths(scene);
      return flows(scene)
        ? measured(Math.min(right, left) / Math.max(right, left))
        : unmeasured("no labelled cells are seen to move");
    },
  ),
  "leaflet-symmetry": measure(
    "1",
    "swing of the leaflet that moves less over that of the other; 0 if neither moves",
    noArgs,
    (scene) => {
      const short = tooShort(scene);
      if (short) return unmeasured(short);
      const found = leaflets(scene);
      if (!found) return measured(0);
      const swings = [found.upper, found.lower].map((tips) => {
        const seen = tips.filter((tip) => !Number.isNaN(tip));
        return seen.length < 6 ? 0 : swingOf(seen);
      });
      const most = Math.max(...swings);
      return measured(most < leastSwing(scene) ? 0 : Math.min(...swings) / most);
    },
  ),
  "leaflets-seen-share": measure(
    "1",
    "share of the second half's frames with an open leaflet in which the other is seen, too, of those " +
      "in which no cell hides it",
    noArgs,
    (scene) => {
      const short = tooShort(scene);
      if (short) return unmeasured(short);
      const found = leaflets(scene);
      const tips = valveOpening(scene);
      if (!found || !tips) return unmeasured("no leaflets are seen to move");
      const widest = quantile(tips.filter((tip) => !Number.isNaN(tip)), 0.86);
      const half = Math.floor(tips.length / 2);
      // Where the valve is shut, one leaflet on the axis looks like two.
      const shown = tips.flatMap((tip, t) => {
        const both = !Number.isNaN(found.upper[t]) && !Number.isNaN(found.lower[t]);
        return t >= half && tip > 0.4 * widest && !found.hidden[t] ? [both] : [];
      });
      return shown.length < 3
        ? unmeasured("in the second half the valve is hardly seen open")
        : measured(shown.filter((both) => both).length / shown.length);
    },
  ),
  "valve-cycles": measure(
    "cycles",
    "openings after which cells move on and closings after which they rest, over two",
    noArgs,
    (scene) => {
      const short = tooShort(scene);
      return short ? unmeasured(short) : measured(workingCycles(scene));
    },
  ),
  "valve-period": measure(
    "s",
    "time from one opening of the leaflets to the next",
    noArgs,
    (scene) => {
      const short = tooShort(scene);
      if (short) return unmeasured(short);
      const tips = valveOpening(scene);
      if (!tips) return unmeasured("no leaflets are seen to move");
      const period = periodOf(tips, scene.video.fps);
      return period === null ? unmeasured("the leaflets move in no rhythm") : measured(period);
    },
  ),
  "valve-flow-direction": measure(
    "1",
    "share of the cells' paths in the direction, less that in the opposite one; 0 if none moves",
    z.object({ direction: z.enum(["left to right", "right to left"]) }),
    (scene, { direction }) => {
      const short = tooShort(scene);
      if (short) return unmeasured(short);
      if (!flows(scene)) return measured(0);
      const { right, left } = paths(scene);
      return measured((direction === "left to right" ? 1 : -1) * (right - left) / (right + left));
    },
  ),
  "labelled-cell-count": measure(
    "cells",
    "labelled cells in view, mean over the frames",
    noArgs,
    (scene) => measured(mean(labelledCells(scene).map((cells) => cells.length))),
  ),
};
