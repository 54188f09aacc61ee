/** Measures of red cells that pass an air space and change colour as they take up oxygen. */
import { tempo } from "../../vision/clip_time.ts";
import { z } from "zod";
import { components } from "../../vision/components.ts";
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
import { blur, otsu, overTime } from "../../vision/plane.ts";
import { type ClipAnalysis, oncePerClip } from "../../vision/clip_analysis.ts";
import { type Detection, link } from "../../vision/tracks.ts";

/** A red cell in one frame. */
export interface RedCell extends Detection {
  /**
   * Red as a share of red and blue: near 0 for deoxygenated blood in false colour, near 1 for
   * oxygenated.
   */
  redness: number;
}

/** A red cell over time. */
interface Passage {
  frames: number[];
  cells: RedCell[];
}

/** The dark space that the cells pass, in pixels. */
interface AirSpace {
  x: number;
  y: number;
  /** 1 inside the air. */
  mask: Uint8Array;
}

/** Minimum difference in grey levels of red or blue from grey and green. */
const MIN_CONTRAST = 18;
/** Increase of redness that counts as oxygen uptake; the whole scale spans about 0.65. */
const UPTAKE = 0.3;
/** Change of redness between frames that uptake cannot explain. */
const LEAP = 0.33;
/** Shares of the half turn within which the files of cells may reach and leave the air. */
const APPROACHES = [0.04, 0.05, 0.06, 0.07, 0.08, 0.09];

/**
 * Blobs that are redder or bluer than green, for each frame; pixels from the left and top edges.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { redCells } from "./measures.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 *
 * const rgb = new Uint8Array(64 * 64 * 3);
 * for (let i = 0; i < 64 * 64; i++) if (Math.hypot(i % 64 - 20, (i >> 6) - 30) < 4) rgb[3 * i] = 200;
 * const [[cell]] = redCells(analyseClip({ width: 64, height: 64, fps: 8, frames: [rgb] }));
 * assertEquals([Math.round(2 * cell.x) / 2, cell.redness], [20.5, 1]);
 * ```
 */
export const redCells = oncePerClip((analysis: ClipAnalysis): RedCell[][] => {
  const { width, height, frames } = analysis.video;
  const stained = frames.map((rgb) => {
    const data = new Float32Array(width * height);
    for (let i = 0, j = 0; i < data.length; i++, j += 3) {
      data[i] = (rgb[j] + rgb[j + 2]) / 2 - rgb[j + 1];
    }
    return blur({ width, height, data }, 0.6).data.map((value) => Math.max(0, value));
  });
  const threshold = otsu(stained);
  if (!threshold || threshold.contrast < MIN_CONTRAST) return frames.map(() => []);
  const least = 0.0008 * analysis.side ** 2;
  return stained.map((data, t) => {
    const mask = Uint8Array.from(data, (value) => value > threshold.level ? 1 : 0);
    return components(mask, width, height, least, data).map((found) => ({
      ...found,
      redness: rednessAround(found, frames[t], data, analysis),
    }));
  });
});

/**
 * Red as a share of red and blue of the pixels near a cell's centre, weighted by their staining.
 */
function rednessAround(
  { x, y }: Detection,
  rgb: Uint8Array,
  stained: Float32Array,
  { video: { width, height }, side }: ClipAnalysis,
): number {
  const reach = 0.045 * side;
  let [red, both] = [0, 0];
  for (let v = Math.max(0, Math.ceil(y - reach)); v < Math.min(height, y + reach); v++) {
    for (let u = Math.max(0, Math.ceil(x - reach)); u < Math.min(width, x + reach); u++) {
      if (Math.hypot(u + 0.5 - x, v + 0.5 - y) > reach) continue;
      const i = v * width + u;
      red += stained[i] * rgb[3 * i];
      both += stained[i] * (rgb[3 * i] + rgb[3 * i + 2]);
    }
  }
  return both > 0 ? red / both : 0;
}

/** The dark region fully in view that is nearest to the middle; null if there is none. */
const airSpace = oncePerClip((analysis: ClipAnalysis): AirSpace | null => {
  const { width, height } = analysis.video;
  // A low quantile over time excludes the passing cells.
  const usual = blur(overTime(analysis.luma(), 0.15), 1).data.map((v) => Math.sqrt(Math.max(0, v)));
  const threshold = otsu([usual]);
  if (!threshold || threshold.contrast < 2) return null;
  const dark = Uint8Array.from(usual, (value) => value < threshold.level ? 1 : 0);
  const [space] = components(dark, width, height, 0.03 * analysis.side ** 2)
    .filter(({ edge }) => !edge)
    .toSorted((a, b) => fromMiddle(a, analysis) - fromMiddle(b, analysis));
  if (!space) return null;
  return { x: space.x, y: space.y, mask: regionAt(dark, width, space) };
});

function fromMiddle({ x, y }: { x: number; y: number }, { video }: ClipAnalysis): number {
  return Math.hypot(x - video.width / 2, y - video.height / 2);
}

/** The 4-connected region of a mask that contains a point. */
function regionAt(mask: Uint8Array, width: number, { x, y }: { x: number; y: number }) {
  const region = new Uint8Array(mask.length);
  const stack = [Math.floor(y) * width + Math.floor(x)];
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    if (!mask[i] || region[i]) continue;
    region[i] = 1;
    stack.push(i - 1, i + 1, i - width, i + width);
  }
  return region;
}

/** Share of the half turn around the air that a position has reached from the left, 0–1. */
function turned(air: AirSpace, { x, y }: { x: number; y: number }): number {
  return Math.acos((air.x - x) / Math.max(1e-6, Math.hypot(x - air.x, y - air.y))) / Math.PI;
}

const passages = oncePerClip((analysis: ClipAnalysis): Passage[] =>
  link(redCells(analysis), {
    searchRange: 0.09 * analysis.side,
    predictedSearchRange: 0.06 * analysis.side,
    memory: 1,
  })
    .map(({ frames, points }) => ({ frames, cells: points.map(asRedCell(analysis)) }))
);

/** Linking returns the objects that it is given, with a less specific type. */
function asRedCell(analysis: ClipAnalysis): (detection: Detection) => RedCell {
  const known = new Map<Detection, RedCell>(redCells(analysis).flat().map((cell) => [cell, cell]));
  return (detection) => known.get(detection)!;
}

/** Passages of at least six frames that proceed evenly in one direction around the air. */
const filing = oncePerClip((analysis: ClipAnalysis): Passage[] => {
  const air = airSpace(analysis);
  if (!air) return [];
  return passages(analysis).filter(({ frames, cells }) => {
    if (frames.length < 6) return false;
    const steps = cells.slice(1).map((cell, i) => ({
      far: Math.hypot(cell.x - cells[i].x, cell.y - cells[i].y) / (frames[i + 1] - frames[i]) *
        tempo(analysis.video, frames[i], frames[i + 1]),
      turn: turned(air, cell) - turned(air, cells[i]),
    }));
    const usual = median(steps.map(({ far }) => far));
    const sense = Math.sign(turned(air, cells[cells.length - 1]) - turned(air, cells[0]));
    const even = steps.filter(({ far, turn }) =>
      far > 0.5 * usual && far < 1.7 * usual && turn * sense > -0.003
    );
    return usual > 0.005 * analysis.side && even.length >= 0.85 * steps.length;
  });
});

/** Filing cells that were seen to redden and did not turn back. */
const oxygenated = oncePerClip((analysis: ClipAnalysis): Passage[] =>
  filing(analysis).filter(({ cells }) => {
    const redness = cells.map((cell) => cell.redness);
    const turnsBack = redness.slice(1).some((value, i) => value < redness[i] - LEAP);
    return !turnsBack && mean(redness.slice(-2)) - mean(redness.slice(0, 2)) > UPTAKE;
  })
);

/** First-order approach of redness to its end value along the air. */
interface Loading {
  /** Share of the path over which 95% of the uptake takes place. */
  equilibrated: number;
  /** Number of cells that follow the curve within 12% of the whole increase, root mean square. */
  followers: number;
}

/** Least-squares fit over all cells that redden; null if fewer than two do. */
const loading = oncePerClip((analysis: ClipAnalysis): Loading | null => {
  const air = airSpace(analysis);
  const found = oxygenated(analysis);
  if (!air || found.length < 2) return null;
  const leftToRight = mean(found.map(({ cells }) =>
    turned(air, cells[cells.length - 1]) - turned(air, cells[0])
  )) > 0;
  const paths = found.map(({ cells }) =>
    cells.filter(({ edge }) => !edge).map((cell) => {
      const turn = turned(air, cell);
      return { turn: leftToRight ? turn : 1 - turn, redness: cell.redness };
    })
  );
  let best = { error: Infinity, equilibrated: NaN, errors: [] as number[] };
  for (const approach of APPROACHES) {
    for (let equilibrated = 0.1; equilibrated < 2; equilibrated *= 1.03) {
      const { error, errors } = misfit(paths, approach, equilibrated);
      if (error < best.error) best = { error, equilibrated, errors };
    }
  }
  return {
    equilibrated: best.equilibrated,
    followers: best.errors.filter((error) => error < 0.12).length,
  };
});

/**
 * Error of the fit in total and for each path, relative to the increase, with both end values
 * fitted.
 */
function misfit(
  paths: readonly { turn: number; redness: number }[][],
  approach: number,
  equilibrated: number,
): { error: number; errors: number[] } {
  const points = paths.map((path) =>
    path.map(({ turn, redness }) => {
      const share = Math.min(1, Math.max(0, (turn - approach) / (1 - 2 * approach)));
      return { left: Math.exp(-3 * share / equilibrated), redness };
    })
  );
  const all = points.flat();
  const [ml, mr] = [mean(all.map((p) => p.left)), mean(all.map((p) => p.redness))];
  const spread = mean(all.map((p) => (p.left - ml) ** 2));
  const slope = mean(all.map((p) => (p.left - ml) * (p.redness - mr))) / spread;
  const square = (p: { left: number; redness: number }) =>
    (p.redness - mr - slope * (p.left - ml)) ** 2;
  const errors = points.map((path) => Math.sqrt(mean(path.map(square))) / Math.abs(slope));
  return { error: mean(all.map(square)), errors };
}

/** The largest of the means over the clip's thirds. */
function largestThird(values: readonly number[]): number {
  const n = values.length;
  return Math.max(...[0, 1, 2].flatMap((i) => {
    const part = values.slice(Math.floor(i * n / 3), Math.floor((i + 1) * n / 3));
    return part.length > 0 ? [mean(part)] : [];
  }));
}

/** Minimum number of frames for following a cell from blue to red. */
const MIN_FRAMES = 8;

const measurePassing = measureFrom(MIN_FRAMES, "follow cells");

const NO_AIR = "no dark space wholly in view is seen";

/** The measures of this world. */
export const MEASURES: Record<string, Measure> = {
  "cells-oxygenated": measurePassing(
    "cells",
    "red cells that were followed around the air space and turned from blue to red on the way",
    noArgs,
    (analysis) => measured(oxygenated(analysis).length),
  ),
  "cells-loaded-by-first-order": measurePassing(
    "cells",
    "red cells that turned red along the curve of first-order uptake",
    noArgs,
    (analysis) => measured(loading(analysis)?.followers ?? 0),
  ),
  "cells-filing": measurePassing(
    "cells",
    "red cells in view that go around the air space evenly, mean over the frames",
    noArgs,
    (analysis) => {
      const seen = filing(analysis).reduce((sum, { frames }) => sum + frames.length, 0);
      return measured(seen / analysis.video.frames.length);
    },
  ),
  "cells-colour-steady": measurePassing(
    "cells",
    "red cells in view that go around the air space and never leap in colour, mean over the frames",
    noArgs,
    (analysis) => {
      const steady = filing(analysis).filter(({ cells }) => {
        const leaps = cells.slice(1).filter((cell, i) =>
          Math.abs(cell.redness - cells[i].redness) > LEAP
        );
        return leaps.length === 0;
      });
      const seen = steady.reduce((sum, { frames }) => sum + frames.length, 0);
      return measured(seen / analysis.video.frames.length);
    },
  ),
  "red-cells-lost-share": measure(
    "1",
    "share of red cells that disappear in full view",
    noArgs,
    (analysis) => {
      const { width, height, frames } = analysis.video;
      const margin = 0.1 * analysis.side;
      const followed = passages(analysis).filter((passage) => passage.frames.length >= 3);
      if (followed.length < 3) return unmeasured(`${followed.length} cells could be followed`);
      const lost = followed.filter((passage) => {
        const { x, y, edge } = passage.cells[passage.cells.length - 1];
        return passage.frames[passage.frames.length - 1] < frames.length - 3 && !edge &&
          x > margin && x < width - margin && y > margin && y < height - margin;
      });
      return measured(lost.length / followed.length);
    },
  ),
  "cells-in-air": measure(
    "cells",
    "red cells inside the air space, mean over the third of the clip with the most",
    noArgs,
    (analysis) => {
      const air = airSpace(analysis);
      if (!air) return unmeasured(NO_AIR);
      const { width } = analysis.video;
      return measured(
        largestThird(
          redCells(analysis).map((cells) =>
            cells.filter(({ x, y }) => air.mask[Math.floor(y) * width + Math.floor(x)]).length
          ),
        ),
      );
    },
  ),
  "off-file-share": measure(
    "1",
    "share of the red cells beside the air space that are not in the ring of capillaries around it, " +
      "in the third of the clip with the most",
    noArgs,
    (analysis) => {
      const air = airSpace(analysis);
      if (!air) return unmeasured(NO_AIR);
      const radii = redCells(analysis).map((cells) =>
        cells.filter((cell) => Math.abs(cell.x - air.x) < 0.25 * analysis.side)
          .map((cell) => Math.hypot(cell.x - air.x, cell.y - air.y))
      );
      if (radii.flat().length < 10) return unmeasured("hardly a red cell passes the air space");
      // Straying cells are further inside: the upper quartile is the position of the files.
      const usual = quantile(radii.flat(), 0.75);
      const shares = radii.map((own) =>
        own.length === 0
          ? 0
          : own.filter((r) => Math.abs(r - usual) > 0.06 * analysis.side).length / own.length
      );
      return measured(largestThird(shares));
    },
  ),
  "file-velocity": measurePassing(
    "um/s",
    "mean velocity of the red cells around the air space, positive in the direction asked for; 0 if " +
      "none is seen to go around one",
    fieldArgs.extend({ direction: z.enum(["left to right", "right to left"]) }),
    (analysis, { field_um, direction }) => {
      const air = airSpace(analysis);
      if (!air) return measured(0);
      const steps = passages(analysis).flatMap(({ frames, cells }) =>
        cells.slice(1).flatMap((cell, i) => {
          const before = cells[i];
          if (frames[i + 1] !== frames[i] + 1 || cell.edge || before.edge) return [];
          const turn = turned(air, cell) - turned(air, before);
          const step = Math.hypot(cell.x - before.x, cell.y - before.y) *
            tempo(analysis.video, frames[i], frames[i + 1]);
          return [Math.sign(turn) * step];
        })
      );
      if (steps.length < 10) return measured(0);
      const sign = direction === "left to right" ? 1 : -1;
      return measured(sign * mean(steps) * analysis.video.fps * field_um / analysis.side);
    },
  ),
  "equilibrated-share": measurePassing(
    "1",
    "share of the way along the air by which 95 % of the oxygen is taken up, by first-order uptake; " +
      "1 if no red cells are seen to take up any",
    noArgs,
    (analysis) => {
      const found = loading(analysis);
      return measured(found && found.followers >= 2 ? found.equilibrated : 1);
    },
  ),
  "red-cell-count": measure(
    "cells",
    "red cells in view, mean over the frames",
    noArgs,
    (analysis) => measured(mean(redCells(analysis).map((cells) => cells.length))),
  ),
};
