/**
 * Random motion of many particles: common drift taken out, mean squared displacement, D. For the test
 * with real films; nothing is judged by it.
 */
import { random } from "../../random.ts";
import { quantile } from "../../statistics.ts";
import { displacements, type Track } from "../../vision/tracks.ts";

/** The mean squared displacement of one lag, over all tracks. */
export interface Displacement {
  /** Frames. */
  lag: number;
  /** Mean of x² + y², pixels². */
  square: number;
  /** Pairs of positions that it is the mean of. */
  pairs: number;
}

/** A number and the interval that it lies in with 95% confidence. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** What random motion is described by. */
export interface Diffusion {
  /** α of MSD = A·t^α + c. */
  exponent: Estimate;
  /** D of MSD = 4·D·t + c, µm²/s. */
  coefficient: Estimate;
  /** c of the second, µm². */
  offset: Estimate;
  /** Lags that both are fitted to, frames. */
  from: number;
  to: number;
  tracks: number;
  /** Mean squared displacement by lag, from 1. */
  displacements: Displacement[];
}

/** How {@link diffusionOf} measures. */
export interface DiffusionOptions {
  /** Frames per second. */
  fps: number;
  /** Size of a pixel, µm. */
  pixel: number;
  /** Longest lag, frames. */
  lags: number;
  /** Shortest track that counts, frames; one and a half times `lags`, so that each reaches all. */
  shortest?: number;
  /** Resamplings of the tracks that intervals come from; 400. */
  resamplings?: number;
}

/** Share of the mean squared step that two steps' covariance must reach to count as memory. */
const MEMORY = 0.01;
/** Times its standard error that it must reach as well. */
const CERTAIN = 3;
/** Fewest tracks that a resampling says anything about. */
const MIN_TRACKS = 8;

/**
 * Tracks with the motion that they share taken out: the mean step of all tracks from each frame to
 * the next, summed up. Of N particles' random motion this removes the share 1/N along with the drift.
 *
 * @example
 * ```ts
 * import { assertNear } from "../assert.ts";
 * import { withoutDrift } from "./brownian.ts";
 *
 * const at = (x: number) => ({ x, y: 0, area: 1, edge: false });
 * const tracks = [5, 9].map((x) => ({ frames: [0, 1, 2], points: [at(x), at(x + 2), at(x + 3)] }));
 * const still = withoutDrift(tracks);
 * assertNear(still[1].points[2].x, 9, 1e-9);
 * ```
 */
export function withoutDrift(tracks: readonly Track[]): Track[] {
  const frames = 1 + Math.max(0, ...tracks.map((track) => track.frames.at(-1) ?? 0));
  const steps = Array.from({ length: frames }, () => ({ x: 0, y: 0, n: 0 }));
  for (const { frames, points } of tracks) {
    for (let i = 1; i < frames.length; i++) {
      if (frames[i] !== frames[i - 1] + 1) continue;
      const step = steps[frames[i]];
      step.x += points[i].x - points[i - 1].x;
      step.y += points[i].y - points[i - 1].y;
      step.n++;
    }
  }
  let [x, y] = [0, 0];
  const drift = steps.map((step) => {
    x += step.n > 0 ? step.x / step.n : 0;
    y += step.n > 0 ? step.y / step.n : 0;
    return { x, y };
  });
  return tracks.map((track) => ({
    frames: track.frames,
    points: track.points.map((point, i) => {
      const { x, y } = drift[track.frames[i]];
      return { ...point, x: point.x - x, y: point.y - y };
    }),
  }));
}

/** Sums of squares and pairs of one track, by lag. */
interface Squares {
  sums: Float64Array;
  pairs: Float64Array;
}

function squaresOf({ frames, points }: Track, lags: number): Squares {
  const [sums, pairs] = [new Float64Array(lags + 1), new Float64Array(lags + 1)];
  for (let i = 0; i < frames.length; i++) {
    for (let j = i + 1; j < frames.length && frames[j] - frames[i] <= lags; j++) {
      const lag = frames[j] - frames[i];
      sums[lag] += (points[j].x - points[i].x) ** 2 + (points[j].y - points[i].y) ** 2;
      pairs[lag]++;
    }
  }
  return { sums, pairs };
}

function pooled(squares: readonly Squares[], lags: number): Displacement[] {
  const [sums, pairs] = [new Float64Array(lags + 1), new Float64Array(lags + 1)];
  for (const track of squares) {
    for (let lag = 1; lag <= lags; lag++) {
      sums[lag] += track.sums[lag];
      pairs[lag] += track.pairs[lag];
    }
  }
  return Array.from({ length: lags }, (_, i) => i + 1).flatMap((lag) =>
    pairs[lag] > 0 ? [{ lag, square: sums[lag] / pairs[lag], pairs: pairs[lag] }] : []
  );
}

/**
 * Mean squared displacement at the lags 1 to `lags` frames, all pairs of positions of all tracks
 * weighing the same; lags without a pair are left out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../assert.ts";
 * import { meanSquares } from "./brownian.ts";
 *
 * const points = [0, 1, 3].map((x) => ({ x, y: 0, area: 1, edge: false }));
 * assertEquals(meanSquares([{ frames: [4, 5, 6], points }], 2), [
 *   { lag: 1, square: 2.5, pairs: 2 },
 *   { lag: 2, square: 9, pairs: 1 },
 * ]);
 * ```
 */
export function meanSquares(tracks: readonly Track[], lags: number): Displacement[] {
  return pooled(tracks.map((track) => squaresOf(track, lags)), lags);
}

/** A line through points that weigh differently, and what it leaves. */
function line(xs: readonly number[], ys: readonly number[], weights: readonly number[]) {
  const total = weights.reduce((a, b) => a + b);
  const centre = (values: readonly number[]) =>
    values.reduce((sum, value, i) => sum + weights[i] * value, 0) / total;
  const [mx, my] = [centre(xs), centre(ys)];
  const slope = centre(xs.map((x, i) => (x - mx) * (ys[i] - my))) /
    centre(xs.map((x) => (x - mx) ** 2));
  const offset = my - slope * mx;
  return { slope, offset, left: centre(xs.map((x, i) => (ys[i] - offset - slope * x) ** 2)) };
}

/** The two fits of {@link fitDiffusion}, in the curve's own units. */
export interface DiffusionFit {
  /** α of MSD = A·lag^α + c. */
  exponent: number;
  /** Slope and offset of MSD = slope·lag + offset. */
  slope: number;
  offset: number;
}

/**
 * Both fits to a curve of displacements, offset free. The variance of a mean squared displacement
 * grows with its square and with the lag, as overlapping pairs tell the same, and falls with the
 * number of pairs (Qian, Sheetz and Elson, Biophys. J. 60 (1991) 910–921): points weigh accordingly.
 *
 * @example
 * ```ts
 * import { assertNear } from "../assert.ts";
 * import { fitDiffusion } from "./brownian.ts";
 *
 * const curve = [1, 2, 3, 4, 5].map((lag) => ({ lag, square: 3 * lag + 1, pairs: 100 }));
 * const { exponent, slope, offset } = fitDiffusion(curve);
 * assertNear(exponent, 1, 2e-3);
 * assertNear(slope, 3, 1e-9);
 * assertNear(offset, 1, 1e-9);
 * ```
 */
export function fitDiffusion(curve: readonly Displacement[]): DiffusionFit {
  const lags = curve.map(({ lag }) => lag);
  const squares = curve.map(({ square }) => square);
  const weights = curve.map(({ lag, square, pairs }) => pairs / (lag * square * square));
  const power = (exponent: number) => line(lags.map((lag) => lag ** exponent), squares, weights);
  // For a given exponent the rest is a line: only the exponent must be searched for.
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [0.05, 2.5];
  while (high - low > 1e-3) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (power(a).left < power(b).left) high = b;
    else low = a;
  }
  const { slope, offset } = power(1);
  return { exponent: (low + high) / 2, slope, offset };
}

/**
 * Frames after which a step knows nothing of an earlier one, at most `longest`: 0 for pure random
 * motion, 1 where the error of locating a particle (a position too far left makes one step too short
 * and the next too long) or its motion while the shutter is open links neighbouring steps, more where
 * a codec carries a picture on into the next ones. From that lag on the mean squared displacement
 * of random motion is a straight line, whatever it is before. Steps of straight or confined motion
 * never stop to depend on each other: for them this is `longest`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../assert.ts";
 * import { stepMemory } from "./brownian.ts";
 *
 * const points = Array.from({ length: 50 }, (_, x) => ({ x, y: 0, area: 1, edge: false }));
 * assertEquals(stepMemory([{ frames: points.map((p) => p.x), points }], 6), 6);
 * ```
 */
export function stepMemory(tracks: readonly Track[], longest: number): number {
  const sums = new Float64Array(longest + 1);
  const pairs = new Float64Array(longest + 1);
  for (const track of tracks) {
    const steps = displacements(track, 1);
    const at = new Map(steps.map((step) => [step.frame, step]));
    for (const step of steps) {
      for (let apart = 0; apart <= longest; apart++) {
        const later = at.get(step.frame + apart);
        if (!later) continue;
        sums[apart] += step.x * later.x + step.y * later.y;
        pairs[apart]++;
      }
    }
  }
  const square = sums[0] / pairs[0];
  for (let apart = 1; apart <= longest; apart++) {
    const covariance = Math.abs(sums[apart] / pairs[apart]) / square;
    // Independent steps in two dimensions: the products' variance is half the squared mean square.
    const certain = CERTAIN / Math.sqrt(2 * pairs[apart]);
    if (!(covariance > Math.max(MEMORY, certain))) return apart - 1;
  }
  return longest;
}

/**
 * What the tracks' random motion is, once {@link withoutDrift} has been called, or why it cannot be
 * said. The offset c is free in both fits: the error of locating a particle raises the whole curve,
 * what blurs its motion lowers it (Michalet, Phys. Rev. E 82 (2010) 041914), and either bends a power
 * law that has none. The fits begin at the lag of {@link stepMemory}, where the recording no longer
 * bends the curve; but where steps depend on each other beyond a quarter of the lags that is the
 * motion itself, and the fits begin at lag 1. Intervals are the 2.5% and 97.5% quantiles of the fits
 * to tracks drawn with replacement: positions of one particle hang together, particles do not.
 *
 * @example
 * ```ts
 * import { assertOk } from "../assert.ts";
 * import { diffusionOf } from "./brownian.ts";
 *
 * const found = diffusionOf([], { fps: 24, pixel: 0.35, lags: 12 });
 * assertOk("reason" in found);
 * ```
 */
export function diffusionOf(
  tracks: readonly Track[],
  options: DiffusionOptions,
): Diffusion | { reason: string } {
  const { fps, pixel, lags, resamplings = 400 } = options;
  const { shortest = Math.ceil(1.5 * lags) } = options;
  const long = tracks.filter((track) => track.frames.length >= shortest);
  if (lags < 4) return { reason: `${lags} lags cannot tell an exponent from an offset` };
  if (long.length < MIN_TRACKS) {
    return {
      reason: `${long.length} particles could be followed over ${shortest} frames; ` +
        `${MIN_TRACKS} are needed`,
    };
  }
  const squares = long.map((track) => squaresOf(track, lags));
  const curve = pooled(squares, lags);
  if (curve.length < lags || curve[0].square === 0) {
    return { reason: "the particles stand still" };
  }
  const quarter = Math.floor(lags / 4);
  const memory = stepMemory(long, quarter + 1);
  const from = memory > quarter ? 1 : Math.max(1, memory);
  const fit = (drawn: readonly Squares[]) => fitDiffusion(pooled(drawn, lags).slice(from - 1));
  const draw = random(0, "brownian tracks");
  const samples = Array.from(
    { length: resamplings },
    () => fit(squares.map(() => squares[Math.floor(draw() * squares.length)])),
  );
  const found = fit(squares);
  const estimate = (value: (fit: DiffusionFit) => number): Estimate => {
    const values = samples.map(value);
    return { value: value(found), low: quantile(values, 0.025), high: quantile(values, 0.975) };
  };
  return {
    exponent: estimate((fit) => fit.exponent),
    coefficient: estimate((fit) => fit.slope * fps * pixel * pixel / 4),
    offset: estimate((fit) => fit.offset * pixel * pixel),
    from,
    to: lags,
    tracks: long.length,
    displacements: curve,
  };
}
