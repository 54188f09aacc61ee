/**
 * Brownian motion of many particles: drift correction, mean squared displacement, diffusion
 * coefficient. Only for the test with real films; no judge uses it.
 */
import { random } from "../../random.ts";
import { quantile } from "../../statistics.ts";
import { displacements, type Track } from "../../vision/tracks.ts";

/** The mean squared displacement at one lag, over all tracks. */
export interface Displacement {
  /** In frames. */
  lag: number;
  /** Mean of x² + y², in pixels². */
  square: number;
  /** Number of pairs of positions averaged. */
  pairs: number;
}

/** A number with its 95% confidence interval. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** Parameters of Brownian motion. */
export interface Diffusion {
  /** α of MSD = A·t^α + c. */
  exponent: Estimate;
  /** D of MSD = 4·D·t + c, in µm²/s. */
  coefficient: Estimate;
  /** c of the latter, in µm². */
  offset: Estimate;
  /** Lags used in both fits, in frames. */
  from: number;
  to: number;
  tracks: number;
  /** Mean squared displacement by lag, from 1. */
  displacements: Displacement[];
}

/** Options of {@link diffusionOf}. */
export interface DiffusionOptions {
  /** Frames per second. */
  fps: number;
  /** Size of a pixel in µm. */
  pixel: number;
  /** Longest lag in frames. */
  lags: number;
  /**
   * Minimum length of a track in frames; one and a half times `lags`, so that each reaches all
   * lags.
   */
  shortest?: number;
  /** Number of bootstrap resamples of the tracks; 400. */
  resamplings?: number;
}

/** Minimum covariance of two steps, as a share of the mean squared step, that counts as memory. */
const MEMORY = 0.01;
/** Minimum covariance in standard errors. */
const CERTAIN = 3;
/** Minimum number of tracks for resampling. */
const MIN_TRACKS = 8;

/**
 * Tracks corrected for common drift: the cumulative mean step of all tracks between consecutive
 * frames. For N particles in Brownian motion, this removes a share of 1/N of the motion along with
 * the drift.
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
 * Mean squared displacement at lags from 1 to `lags` frames, with equal weights for all pairs of
 * positions of all tracks; lags without pairs are omitted.
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

/** A weighted line fit and its residual. */
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
 * Both fits to a displacement curve, with free offset. The variance of a mean squared displacement
 * is proportional to its square and to the lag, as overlapping pairs are correlated, and inversely
 * proportional to the number of pairs (Qian, Sheetz and Elson, Biophys. J. 60 (1991) 910–921);
 * points are weighted accordingly.
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
  // For a given exponent the rest is linear: only the exponent must be searched for.
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
 * Number of frames after which a step is independent of an earlier one, at most `longest`: 0 for
 * pure Brownian motion, 1 if the localisation error (a position too far left makes one step too
 * short and the next too long) or motion during the exposure correlates neighbouring steps, more if
 * a codec carries a picture over into the next ones. Beyond that lag the mean squared displacement
 * of Brownian motion is a straight line. Steps of straight or confined motion remain correlated:
 * for them this is `longest`.
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
 * The parameters of the tracks' Brownian motion, after {@link withoutDrift}, or the reason for
 * their absence. The offset c is free in both fits: the localisation error raises the whole curve,
 * motion blur lowers it (Michalet, Phys. Rev. E 82 (2010) 041914), and either distorts a power law
 * without offset. The fits start at the lag of {@link stepMemory}, where the recording no longer
 * distorts the curve; but if steps remain correlated beyond a quarter of the lags, that is a
 * property of the motion itself, and the fits start at lag 1. Intervals are the 2.5% and 97.5%
 * quantiles of the fits to tracks drawn with replacement: positions of a particle are correlated,
 * particles are not.
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
  if (lags < 4) return { reason: `${lags} lags cannot separate an exponent from an offset` };
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
