/** Measures of random motion: mean squared displacement and derived quantities. */
import { z } from "zod";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import { isHue } from "../../vision/hue.ts";
import { mean, slope } from "../../statistics.ts";
import {
  fieldArgs,
  type Measure,
  measure,
  measured,
  noArgs,
  unmeasured,
} from "../../vision/measure.ts";
import { largestShare } from "../../vision/out_of_place.ts";
import type { ClipAnalysis } from "../../vision/clip_analysis.ts";
import { type Detection, displacements } from "../../vision/tracks.ts";

/** Minimum length of a track for measuring motion. */
const MIN_FRAMES = 8;
const MIN_TRACKS = 5;

/**
 * Mean squared displacement by lag, in pixels squared, `[0]` being lag 1, or the reason for its
 * absence.
 */
function meanSquares(analysis: ClipAnalysis): number[] | string {
  const tracks = analysis.spotTracks().filter((track) => track.frames.length >= MIN_FRAMES);
  if (tracks.length < MIN_TRACKS) {
    return `${tracks.length} spots could be followed over ${MIN_FRAMES} frames; ` +
      `${MIN_TRACKS} are needed`;
  }
  const lags = Math.min(8, Math.floor(analysis.video.frames.length / 4));
  const squares = Array.from({ length: lags }, (_, i) => {
    const steps = tracks.flatMap((track) => displacements(track, i + 1));
    return mean(steps.map(({ x, y }) => x * x + y * y));
  });
  return squares;
}

/** Shares of the frame's shorter side: a spot's radius, and the reference ring around it. */
const [SPOT, RING_FROM, RING_TO] = [0.018, 0.035, 0.055];

/** The light of a spot in red, green and blue, minus that of a ring around it. */
function spotLight({ video, side }: ClipAnalysis, frame: number, { x, y }: Detection): Rgb {
  const { width, height } = video;
  const rgb = video.frames[frame];
  const sums = { spot: [0, 0, 0, 0], ring: [0, 0, 0, 0] };
  const reach = RING_TO * side;
  for (let row = Math.max(0, Math.floor(y - reach)); row < Math.min(height, y + reach); row++) {
    for (
      let column = Math.max(0, Math.floor(x - reach));
      column < Math.min(width, x + reach);
      column++
    ) {
      const r = Math.hypot(column + 0.5 - x, row + 0.5 - y) / side;
      const sum = r <= Math.max(SPOT, 1.2 / side)
        ? sums.spot
        : r >= RING_FROM && r <= RING_TO
        ? sums.ring
        : null;
      if (!sum) continue;
      for (let c = 0; c < 3; c++) sum[c] += rgb[3 * (row * width + column) + c];
      sum[3]++;
    }
  }
  const over = (c: number) => sums.spot[c] / sums.spot[3] - sums.ring[c] / sums.ring[3];
  return [over(0), over(1), over(2)];
}

type Rgb = [number, number, number];

/** The measures of this world. */
export const MEASURES: Record<string, Measure> = {
  "msd-exponent": measure(
    "1",
    "power of time that the spots' mean squared displacement grows with: 1 for diffusion, 2 for " +
      "straight motion",
    noArgs,
    (analysis) => {
      const squares = meanSquares(analysis);
      if (typeof squares === "string") return unmeasured(squares);
      if (squares[0] < 0.01) return unmeasured("the spots stand still");
      const logs = squares.map((_, i) => Math.log(i + 1));
      return measured(slope(logs, squares.map(Math.log)));
    },
  ),
  "diffusion-coefficient": measure(
    "um^2/s",
    "D by MSD = 4Dt + c over the first four lags (c takes up the error of locating spots)",
    fieldArgs,
    (analysis, { field_um }) => {
      const squares = meanSquares(analysis);
      if (typeof squares === "string") return unmeasured(squares);
      const first = squares.slice(0, 4);
      const um2 = (field_um / analysis.side) ** 2;
      const times = first.map((_, i) => (i + 1) / analysis.video.fps);
      return measured(slope(times, first.map((s) => s * um2)) / 4);
    },
  ),
  "step-correlation": measure(
    "1",
    "correlation of a spot's step with its step two frames on: 0 for random motion, 1 for straight",
    noArgs,
    (analysis) => {
      const tracks = analysis.spotTracks().filter((track) => track.frames.length >= MIN_FRAMES);
      if (tracks.length < MIN_TRACKS) {
        return unmeasured(`${tracks.length} spots could be followed; ${MIN_TRACKS} are needed`);
      }
      let [together, alone] = [0, 0];
      for (const track of tracks) {
        const steps = displacements(track, 1);
        const at = new Map(steps.map((step) => [step.frame, step]));
        for (const step of steps) {
          // Neighbouring steps share a located point, whose error would anticorrelate them.
          const later = at.get(step.frame + 2);
          if (!later) continue;
          together += step.x * later.x + step.y * later.y;
          alone += (step.x ** 2 + step.y ** 2 + later.x ** 2 + later.y ** 2) / 2;
        }
      }
      return alone === 0 ? unmeasured("the spots stand still") : measured(together / alone);
    },
  ),
  "spot-colour-share": measure(
    "1",
    "share of the spots whose light, less that around them, is of the colour",
    z.object({ colour: z.enum(COLOUR_NAMES) }),
    (analysis, { colour }) => {
      const found = analysis.spots().flatMap((spots, t) =>
        t % 4 === 0 ? spots.map((spot) => spotLight(analysis, t, spot)) : []
      );
      if (found.length < 5) {
        return unmeasured(`${found.length} spots are too few to tell a colour by`);
      }
      const own = found.filter((light) => isHue(COLOURS[colour].hue, light));
      return measured(own.length / found.length);
    },
  ),
  "outside-cell-share": measure(
    "1",
    "share of spots beyond the cell's border, largest of the clip's thirds",
    noArgs,
    (analysis) => {
      const area = analysis.cellArea();
      if (!area) return unmeasured("no cell stands out from a darker surround");
      const { width } = analysis.video;
      return largestShare(
        analysis.spots(),
        ({ x, y }) => !area[Math.floor(y) * width + Math.floor(x)],
      );
    },
  ),
};
