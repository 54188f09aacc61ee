/** Bright tubules in a clip: their pieces in each frame, and their history over time. */
import { median, quantile } from "../statistics.ts";
import { blur, otsu, type Plane, steadied } from "./plane.ts";
import { type ClipAnalysis, oncePerClip } from "./clip_analysis.ts";

/** A connected piece in a frame; pixels from the frame's left and top edges. */
export interface Piece {
  pixels: { x: number; y: number }[];
  /** Sum of the stain on and around it, in grey levels. */
  light: number;
  edge: boolean;
  /** Distance of each pixel from one tip, along the piece, in pixels. */
  alongs(): Float64Array;
  /** Length from tip to tip along the piece, in pixels. */
  length(): number;
}

/** Pieces connected through time: a tubule with everything that it divides into or fuses with. */
export interface Family {
  /** Pieces in each frame. */
  pieces: Piece[][];
  /** Number of pieces, with single bad frames removed. */
  counts: number[];
  /** Centroids in pixels; NaN if there are no pieces. */
  centres: { x: number; y: number }[];
  /** Whether it is present from the first frame to the last. */
  whole: boolean;
  /** Whether it touches the frame's edge where it appears or disappears. */
  edge: boolean;
}

/** A straight line fitted to pixels. */
export interface Axis {
  /** Their centroid, in pixels from the frame's left and top edges. */
  x: number;
  y: number;
  /** Its direction. */
  cos: number;
  sin: number;
  /** Positions of the first and the last pixel along the line, in pixels from the centroid. */
  low: number;
  high: number;
}

/** All tubules of a clip. */
export interface Tubules {
  side: number;
  /** Brightness above the background, slightly blurred, for each frame. */
  stain: Plane[];
  /** Pieces in each frame. */
  pieces: Piece[][];
  families: Family[];
}

/** Minimum contrast of tubules against the background, in grey levels. */
const MIN_CONTRAST = 30;
/** Relative level of a tubule's outline between the background and its crest. */
const OUTLINE = 0.36;
/** Bright share of a frame above which it does not show tubules on a background. */
const MOST_COVERED = 0.35;
/** The outline's level is estimated from one in this many frames. */
const OUTLINE_STRIDE = 8;
/** Height of a tubule's crest above the background's noise, in standard deviations. */
const MIN_RISE = 8;

/**
 * Detects bright tubules on a darker background and tracks them by overlap between frames. There
 * are none if contrast is low or the bright part covers much of the frame.
 *
 * @example
 * ```ts
 * import { assertEquals, assertNear } from "../testing/assert.ts";
 * import { analyseClip } from "./clip_analysis.ts";
 * import { tubulesOf } from "./tubules.ts";
 *
 * const frame = new Uint8Array(64 * 64 * 3);
 * for (let x = 10; x < 40; x++) frame.fill(200, (20 * 64 + x) * 3, (20 * 64 + x + 1) * 3);
 * const analysis = analyseClip({ width: 64, height: 64, fps: 8, frames: [frame, frame, frame] });
 * const { families: [tubule], pieces } = tubulesOf(analysis);
 * assertEquals([tubule.counts, pieces[0].length], [[1, 1, 1], 1]);
 * assertNear(pieces[0][0].length(), 30, 3);
 * ```
 */
export const tubulesOf: (analysis: ClipAnalysis) => Tubules = oncePerClip(findTubules);

function findTubules(analysis: ClipAnalysis): Tubules {
  const { side } = analysis;
  const stain = analysis.brightness().map((plane) => {
    const smooth = blur(plane, 0.55 * side / 128 + 0.2);
    const ground = median(smooth.data);
    return { ...smooth, data: smooth.data.map((value) => value - ground) };
  });
  const level = outlineOf(stain);
  if (level === null) return { side, stain, pieces: stain.map(() => []), families: [] };
  const frames = stain.map((plane) => piecesOf(plane, level, side));
  return { side, stain, pieces: frames.map(({ pieces }) => pieces), families: familiesOf(frames) };
}

/**
 * The axis of largest variance through at least one pixel.
 *
 * @example
 * ```ts
 * import { assertEquals, assertNear } from "../testing/assert.ts";
 * import { axisOf } from "./tubules.ts";
 *
 * const { x, y, low, high, cos } = axisOf([{ x: 2, y: 5 }, { x: 3, y: 5 }, { x: 4, y: 5 }]);
 * assertEquals([x, y, low, high], [3.5, 5.5, -1, 1]);
 * assertNear(Math.abs(cos), 1, 1e-12);
 * ```
 */
export function axisOf(pixels: readonly { x: number; y: number }[]): Axis {
  const mean = (of: (p: { x: number; y: number }) => number) =>
    pixels.reduce((sum, p) => sum + of(p), 0) / pixels.length;
  const [x, y] = [mean((p) => p.x), mean((p) => p.y)];
  const [xx, yy, xy] = [
    mean((p) => (p.x - x) ** 2),
    mean((p) => (p.y - y) ** 2),
    mean((p) => (p.x - x) * (p.y - y)),
  ];
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = pixels.map((p) => (p.x - x) * cos + (p.y - y) * sin);
  return { x: x + 0.5, y: y + 0.5, cos, sin, low: Math.min(...along), high: Math.max(...along) };
}

function outlineOf(stain: readonly Plane[]): number | null {
  const taken = Float32Array.from(
    stain.filter((_, t) => t % OUTLINE_STRIDE === 0).flatMap(({ data }) => [...data]),
  );
  // Half of all pixels lie below the background's median and show only noise.
  const noise = median(taken.map(Math.abs)) / 0.6745;
  let bright = taken;
  // If thin tubules cover little area, the first threshold splits the background itself.
  for (let round = 0; round < 4; round++) {
    // On a square-root scale, a stain's shot noise is uniform.
    const threshold = otsu([bright.map((value) => Math.sqrt(Math.max(0, value)))]);
    if (!threshold) return null;
    bright = bright.filter((value) => value > threshold.level ** 2);
    const crest = quantile(bright, 0.75);
    if (bright.length > MOST_COVERED * taken.length || crest < MIN_RISE * noise) continue;
    return crest < MIN_CONTRAST ? null : OUTLINE * crest;
  }
  return null;
}

interface Labelled {
  /** Index of each pixel's piece plus one; 0 for the background. */
  labels: Uint16Array;
  pieces: Piece[];
}

function piecesOf({ width, height, data }: Plane, level: number, side: number): Labelled {
  const labels = new Uint16Array(data.length);
  const pieces: Piece[] = [];
  const least = 0.0009 * side * side;
  const seen = new Uint8Array(data.length);
  for (let start = 0; start < data.length; start++) {
    if (seen[start] || data[start] <= level) continue;
    const found = [start];
    seen[start] = 1;
    for (let k = 0; k < found.length; k++) {
      neighbours(found[k], width, height, (j) => {
        if (seen[j] || data[j] <= level) return;
        seen[j] = 1;
        found.push(j);
      });
    }
    if (found.length < least) continue;
    const pixels = found.map((i) => ({ x: i % width, y: Math.floor(i / width) }));
    for (const i of found) labels[i] = pieces.length + 1;
    let alongs: Float64Array | undefined;
    pieces.push({
      pixels,
      light: 0,
      edge: pixels.some(({ x, y }) => x === 0 || y === 0 || x === width - 1 || y === height - 1),
      alongs: () => alongs ??= geodesics(pixels),
      length() {
        return this.alongs().reduce((a, b) => Math.max(a, b), 0) + 1;
      },
    });
  }
  addLight({ width, height, data }, labels, pieces, Math.round(4.5 * side / 128));
  return { labels, pieces };
}

function neighbours(i: number, width: number, height: number, visit: (j: number) => void): void {
  const x = i % width;
  const y = (i - x) / width;
  for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
      if (u !== x || v !== y) visit(v * width + u);
    }
  }
}

/**
 * Assigns to each piece the light of its pixels and of the pixels nearest to it within some steps.
 */
function addLight(plane: Plane, labels: Uint16Array, pieces: Piece[], steps: number): void {
  const { width, height, data } = plane;
  const owner = labels.slice();
  let front: number[] = [];
  owner.forEach((label, i) => {
    if (label === 0) return;
    pieces[label - 1].light += data[i];
    front.push(i);
  });
  for (let step = 0; step < steps; step++) {
    const next: number[] = [];
    for (const i of front) {
      neighbours(i, width, height, (j) => {
        if (owner[j] !== 0) return;
        owner[j] = owner[i];
        pieces[owner[i] - 1].light += data[j];
        next.push(j);
      });
    }
    front = next;
  }
}

/**
 * Distances along the longest shortest path within a piece, found by walking to the farthest pixel
 * twice.
 */
function geodesics(pixels: readonly { x: number; y: number }[]): Float64Array {
  const index = new Map(pixels.map(({ x, y }, i) => [y * 65536 + x, i]));
  const from = (start: number): Float64Array => {
    const distance = new Float64Array(pixels.length).fill(Infinity);
    distance[start] = 0;
    // Steps differ little in length, so a queue with corrections visits few pixels twice.
    const queue = [start];
    for (let k = 0; k < queue.length; k++) {
      const { x, y } = pixels[queue[k]];
      const here = distance[queue[k]];
      for (let v = -1; v <= 1; v++) {
        for (let u = -1; u <= 1; u++) {
          const j = index.get((y + v) * 65536 + x + u);
          // Weights for which a digital line has the right length on average (Borgefors 1986).
          const step = u !== 0 && v !== 0 ? 1.351 : 0.955;
          if (j === undefined || here + step >= distance[j] - 1e-9) continue;
          distance[j] = here + step;
          queue.push(j);
        }
      }
    }
    return distance;
  };
  const first = from(0);
  return from(first.reduce((best, d, i) => d > first[best] ? i : best, 0));
}

function familiesOf(frames: readonly Labelled[]): Family[] {
  // Union of all pieces that overlap between consecutive frames.
  const offset: number[] = [];
  let total = 0;
  for (const { pieces } of frames) {
    offset.push(total);
    total += pieces.length;
  }
  const parent = Array.from({ length: total }, (_, i) => i);
  const root = (i: number): number => parent[i] === i ? i : (parent[i] = root(parent[i]));
  frames.slice(1).forEach(({ labels }, t) => {
    frames[t].labels.forEach((before, i) => {
      if (before === 0 || labels[i] === 0) return;
      const [a, b] = [root(offset[t] + before - 1), root(offset[t + 1] + labels[i] - 1)];
      if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
    });
  });
  const families = new Map<number, Piece[][]>();
  frames.forEach(({ pieces }, t) =>
    pieces.forEach((piece, k) => {
      const own = root(offset[t] + k);
      const family = families.get(own) ?? frames.map(() => []);
      family[t].push(piece);
      families.set(own, family);
    })
  );
  return [...families.values()].map(familyOf).filter(({ pieces }) =>
    pieces.filter((found) => found.length > 0).length >= 3
  );
}

function familyOf(pieces: Piece[][]): Family {
  const raw = pieces.map((found) => found.length);
  const counts = steadied(raw).map(Math.round);
  const present = raw.flatMap((count, t) => count > 0 ? [t] : []);
  const [first, last] = [present[0], present[present.length - 1]];
  const whole = first <= 1 && last >= raw.length - 2 && present.length === last - first + 1;
  const ends = [...(first > 1 ? [first] : []), ...(last < raw.length - 2 ? [last] : [])];
  return {
    pieces,
    counts,
    centres: pieces.map((found) => {
      const pixels = found.flatMap((piece) => piece.pixels);
      const sum = (key: "x" | "y") => pixels.reduce((total, p) => total + p[key] + 0.5, 0);
      return { x: sum("x") / pixels.length, y: sum("y") / pixels.length };
    }),
    whole,
    edge: ends.some((t) => pieces[t].some((piece) => piece.edge)),
  };
}
