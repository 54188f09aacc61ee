/** Measures of bright tubules that divide, fuse, persist and move. */
import { secondsAt, tempo } from "../../vision/clip_time.ts";
import { z } from "zod";
import {
  fieldArgs,
  type Measure,
  measure,
  measured,
  noArgs,
  unmeasured,
} from "../../vision/measure.ts";
import { median } from "../../statistics.ts";
import type { ClipAnalysis } from "../../vision/clip_analysis.ts";
import { type Family, type Piece, type Tubules, tubulesOf } from "../../vision/tubules.ts";

const NO_TUBULES = "no bright tubules on a dark ground are seen";

/** Number of times that a family gains and loses pieces, or loses and gains them. */
function reversals({ counts }: Family): number {
  const steps = counts.slice(1).map((count, t) => count - counts[t]);
  const sum = steps.reduce((a, b) => a + b, 0);
  return steps.reduce((a, b) => a + Math.abs(b), 0) - Math.abs(sum);
}

interface Pixel {
  x: number;
  y: number;
}

/** A family whose number of pieces changes once and permanently. */
interface Event {
  family: Family;
  /** The first frame with the new number. */
  frame: number;
}

/** The event in which the most pieces part (or join), or the reason why there is none. */
function eventOf(tubules: Tubules, kind: "fission" | "fusion"): Event | string {
  if (tubules.families.length === 0) return NO_TUBULES;
  const sign = kind === "fission" ? 1 : -1;
  const gain = ({ counts }: Family) => sign * (counts[counts.length - 1] - counts[0]);
  const changing = tubules.families.filter((family) => family.whole && gain(family) > 0);
  if (changing.length === 0) return `no ${kind} is seen`;
  const family = changing.reduce((a, b) => gain(b) > gain(a) ? b : a);
  if (reversals(family) > 2) return "tubules part and join again from frame to frame";
  const { counts } = family;
  let frame = counts.length - 1;
  // Backwards from the end, so that flicker at the threshold before the event does not date it.
  while (frame > 0 && sign * (counts[frame - 1] - counts[0]) > 0) frame--;
  return { family, frame };
}

/** Means of a family's number before and after an event, excluding the event itself. */
function beforeAndAfter(analysis: ClipAnalysis, { frame }: Event, of: (t: number) => number) {
  const { fps, frames } = analysis.video;
  const from = frame + Math.round(0.35 * fps);
  const before = range(Math.max(0, frame - Math.round(0.8 * fps)), frame).map(of);
  const after = range(from, frames.length).map(of);
  if (before.length < 3) return "the event comes too early to know what was before it";
  if (after.length < 3) return "the event comes too late to know what follows it";
  return { before: median(before), after: median(after) };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

function ratio(
  analysis: ClipAnalysis,
  kind: "fission" | "fusion",
  of: (pieces: Piece[]) => number,
) {
  const event = eventOf(tubulesOf(analysis), kind);
  if (typeof event === "string") return measured(0);
  const found = beforeAndAfter(analysis, event, (t) => of(event.family.pieces[t]));
  return typeof found === "string" ? unmeasured(found) : measured(found.after / found.before);
}

/** The pixel at one of a piece's tips: the one from which distances are counted, or the other. */
function tipOf(piece: Piece, far: boolean): Pixel {
  const alongs = piece.alongs();
  const at = alongs.reduce(
    (best, d, i) => (far ? d > alongs[best] : d < alongs[best]) ? i : best,
    0,
  );
  return piece.pixels[at];
}

/**
 * Relative stain at a position along a tubule: the minimum there over the mean of the maxima on
 * both sides; NaN if too little of the tubule is there.
 *
 * @param part The position between the tip from which distances are counted, 0, and the other, 1.
 */
function neckAt(tubules: Tubules, t: number, piece: Piece, part: number): number {
  const { width, data } = tubules.stain[t];
  const unit = tubules.side / 128;
  const alongs = piece.alongs();
  const place = part * (piece.length() - 1);
  const reach = Math.round(9 * unit);
  const profile = new Float32Array(2 * reach + 1);
  piece.pixels.forEach(({ x, y }, i) => {
    const u = Math.round(alongs[i] - place);
    if (Math.abs(u) <= reach) profile[u + reach] += data[y * width + x];
  });
  // Three bins together, since bins of slanted lines have unequal numbers of pixels.
  const smooth = profile.map((_, i) => {
    const near = profile.subarray(Math.max(0, i - 1), i + 2);
    return near.reduce((a, b) => a + b) / near.length;
  });
  const inner = Math.round(3.5 * unit);
  const least = Math.min(...smooth.subarray(reach - inner, reach + inner + 1));
  const most = (Math.max(...smooth.subarray(0, reach - inner)) +
    Math.max(...smooth.subarray(reach + inner + 1))) / 2;
  return most > 0 ? least / most : NaN;
}

/** The necks of the frames from `first` to `last` at the position where the tubule will part. */
function necksBefore(
  tubules: Tubules,
  family: Family,
  parting: number,
  first: number,
  last: number,
) {
  const whole = (t: number) => family.pieces[t].reduce((a, b) => b.length() > a.length() ? b : a);
  const parted = family.pieces.slice(parting).find((pieces) => pieces.length > 1);
  let t = parting - 1;
  while (t > last && family.pieces[t].length > 1) t--;
  if (!parted) return null;
  const site = gapBetween(parted);
  const mother = whole(t);
  const nearest = mother.pixels.reduce(
    (best, p, i) => apart(p, site) < apart(mother.pixels[best], site) ? i : best,
    0,
  );
  // A position on the tubule keeps its share of the length, however the tubule bends and drifts.
  let part = mother.alongs()[nearest] / (mother.length() - 1);
  let tip = tipOf(mother, false);
  const necks: number[] = [];
  for (t--; t >= first; t--) {
    const piece = whole(t);
    const [near, far] = [tipOf(piece, false), tipOf(piece, true)];
    // The tip from which distances are counted may change between frames.
    if (apart(far, tip) < apart(near, tip)) part = 1 - part;
    tip = near;
    if (t <= last) necks.push(neckAt(tubules, t, piece, part));
  }
  return necks.reverse();
}

function apart(p: Pixel, q: Pixel): number {
  return Math.hypot(p.x - q.x, p.y - q.y);
}

/** The midpoint of the gap between the two largest pieces. */
function gapBetween(pieces: readonly Piece[]): Pixel {
  const [one, other] = pieces.toSorted((a, b) => b.pixels.length - a.pixels.length);
  let best = { distance: Infinity, x: 0, y: 0 };
  for (const p of one.pixels) {
    for (const q of other.pixels) {
      const distance = apart(p, q);
      if (distance < best.distance) best = { distance, x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 };
    }
  }
  return best;
}

function speedOf(analysis: ClipAnalysis): number[] {
  const { fps, frames } = analysis.video;
  const lag = Math.max(1, Math.round(0.25 * fps));
  return tubulesOf(analysis).families.flatMap(({ centres, whole }) =>
    !whole ? [] : range(0, frames.length - lag).map((t) => {
      const [now, then] = [centres[t], centres[t + lag]];
      return Math.hypot(then.x - now.x, then.y - now.y) * fps / lag *
        tempo(analysis.video, t, t + lag);
    })
  );
}

const eventArgs = z.object({ event: z.enum(["fission", "fusion"]) });

/** The measures of this world. */
export const MEASURES: Record<string, Measure> = {
  "tubule-events": measure(
    "events",
    "fissions or fusions, for good, that fall between two seconds of the clip: 1 or 0",
    eventArgs.extend({ from_s: z.number().min(0), to_s: z.number().positive() }),
    (analysis, { event, from_s, to_s }) => {
      const found = eventOf(tubulesOf(analysis), event);
      if (typeof found === "string") return measured(0);
      const time = secondsAt(analysis.video, found.frame);
      return measured(time >= from_s && time <= to_s ? 1 : 0);
    },
  ),
  "tubule-event-time": measure(
    "s",
    "when one tubule becomes more (fission), or more become one (fusion)",
    eventArgs,
    (analysis, { event }) => {
      const found = eventOf(tubulesOf(analysis), event);
      return typeof found === "string"
        ? unmeasured(found)
        : measured(secondsAt(analysis.video, found.frame));
    },
  ),
  "fission-products": measure(
    "tubules",
    "tubules that the dividing one becomes; 1 where none divides for good, 0 where none is seen",
    noArgs,
    (analysis) => {
      const tubules = tubulesOf(analysis);
      const event = eventOf(tubules, "fission");
      if (typeof event === "string") return measured(tubules.families.length === 0 ? 0 : 1);
      const { counts } = event.family;
      const soon = counts.slice(event.frame, event.frame + Math.round(0.8 * analysis.video.fps));
      return measured(Math.max(...soon) - counts[0] + 1);
    },
  ),
  "event-stain-ratio": measure(
    "1",
    "stain of the tubules that take part in an event, after it over before it; 0 without an event",
    eventArgs,
    (analysis, { event }) =>
      ratio(analysis, event, (pieces) => pieces.reduce((sum, piece) => sum + piece.light, 0)),
  ),
  "event-length-ratio": measure(
    "1",
    "length of the tubules that take part in an event, after it over before it; 0 without an event",
    eventArgs,
    (analysis, { event }) =>
      ratio(analysis, event, (pieces) => pieces.reduce((sum, piece) => sum + piece.length(), 0)),
  ),
  "neck-deepening": measure(
    "1",
    "share of its stain that the place of division loses against its neighbourhood before it parts; " +
      "0 where none divides",
    noArgs,
    (analysis) => {
      const tubules = tubulesOf(analysis);
      const event = eventOf(tubules, "fission");
      if (typeof event === "string") return measured(0);
      const { family, frame } = event;
      const { fps } = analysis.video;
      // A broken tubule is detected as broken some frames after the break.
      const last = frame - Math.max(1, Math.round(0.2 * fps));
      const first = Math.max(0, frame - Math.round(1.1 * fps));
      if (last - first < 4) {
        return unmeasured("the division comes too early to see what leads to it");
      }
      const necks = necksBefore(tubules, family, frame, first, last);
      if (!necks) return unmeasured("the tubules part for single frames only");
      const open = median(necks.slice(0, 3));
      return measured(1 - median(necks.slice(-2)) / open);
    },
  ),
  "tubules-kept": measure(
    "1",
    "share of tubules, each with what it divides into or fuses with, that are there throughout: " +
      "none goes out, or comes from nothing, in full view; 0 where none is seen",
    noArgs,
    (analysis) => {
      const { families } = tubulesOf(analysis);
      if (families.length === 0) return measured(0);
      const lost = families.filter((family) => !family.whole && !family.edge).length;
      return measured(1 - lost / families.length);
    },
  ),
  "tubule-speed": measure(
    "um/s",
    "speed at which tubules drift and bend, median of their centres' displacements in 1/4 s; 0 " +
      "where none is seen",
    fieldArgs,
    (analysis, { field_um }) => {
      const speeds = speedOf(analysis);
      return speeds.length === 0
        ? measured(0)
        : measured(median(speeds) * field_um / analysis.side);
    },
  ),
  "tubule-width": measure(
    "um",
    "area over length of a tubule at a third of its brightness, median",
    fieldArgs,
    (analysis, { field_um }) => {
      const found = tubulesOf(analysis).pieces.filter((_, t) => t % 8 === 0).flat();
      if (found.length === 0) return unmeasured(NO_TUBULES);
      const widths = found.map((piece) => piece.pixels.length / piece.length());
      return measured(median(widths) * field_um / analysis.side);
    },
  ),
  "tubule-elongation": measure(
    "1",
    "length over width of a tubule, median over tubules and time",
    noArgs,
    (analysis) => {
      const found = tubulesOf(analysis).pieces.filter((_, t) => t % 8 === 0).flat();
      if (found.length === 0) return unmeasured(NO_TUBULES);
      return measured(median(found.map((p) => p.length() ** 2 / p.pixels.length)));
    },
  ),
  "partings-undone": measure(
    "1",
    "times that tubules part and join again, or join and part again",
    noArgs,
    (analysis) => {
      const { families } = tubulesOf(analysis);
      if (families.length === 0) return unmeasured(NO_TUBULES);
      return measured(families.reduce((sum, family) => sum + reversals(family), 0) / 2);
    },
  ),
};
