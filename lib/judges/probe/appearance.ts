/** Measures of the frames' appearance: light, sharpness, noise, colour, steadiness. */
import { z } from "zod";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import { tempo } from "../../vision/clip_time.ts";
import { type Measure, measure, measured, noArgs, unmeasured } from "../../vision/measure.ts";
import { median, quantile } from "../../statistics.ts";
import type { Plane } from "../../vision/plane.ts";
import type { ClipAnalysis } from "../../vision/clip_analysis.ts";

/** Up to nine evenly spaced frames, enough for properties that do not change. */
function sample<T>(frames: readonly T[]): T[] {
  const taken = Math.min(9, frames.length);
  return Array.from(
    { length: taken },
    (_, i) => frames[Math.floor((i + 0.5) * frames.length / taken)],
  );
}

/** Mean absolute difference of each frame from the previous one, in grey levels. */
function changes(analysis: ClipAnalysis): number[] {
  const planes = analysis.luma();
  return planes.slice(1).map((plane, t) => {
    const before = planes[t].data;
    let sum = 0;
    for (let i = 0; i < before.length; i++) sum += Math.abs(plane.data[i] - before[i]);
    return sum / before.length;
  });
}

/** Range of the brightest channel between its 0.5% and 99.5% quantiles. */
function range(plane: Plane): number {
  return quantile(plane.data, 0.995) - quantile(plane.data, 0.005);
}

function steepness({ width, height, data }: Plane): number {
  const slopes: number[] = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      slopes.push(Math.hypot(data[i + 1] - data[i - 1], data[i + width] - data[i - width]) / 2);
    }
  }
  return quantile(slopes, 0.995);
}

/** Noise by the Laplacian difference of Immerkær (CVIU 64 (1996) 300–302), as a median. */
function noise({ width, height, data }: Plane): number {
  const values: number[] = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const [up, down] = [i - width, i + width];
      values.push(Math.abs(
        data[up - 1] - 2 * data[up] + data[up + 1] -
          2 * (data[i - 1] - 2 * data[i] + data[i + 1]) +
          data[down - 1] - 2 * data[down] + data[down + 1],
      ));
    }
  }
  return median(values) / 0.6745 / 6;
}

/** Hue in degrees and saturation 0–1 (hexagonal HSV). */
function hueOf(r: number, g: number, b: number): { hue: number; saturation: number } {
  const high = Math.max(r, g, b);
  const spread = high - Math.min(r, g, b);
  if (spread === 0) return { hue: 0, saturation: 0 };
  const sixth = high === r
    ? (g - b) / spread
    : high === g
    ? 2 + (b - r) / spread
    : 4 + (r - g) / spread;
  return { hue: (60 * sixth + 360) % 360, saturation: spread / high };
}

const colourArgs = z.object({
  colour: z.enum(COLOUR_NAMES),
  /** Which pixels: the brightest or darkest 2%, or bright bodies without their brightest tenth. */
  where: z.enum(["brightest", "darkest", "body"]),
});

function pixelsAt(
  analysis: ClipAnalysis,
  where: z.output<typeof colourArgs>["where"],
  t: number,
): number[] {
  const { data } = where === "darkest" ? analysis.luma()[t] : analysis.brightness()[t];
  const all = Array.from(data.keys());
  if (where === "brightest") {
    const level = quantile(data, 0.99);
    return all.filter((i) => data[i] > level);
  }
  if (where === "darkest") {
    const level = quantile(data, 0.02);
    return all.filter((i) => data[i] < level);
  }
  const mask = analysis.bodyMasks()[t];
  return all.filter((i) => mask[i]);
}

function colourShare(analysis: ClipAnalysis, { colour, where }: z.output<typeof colourArgs>) {
  const [from, to] = COLOURS[colour].hue;
  const frames = sample(Array.from(analysis.video.frames.keys()));
  let [matching, seen] = [0, 0];
  for (const t of frames) {
    const rgb = analysis.video.frames[t];
    for (const i of pixelsAt(analysis, where, t)) {
      const { hue, saturation } = hueOf(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]);
      seen++;
      const within = from < to ? hue >= from && hue <= to : hue >= from || hue <= to;
      if (within && saturation > 0.2) matching++;
    }
  }
  return seen < 20 ? unmeasured("too few pixels to tell a colour by") : measured(matching / seen);
}

/** Measures for any clip. */
export const APPEARANCE: Record<string, Measure> = {
  "mean-brightness": measure(
    "levels",
    "mean brightness of the frames",
    noArgs,
    (analysis) => {
      const planes = sample(analysis.brightness());
      const sums = planes.map(({ data }) => data.reduce((a, b) => a + b, 0) / data.length);
      return measured(sums.reduce((a, b) => a + b, 0) / sums.length);
    },
  ),
  "clipped-share": measure(
    "1",
    "share of pixels that are burnt out to white",
    noArgs,
    (analysis) => {
      const frames = sample(analysis.video.frames);
      let burnt = 0;
      for (const rgb of frames) {
        for (let i = 0; i < rgb.length; i += 3) {
          if (Math.min(rgb[i], rgb[i + 1], rgb[i + 2]) >= 253) burnt++;
        }
      }
      return measured(burnt / (frames.length * analysis.video.width * analysis.video.height));
    },
  ),
  "contrast": measure(
    "levels",
    "brightness range within a frame, without its extreme half percents",
    noArgs,
    (analysis) => measured(median(sample(analysis.brightness()).map(range))),
  ),
  "sharpness": measure(
    "1/pixel",
    "steepest edges relative to the brightness range",
    noArgs,
    (analysis) => {
      const values = sample(analysis.brightness()).flatMap((plane) => {
        const whole = range(plane);
        return whole >= 20 ? [steepness(plane) / whole] : [];
      });
      return values.length === 0
        ? unmeasured("the frames have too little contrast to tell sharpness by")
        : measured(median(values));
    },
  ),
  "noise": measure(
    "levels",
    "standard deviation of the noise within frames",
    noArgs,
    (analysis) => measured(median(sample(analysis.luma()).map(noise))),
  ),
  "flicker": measure(
    "%",
    "change of the whole frame's brightness against the mean of its neighbours, 95th percentile",
    noArgs,
    (analysis) => {
      const light = analysis.luma().map(({ data }) =>
        data.reduce((a, b) => a + b, 0) / data.length
      );
      if (light.length < 5) return unmeasured(`${light.length} frames are too few to see flicker`);
      const average = light.reduce((a, b) => a + b, 0) / light.length;
      if (average < 1) return unmeasured("the frames are black");
      const jumps = light.slice(1, -1).map((v, i) => Math.abs(v - (light[i] + light[i + 2]) / 2));
      return measured(100 * quantile(jumps, 0.95) / average);
    },
  ),
  "frozen-share": measure(
    "1",
    "share of frames that repeat the frame before them",
    noArgs,
    (analysis) => {
      const steps = changes(analysis);
      if (steps.length === 0) return unmeasured("one frame cannot show motion");
      return measured(steps.filter((step) => step < 0.05).length / steps.length);
    },
  ),
  "largest-jump": measure(
    "1",
    "largest change between frames relative to the usual change",
    noArgs,
    (analysis) => {
      const steps = changes(analysis);
      if (steps.length < 4) return unmeasured(`${steps.length + 1} frames are too few`);
      if (median(steps) < 0.05) return unmeasured("the frames do not change");
      // Frames further apart in time than the mean may differ by more.
      const even = steps.map((step, t) => step * Math.min(1, tempo(analysis.video, t, t + 1)));
      return measured(Math.max(...even) / median(even));
    },
  ),
  "colour-share": measure(
    "1",
    "share of the pixels in question whose hue is the colour's",
    colourArgs,
    colourShare,
  ),
};
