/** Measures of a dividing cell: area, furrow, daughters, chromatin. */
import { secondsAt } from "../../vision/clip_time.ts";
import { z } from "zod";
import { COLOUR_NAMES, type ColourName, COLOURS } from "../../sim/colour.ts";
import { components } from "../../vision/components.ts";
import {
  fieldArgs,
  type Measure,
  measure,
  measured,
  noArgs,
  unmeasured,
} from "../../vision/measure.ts";
import { median, quantile } from "../../statistics.ts";
import { blur, steadied } from "../../vision/plane.ts";
import type { ClipAnalysis } from "../../vision/clip_analysis.ts";

/** Maximum number of consecutive frames in which two masses may go undetected. */
const MISSED_FRAMES = 2;
const NO_DIVISION = "the body never becomes two";

/** The first frame with two bodies after frames with one; -1 if none. */
function divisionFrame(analysis: ClipAnalysis): number {
  const counts = analysis.bodies().map((bodies) => bodies.length);
  const first = counts.findIndex((count) => count > 0);
  if (first < 0 || counts[first] !== 1) return -1;
  return counts.findIndex((count, t) => count >= 2 && (counts[t + 1] ?? 2) >= 2);
}

function totalAreas(analysis: ClipAnalysis): number[] {
  return analysis.bodies().map((bodies) => bodies.reduce((sum, body) => sum + body.area, 0));
}

const stainArgs = z.object({
  stain: z.enum(COLOUR_NAMES),
  counterstain: z.enum(COLOUR_NAMES),
});

/**
 * Amount of one dye per pixel, by linear unmixing of two (Zimmermann, Adv. Biochem. Eng. 95 (2005)
 * 245–265): the least-squares amounts of both colours that make up the pixel.
 */
function amounts(
  analysis: ClipAnalysis,
  stain: ColourName,
  counterstain: ColourName,
): Float32Array[] {
  const [a, b] = [COLOURS[stain].rgb, COLOURS[counterstain].rgb];
  const dot = (u: readonly number[], v: readonly number[]) =>
    u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
  const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
  const scale = aa * bb - ab * ab;
  const row = a.map((_, c) => (bb * a[c] - ab * b[c]) / scale);
  const { width, height, frames } = analysis.video;
  return frames.map((rgb) => {
    const data = new Float32Array(width * height);
    for (let i = 0, j = 0; i < data.length; i++, j += 3) {
      data[i] = Math.max(0, row[0] * rgb[j] + row[1] * rgb[j + 1] + row[2] * rgb[j + 2]);
    }
    return blur({ width, height, data }, 0.9).data;
  });
}

/** The measures of this world. */
export const MEASURES: Record<string, Measure> = {
  "bodies-at-end": measure(
    "bodies",
    "separate bodies over the last four frames, median",
    noArgs,
    (analysis) => measured(median(analysis.bodies().slice(-4).map((bodies) => bodies.length))),
  ),
  "division-time": measure("s", "when one body becomes two", noArgs, (analysis) => {
    const frame = divisionFrame(analysis);
    return frame < 0 ? unmeasured(NO_DIVISION) : measured(secondsAt(analysis.video, frame));
  }),
  "area-change": measure(
    "1",
    "largest change of the total area against the start, relative to it",
    noArgs,
    (analysis) => {
      const areas = steadied(totalAreas(analysis));
      const start = median(areas.slice(0, 3));
      if (!(start > 0)) return unmeasured("no bright body is seen at the start");
      return measured(Math.max(...areas.map((area) => Math.abs(area / start - 1))));
    },
  ),
  "daughter-area-ratio": measure(
    "1",
    "area of the smaller daughter over that of the larger, median after the division",
    noArgs,
    (analysis) => {
      const frame = divisionFrame(analysis);
      if (frame < 0) return unmeasured(NO_DIVISION);
      const pairs = analysis.bodies().slice(frame).filter((bodies) => bodies.length >= 2);
      return measured(median(pairs.map(([large, small]) => small.area / large.area)));
    },
  ),
  "elongation": measure(
    "1",
    "largest length over width of the body before it divides",
    noArgs,
    (analysis) => {
      const frame = divisionFrame(analysis);
      if (frame < 1) return unmeasured(NO_DIVISION);
      const single = analysis.bodies().slice(0, frame).flatMap((bodies) => bodies.slice(0, 1));
      return measured(Math.max(...single.map((body) => body.elongation)));
    },
  ),
  "axis-error": measure(
    "degrees",
    "angle between the line through the daughters and the axis asked for",
    z.object({ axis_degrees: z.number().min(0).max(180) }),
    (analysis, { axis_degrees }) => {
      const frame = divisionFrame(analysis);
      if (frame < 0) return unmeasured(NO_DIVISION);
      const errors = analysis.bodies().slice(frame).flatMap(([one, other]) => {
        if (!other) return [];
        const angle = Math.atan2(other.y - one.y, other.x - one.x) * 180 / Math.PI;
        const off = (((angle - axis_degrees) % 180) + 180) % 180;
        return [Math.min(off, 180 - off)];
      });
      return measured(median(errors));
    },
  ),
  "body-diameter": measure(
    "um",
    "diameter of the disc as large as the body at the start",
    fieldArgs,
    (analysis, { field_um }) => {
      const start = median(totalAreas(analysis).slice(0, 3));
      return start > 0
        ? measured(2 * Math.sqrt(start / Math.PI) * field_um / analysis.side)
        : unmeasured("no bright body is seen at the start");
    },
  ),
  "chromatin-lead": measure(
    "s",
    "time for which the chromatin is in two masses before the body is",
    stainArgs,
    (analysis, { stain, counterstain }) => {
      const division = divisionFrame(analysis);
      if (division < 0) return unmeasured(NO_DIVISION);
      const { width, height, fps, times } = analysis.video;
      const planes = amounts(analysis, stain, counterstain);
      const peak = quantile(planes.slice(0, division + 1).map((p) => quantile(p, 0.998)), 0.9);
      if (peak < 30) return unmeasured("no chromatin in the colour asked for is seen");
      const twoMasses = (data: Float32Array) => {
        const mask = Uint8Array.from(data, (value) => value > 0.5 * peak ? 1 : 0);
        const [large, small] = components(mask, width, height, 0.0004 * width * height);
        return small !== undefined && small.area > 0.3 * large.area;
      };
      // A frame or two in which noise or blur joins the masses does not make them one again.
      let frame = division;
      for (let t = division - 1; t >= 0 && t >= frame - 1 - MISSED_FRAMES; t--) {
        if (twoMasses(planes[t])) frame = t;
      }
      return measured(times ? times[division] - times[frame] : (division - frame) / fps);
    },
  ),
  "chromatin-condensation": measure(
    "1",
    "brightest chromatin before the division over that at the start",
    stainArgs,
    (analysis, { stain, counterstain }) => {
      const division = divisionFrame(analysis);
      if (division < 3) return unmeasured(NO_DIVISION);
      const peaks = amounts(analysis, stain, counterstain).slice(0, division)
        .map((data) => quantile(data, 0.995));
      const start = median(peaks.slice(0, 2));
      if (start < 5) return unmeasured("no chromatin in the colour asked for is seen at the start");
      return measured(Math.max(...peaks) / start);
    },
  ),
};
