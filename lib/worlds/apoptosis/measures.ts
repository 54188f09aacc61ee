/**
 * Measures of a dying cell: how it shrinks, blebs and breaks up, and whether it retains its stain.
 */
import { secondsAt } from "../../vision/clip_time.ts";
import { z } from "zod";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import { type Component, components, fillHoles } from "../../vision/components.ts";
import { isHue } from "../../vision/hue.ts";
import { mean, median, quantile } from "../../statistics.ts";
import { type Measure, measure, measured, unmeasured } from "../../vision/measure.ts";
import { blur, otsu, steadied } from "../../vision/plane.ts";
import { type ClipAnalysis, oncePerClip } from "../../vision/clip_analysis.ts";

/** The stains of chromatin and of the cytoplasm. */
const stainArgs = z.object({ stain: z.enum(COLOUR_NAMES), counterstain: z.enum(COLOUR_NAMES) });

/** Colours of the chromatin's stain and the cytoplasm's. */
export type Stains = z.output<typeof stainArgs>;

/** Number of directions in which the outline is sampled. */
const RAYS = 72;
/** Number of sectors that may bleb. */
const SECTORS = 8;
/** Share of the mean radius by which blebs deform an outline. */
const BLEBBY = 0.018;
/** Stain in grey levels below which nothing is visible. */
const FAINT = 9;
const NO_CELL = "no stained cell is seen that stays from frame to frame";

/** Amount of each stain per pixel and frame, in grey levels; a grey background has none. */
interface Amounts {
  chromatin: Float32Array[];
  cytoplasm: Float32Array[];
}

/** The appearance of a stained cell over time. */
interface Dying extends Amounts {
  /** The cytoplasm's stain at the cell's border, for each frame. */
  levels: number[];
  masks: Uint8Array[];
  bodies: Component[][];
}

/**
 * Amounts of two stains on a grey image in each pixel: the three unknowns determined by its three
 * channels (spectral unmixing: Zimmermann, Adv. Biochem. Eng. 95 (2005) 245–265).
 */
function unmix(analysis: ClipAnalysis, { stain, counterstain }: Stains): Amounts | null {
  const [[a0, a1, a2], [b0, b1, b2]] = [COLOURS[stain].rgb, COLOURS[counterstain].rgb];
  // Cramer's rule with grey as (1, 1, 1): rows that give each stain's amount, times the
  // determinant.
  const rowOfStain = [b1 - b2, b2 - b0, b0 - b1];
  const rowOfCounterstain = [a2 - a1, a0 - a2, a1 - a0];
  const determinant = a0 * rowOfStain[0] + a1 * rowOfStain[1] + a2 * rowOfStain[2];
  // Two stains that add up to grey cannot be separated from it.
  if (Math.abs(determinant) < 0.2) return null;
  const { width, height, frames } = analysis.video;
  const sigma = Math.max(0.45, 0.8 * analysis.side / 128);
  const amounts = (row: number[]) =>
    frames.map((rgb) => {
      const data = new Float32Array(width * height);
      for (let i = 0, j = 0; i < data.length; i++, j += 3) {
        data[i] = (row[0] * rgb[j] + row[1] * rgb[j + 1] + row[2] * rgb[j + 2]) / determinant;
      }
      return blur({ width, height, data }, sigma).data;
    });
  return { chromatin: amounts(rowOfStain), cytoplasm: amounts(rowOfCounterstain) };
}

/**
 * Half of the typical stain within a frame's cell: the level of its border, whatever its density.
 */
function borderLevel(cytoplasm: Float32Array, from: number): number {
  const within = cytoplasm.filter((value) => value > from);
  return within.length < 12 ? Infinity : Math.max(from, 0.5 * quantile(within, 0.6));
}

/** The cell as shown by both stains; null if none is visible or none persists. */
const dying = perStains((analysis, stains): Dying | null => {
  const amounts = unmix(analysis, stains);
  if (!amounts) return null;
  const { width, height } = analysis.video;
  const { cytoplasm } = amounts;
  const threshold = otsu(cytoplasm);
  if (!threshold || threshold.contrast < FAINT) return null;
  const levels = cytoplasm.map((data) => borderLevel(data, Math.max(FAINT, 0.7 * threshold.level)));
  const masks = cytoplasm.map((data, t) => {
    const mask = Uint8Array.from(data, (value) => value > levels[t] ? 1 : 0);
    fillHoles(mask, width, height);
    return mask;
  });
  const bodies = masks.map((mask) => components(mask, width, height, 0.0016 * analysis.side ** 2));
  const covered = mean(masks.map((mask) => mask.reduce((sum, v) => sum + v, 0) / mask.length));
  return covered > 0.6 || !stays(masks) ? null : { ...amounts, levels, masks, bodies };
});

/** Whether most of what is visible in one frame is also visible in the next. */
function stays(masks: readonly Uint8Array[]): boolean {
  const overlaps = masks.slice(1).flatMap((mask, t) => {
    let [both, either] = [0, 0];
    for (let i = 0; i < mask.length; i++) {
      both += mask[i] & masks[t][i];
      either += mask[i] | masks[t][i];
    }
    return either > 0 ? [both / either] : [];
  });
  return overlaps.length > 0 && median(overlaps) >= 0.3;
}

/**
 * The separate bodies of a stained cell, for each frame, largest first; none if no such cell is
 * visible.
 *
 * @param stains Of the chromatin and the cytoplasm, by which the bodies are detected.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { world } from "../all.ts";
 * import { dyingBodies } from "./measures.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 *
 * const { video } = world("apoptosis").simulate({}, { seed: 1, frames: 4 });
 * const bodies = dyingBodies(analyseClip(video), { stain: "blue", counterstain: "green" });
 * assertEquals(bodies.map((frame) => frame.length), [1, 1, 1, 1]);
 * ```
 */
export function dyingBodies(analysis: ClipAnalysis, stains: Stains): Component[][] {
  return dying(analysis, stains)?.bodies ?? analysis.video.frames.map(() => []);
}

/** Like {@link oncePerClip}, for functions that also depend on the stains. */
function perStains<T>(find: (analysis: ClipAnalysis, stains: Stains) => T) {
  const known = oncePerClip(() => new Map<string, { value: T }>());
  return (analysis: ClipAnalysis, stains: Stains): T => {
    const key = `${stains.stain}/${stains.counterstain}`;
    const found = known(analysis).get(key) ?? { value: find(analysis, stains) };
    known(analysis).set(key, found);
    return found.value;
  };
}

/** The frames of the clip's first tenth or last fifth. */
function early<T>(values: readonly T[]): T[] {
  return values.slice(0, Math.max(1, Math.round(values.length / 10)));
}

function late<T>(values: readonly T[]): T[] {
  return values.slice(-Math.max(1, Math.round(values.length / 5)));
}

const areaOf = (bodies: readonly Component[]) => bodies.reduce((sum, { area }) => sum + area, 0);

/**
 * Deviation of the outline in each direction, in mean radii; null unless nearly all is one body.
 */
function bumps(analysis: ClipAnalysis, cell: Dying, t: number): number[] | null {
  const [largest] = cell.bodies[t];
  if (!largest || largest.area < 0.9 * areaOf(cell.bodies[t])) return null;
  const { width, height } = analysis.video;
  const [data, level] = [cell.cytoplasm[t], cell.levels[t]];
  const at = (x: number, y: number) => {
    const [u, v] = [x - 0.5, y - 0.5];
    const [c, r] = [Math.floor(u), Math.floor(v)];
    if (c < 0 || r < 0 || c >= width - 1 || r >= height - 1) return 0;
    const [fx, fy, i] = [u - c, v - r, r * width + c];
    return (data[i] * (1 - fx) + data[i + 1] * fx) * (1 - fy) +
      (data[i + width] * (1 - fx) + data[i + width + 1] * fx) * fy;
  };
  const reach = 2.2 * Math.sqrt(largest.area / Math.PI);
  const radii = Array.from({ length: RAYS }, (_, k) => {
    const [cos, sin] = [Math.cos(2 * Math.PI * k / RAYS), Math.sin(2 * Math.PI * k / RAYS)];
    let before = 0;
    for (let r = reach; r > 0; r -= 0.5) {
      const value = at(largest.x + r * cos, largest.y + r * sin);
      if (value > level) return r + 0.5 * (value - level) / Math.max(1e-6, value - before);
      before = value;
    }
    return 0;
  });
  return rippled(radii);
}

/**
 * The deviation of the radii due to blebs, relative to their mean: waves of 5 to 14 per turn.
 * Slower ones are the cell's shape, faster ones are noise.
 */
function rippled(radii: readonly number[]): number[] {
  const middle = mean(radii);
  const left = radii.map(() => 0);
  for (let k = 5; k <= 14; k++) {
    const wave = (f: (angle: number) => number) =>
      2 * mean(radii.map((r, i) => (r / middle - 1) * f(2 * Math.PI * k * i / RAYS)));
    const [c, s] = [wave(Math.cos), wave(Math.sin)];
    left.forEach((_, i) => {
      const angle = 2 * Math.PI * k * i / RAYS;
      left[i] += c * Math.cos(angle) + s * Math.sin(angle);
    });
  }
  return left;
}

const outlines = perStains((analysis, stains): (number[] | null)[] => {
  const cell = dying(analysis, stains);
  if (!cell) return [];
  // A faded cell's outline consists of noise.
  const least = 0.75 * median(early(cell.levels));
  return cell.levels.map((level, t) => level < least ? null : bumps(analysis, cell, t));
});

const rootMeanSquare = (values: readonly number[]) =>
  Math.sqrt(mean(values.map((value) => value * value)));

/** The frame from which the outline, smooth until then, is uneven; -1 if none. */
function blebbingFrame(analysis: ClipAnalysis, stains: Stains): number {
  const uneven = steadied(
    outlines(analysis, stains).map((left) => left === null ? NaN : rootMeanSquare(left)),
  );
  const known = uneven.filter(Number.isFinite);
  if (known.length < 6) return -1;
  const [calm, peak] = [quantile(known, 0.1), quantile(known, 0.9)];
  if (peak < BLEBBY || peak < 1.6 * calm) return -1;
  const over = uneven.map((value) => !(value < calm + 0.35 * (peak - calm)));
  const first = over.findIndex((value, t) => value && over[t + 1] && t > 0);
  // A single change from a calm to an uneven outline, not back and forth from the start.
  const after = over.slice(first, first + 5);
  return first < 0 || after.filter(Boolean).length < after.length - 1 ? -1 : first;
}

/** Whether each pixel of each frame belongs to the cell or a margin around it. */
const surrounds = perStains((analysis, stains): boolean[][] => {
  const { width, height } = analysis.video;
  return (dying(analysis, stains)?.masks ?? []).map((mask) => {
    const near = blur({ width, height, data: Float32Array.from(mask) }, 0.025 * analysis.side).data;
    return Array.from(near, (value) => value > 0.02);
  });
});

/** Stain within the cell and a margin around it, and outside, for each frame. */
function contents(analysis: ClipAnalysis, stains: Stains, amounts: readonly Float32Array[]) {
  return surrounds(analysis, stains).map((near, t) => {
    let [within, beyond, pixels] = [0, 0, 0];
    amounts[t].forEach((value, i) => {
      if (near[i]) within += value;
      else beyond += value;
      if (near[i]) pixels++;
    });
    return { within, beyond, pixels, ground: beyond / Math.max(1, near.length - pixels) };
  });
}

/** The measures of this world. */
export const MEASURES: Record<string, Measure> = {
  "shrunken-area": measure(
    "1",
    "area of all bodies in the last fifth of the clip over that of the cell at the start",
    stainArgs,
    (analysis, stains) => {
      const cell = dying(analysis, stains);
      if (!cell) return unmeasured(NO_CELL);
      const areas = cell.bodies.map(areaOf);
      const start = median(early(areas));
      return start > 0
        ? measured(median(late(areas)) / start)
        : unmeasured("no stained cell is seen at the start");
    },
  ),
  "apoptotic-bodies": measure(
    "bodies",
    "separate stained bodies in the last fifth of the clip, median",
    stainArgs,
    (analysis, stains) => {
      const cell = dying(analysis, stains);
      if (!cell) return unmeasured(NO_CELL);
      return measured(median(late(cell.bodies).map((bodies) => bodies.length)));
    },
  ),
  "chromatin-masses": measure(
    "masses",
    "separate masses of chromatin in the last fifth of the clip, median",
    stainArgs,
    (analysis, stains) => {
      const cell = dying(analysis, stains);
      if (!cell) return unmeasured(NO_CELL);
      const { width, height } = analysis.video;
      const counts = late(cell.chromatin).map((data) => {
        const top = quantile(data, 0.9985);
        if (top < FAINT) return 0;
        const mask = Uint8Array.from(data, (value) => value > 0.45 * top ? 1 : 0);
        return components(mask, width, height, 0.0004 * width * height).length;
      });
      return measured(median(counts));
    },
  ),
  "blebbing-around": measure(
    "1",
    "share of eight sectors in which the outline bulges by a thirtieth of its radius or more at some time, " +
      "beyond what it does at the start",
    stainArgs,
    (analysis, stains) => {
      if (!dying(analysis, stains)) return unmeasured(NO_CELL);
      const found = outlines(analysis, stains).filter((left) => left !== null);
      if (found.length < 6) return unmeasured("one body is seen in fewer than 6 frames");
      const calm = Math.max(...early(found).flat());
      const level = Math.max(0.035, 1.2 * calm);
      const bulging = Array.from({ length: SECTORS }, (_, sector) => {
        const from = sector * RAYS / SECTORS;
        return found.some((left) =>
          left.slice(from, from + RAYS / SECTORS).some((bulge) => bulge > level)
        );
      });
      return measured(bulging.filter(Boolean).length / SECTORS);
    },
  ),
  "blebbing-time": measure(
    "s",
    "when the outline, smooth at first, becomes uneven",
    stainArgs,
    (analysis, stains) => {
      if (!dying(analysis, stains)) return unmeasured(NO_CELL);
      const frame = blebbingFrame(analysis, stains);
      return frame < 0
        ? unmeasured("no change from a smooth to a blebbing outline is seen")
        : measured(secondsAt(analysis.video, frame));
    },
  ),
  "stain-change": measure(
    "1",
    "change of the cell's stained contents from the start to the last fifth of the clip, relative " +
      "to the start, that of the stain which changes more",
    stainArgs,
    (analysis, stains) => {
      const cell = dying(analysis, stains);
      if (!cell) return unmeasured(NO_CELL);
      const changes = [cell.chromatin, cell.cytoplasm].map((amounts) => {
        const all = contents(analysis, stains, amounts);
        // Encoding may tint the empty background slightly; its apparent content does not count.
        const within = all.map((content) => content.within - content.pixels * content.ground);
        const start = median(early(within));
        return start > 0 ? median(late(within)) / start - 1 : NaN;
      });
      return measured(changes.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0]);
    },
  ),
  "spilled-share": measure(
    "1",
    "share of the cytoplasm's stain that has left all bodies by the last fifth of the clip",
    stainArgs,
    (analysis, stains) => {
      const cell = dying(analysis, stains);
      if (!cell) return unmeasured(NO_CELL);
      const all = contents(analysis, stains, cell.cytoplasm);
      const start = median(early(all).map(({ within }) => within));
      if (!(start > 0)) return unmeasured("no stained cell is seen at the start");
      // The apparent content of the empty background is subtracted.
      const beyond = (part: typeof all) => median(part.map((content) => content.beyond));
      return measured((beyond(late(all)) - beyond(early(all))) / start);
    },
  ),
  "stain-hue-share": measure(
    "1",
    "share of what is coloured at the start whose hue is the colour's",
    z.object({ colour: z.enum(COLOUR_NAMES) }),
    (analysis, { colour }) => {
      const { width, height } = analysis.video;
      const [rgb] = early(analysis.video.frames);
      const [r, g, b] = [0, 1, 2].map((c) => {
        const data = Float32Array.from({ length: width * height }, (_, i) => rgb[3 * i + c]);
        return blur({ width, height, data }, 1).data;
      });
      const excess = r.map((_, i) => Math.max(r[i], g[i], b[i]) - Math.min(r[i], g[i], b[i]));
      const threshold = otsu([excess]);
      if (!threshold || threshold.contrast < FAINT) return unmeasured("nothing is coloured");
      const coloured = Array.from(excess.keys()).filter((i) => excess[i] > threshold.level);
      const own = coloured.filter((i) => isHue(COLOURS[colour].hue, [r[i], g[i], b[i]]));
      return measured(own.length / coloured.length);
    },
  ),
};
