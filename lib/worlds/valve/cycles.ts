/** A valve's cycles as seen in the frames, and how the flow follows them. */
import { secondsAt, type Timed } from "../../vision/clip_time.ts";
import { mean } from "../../statistics.ts";
import type { ClipAnalysis } from "../../vision/clip_analysis.ts";
import { flowIn, stepsAlong } from "./labelled_cells.ts";
import { valveOpening, widest } from "./leaflets.ts";

/** Minimum duration of a leaflet's state, in s. */
const MIN_RUN_S = 0.2;
/** Minimum number of steps between frames for a meaningful correlation. */
const MIN_PAIRS = 8;

/**
 * Correlation of the leaflets' opening with the cells' velocity, from frame to frame; 0 if either
 * is stationary.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { openingWithFlow } from "./cycles.ts";
 *
 * const frames = Array.from({ length: 20 }, () => new Uint8Array(64 * 64 * 3).fill(90));
 * assertEquals(openingWithFlow(analyseClip({ width: 64, height: 64, fps: 8, frames })), 0);
 * ```
 */
export function openingWithFlow(analysis: ClipAnalysis): number {
  const tips = valveOpening(analysis);
  const { moves, sense } = flowIn(analysis);
  if (!tips || !moves) return 0;
  const pairs = stepsAlong(analysis).flatMap((steps, t) => {
    const open = (tips[t] + tips[t + 1]) / 2;
    return steps.length === 0 || Number.isNaN(open) ? [] : [{ open, flow: sense * mean(steps) }];
  });
  return pairs.length < MIN_PAIRS ? 0 : correlation(pairs);
}

function correlation(pairs: readonly { open: number; flow: number }[]): number {
  const [mo, mf] = [mean(pairs.map((p) => p.open)), mean(pairs.map((p) => p.flow))];
  const sum = (f: (p: { open: number; flow: number }) => number) => mean(pairs.map(f));
  const together = sum((p) => (p.open - mo) * (p.flow - mf));
  const alone = Math.sqrt(sum((p) => (p.open - mo) ** 2) * sum((p) => (p.flow - mf) ** 2));
  return alone > 0 ? together / alone : 0;
}

/** A stretch of frames in which the valve is open or closed. */
interface Run {
  open: boolean;
  from: number;
  to: number;
}

/**
 * Open and closed stretches of a minimum length; frames in between and short stretches are skipped.
 */
function runs(analysis: ClipAnalysis): Run[] {
  const tips = valveOpening(analysis);
  if (!tips) return [];
  const wide = widest(tips);
  const found: Run[] = [];
  const gap = 1 + MIN_RUN_S * analysis.video.fps;
  tips.forEach((tip, t) => {
    if (!(tip > 0.6 * wide || tip < 0.35 * wide)) return;
    const open = tip > 0.6 * wide;
    const last = found[found.length - 1];
    // A frame in which no leaflet is seen does not end a stretch.
    if (last && last.open === open && t - last.to <= gap) last.to = t;
    else found.push({ open, from: t, to: t });
  });
  const least = MIN_RUN_S * analysis.video.fps;
  return found.filter(({ from, to }) => to - from + 1 >= least);
}

/**
 * Half the number of openings and closings after which cells move and rest as they should.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { analyseClip } from "../../vision/clip_analysis.ts";
 * import { workingCycles } from "./cycles.ts";
 *
 * const frames = Array.from({ length: 20 }, () => new Uint8Array(64 * 64 * 3).fill(90));
 * assertEquals(workingCycles(analyseClip({ width: 64, height: 64, fps: 8, frames })), 0);
 * ```
 */
export function workingCycles(analysis: ClipAnalysis): number {
  const found = runs(analysis);
  const steps = stepsAlong(analysis);
  const { moves, sense } = flowIn(analysis);
  if (!moves) return 0;
  const flow = ({ from, to }: Run) => {
    const own = steps.slice(from, to).flat();
    return own.length === 0 ? NaN : sense * mean(own);
  };
  const gap = 1 + MIN_RUN_S * analysis.video.fps;
  const changes = found.slice(1).filter((run, i) => {
    const before = found[i];
    if (run.open === before.open || run.from - before.to > gap) return false;
    const [open, shut] = run.open ? [run, before] : [before, run];
    return flow(open) > 0.01 * analysis.side && flow(open) > 2 * flow(shut);
  });
  return changes.length / 2;
}

/**
 * Period of the best-fitting sine wave for the opening, in s; null if none fits.
 *
 * @param tips As given by `valveOpening`.
 *
 * @example
 * ```ts
 * import { assertEquals, assertNear } from "../../testing/assert.ts";
 * import { periodOf } from "./cycles.ts";
 *
 * const tips = Array.from({ length: 33 }, (_, t) => t === 5 ? NaN : 9 + 8 * Math.sin(t / 2));
 * assertNear(periodOf(tips, { fps: 12 })!, 4 * Math.PI / 12, 0.02);
 * assertEquals(periodOf(tips.map((_, t) => t % 2), { fps: 12 }), null);
 * ```
 */
export function periodOf(tips: readonly number[], clip: Timed): number | null {
  const { fps } = clip;
  const seen = tips.flatMap((tip, t) => Number.isNaN(tip) ? [] : [{ tip, t: secondsAt(clip, t) }]);
  const level = mean(seen.map(({ tip }) => tip));
  const all = mean(seen.map(({ tip }) => (tip - level) ** 2));
  let best = { rest: Infinity, period: NaN };
  for (let period = 0.4; period <= tips.length / fps / 1.2; period *= 1.01) {
    const rest = restBeside(seen, 2 * Math.PI / period);
    if (rest < best.rest) best = { rest, period };
  }
  return best.rest < 0.5 * all ? best.period : null;
}

/** Mean squared residual of a constant, a sine and a cosine, from the normal equations. */
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
