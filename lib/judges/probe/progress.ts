/** Temporal order of a clip's frames: neighbours in time are alike, distant ones less so. */
import { mean } from "../../statistics.ts";
import { type Measure, measure, measured, noArgs, unmeasured } from "../../vision/measure.ts";
import { blur, type Plane } from "../../vision/plane.ts";
import { type ClipAnalysis, oncePerClip } from "../../vision/clip_analysis.ts";

/**
 * Number of blocks along the shorter side into which a frame is averaged, so that noise does not
 * count.
 */
const BLOCKS = 16;
/**
 * Mean difference of two frames' blocks, in grey levels, that noise and encoding alone can cause.
 */
const SAME_LEVELS = 1.2;

function coarse({ width, height, data }: Plane): Float32Array {
  const size = Math.max(1, Math.min(width, height) / BLOCKS);
  const [columns, rows] = [Math.floor(width / size), Math.floor(height / size)];
  const sums = new Float32Array(columns * rows);
  const counts = new Float32Array(columns * rows);
  for (let y = 0; y < height; y++) {
    const row = Math.min(rows - 1, Math.floor(y / size)) * columns;
    for (let x = 0; x < width; x++) {
      const block = row + Math.min(columns - 1, Math.floor(x / size));
      sums[block] += data[y * width + x];
      counts[block]++;
    }
  }
  return sums.map((sum, i) => sum / counts[i]);
}

function difference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

const progress = oncePerClip((analysis: ClipAnalysis): number | null => {
  const frames = analysis.luma().map(coarse);
  if (frames.length < 5) return null;
  let [near, pairs, all, count] = [0, 0, 0, 0];
  for (let t = 1; t < frames.length; t++) {
    near += difference(frames[t], frames[t - 1]);
    pairs++;
    for (let s = 0; s < t; s++) {
      all += difference(frames[t], frames[s]);
      count++;
    }
  }
  if (all / count < SAME_LEVELS) return 0;
  return 1 - (near / pairs) / (all / count);
});

/** Measures of the order of frames. */
export const PROGRESS: Record<string, Measure> = {
  "frame-progress": measure(
    "1",
    "how much more neighbouring frames resemble one another than any two frames: near 0 where " +
      "frames stand still or are in no order",
    noArgs,
    (analysis) => {
      const found = progress(analysis);
      return found === null
        ? unmeasured(`${analysis.video.frames.length} frames are too few to see an order in`)
        : measured(found);
    },
  ),
  "time-disorder": measure(
    "1",
    "difference between neighbouring frames over that between frames a third of the clip apart: " +
      "near 1 where the frames are in no order",
    noArgs,
    (analysis) => {
      const planes = analysis.luma();
      const far = Math.floor(planes.length / 3);
      if (far < 3) return unmeasured(`${planes.length} frames are too few`);
      const soft = planes.map((plane) => blur(plane, 1.5).data);
      const apart = (lag: number) =>
        mean(
          soft.slice(lag).map((data, t) => {
            let sum = 0;
            for (let i = 0; i < data.length; i++) sum += (data[i] - soft[t][i]) ** 2;
            return sum / data.length;
          }),
        );
      const most = apart(far);
      return most < 0.05 ? unmeasured("the frames do not change") : measured(apart(1) / most);
    },
  ),
};
