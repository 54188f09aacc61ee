/**
 * The direction of flow in a vessel, and the vessel's axis. Only for the test with real films; no
 * judge uses it.
 */
import type { Video } from "../../video/types.ts";
import { random } from "../../random.ts";
import { components } from "../../vision/components.ts";
import { eroded } from "./erode.ts";
import { mean, median, quantile } from "../../statistics.ts";
import { blur, brightness, luma, otsu, overTime, type Plane } from "../../vision/plane.ts";
import { type Detection, link, type Track } from "../../vision/tracks.ts";

/** A flow and the vessel that it is in. */
export interface Flow {
  /** Orientation of the vessel's axis from {@link edgeAxis}, in degrees. */
  axis: number;
  /** Direction of the flow, in degrees from the x axis towards the y axis: −180 to 180. */
  direction: number;
  /** Angle between the flow and the axis, in degrees: 0 to 90. */
  deviation: number;
  /** Largest deviation among 95% of resamples of the tracks, in degrees. */
  deviationAtMost: number;
  /** Mean speed of the tracks, in pixels per frame. */
  speed: number;
  /** Share of the paths covered along the flow's direction, minus that against it: −1 to 1. */
  agreement: number;
  tracks: number;
}

/** Standard deviation of the smoothing for edge detection, relative to the frame's shorter side. */
const EDGE_SCALE = 0.02;
/**
 * Minimum area of a moving object, relative to the squared shorter side: smaller ones are noise.
 */
const MIN_AREA = 0.0008;
/** Minimum contrast of a moving object, in standard deviations of the noise. */
const STANDING_OUT = 5;
/** Maximum step of an object between frames, relative to the frame's shorter side. */
const SEARCH_RANGE = 0.2;
const MIN_FRAMES = 4;
const MIN_TRACKS = 3;

/**
 * The dominant orientation of an image's edges, in degrees from the x axis towards the y axis,
 * which points down (from −90, below 90): the eigenvector of the smaller eigenvalue of the
 * structure tensor summed over the image (Bigün and Granlund, Proc. ICCV (1987) 433–438), for
 * gradients at the scale of `sigma` pixels. Pixels where `valid` is 0, and those that smoothing
 * could mix with them or with the outside of the frame, do not count. Null if there are no edges.
 *
 * @example
 * ```ts
 * import { assertNear } from "../assert.ts";
 * import { edgeAxis } from "./flow.ts";
 *
 * const data = Float32Array.from({ length: 60 * 60 }, (_, i) =>
 *   Math.floor(i / 60) > 20 + 0.2 * (i % 60) ? 100 : 0);
 * const axis = edgeAxis({ width: 60, height: 60, data }, 1.5);
 * assertNear(axis!, Math.atan(0.2) * 180 / Math.PI, 1);
 * ```
 */
export function edgeAxis(plane: Plane, sigma: number, valid?: Uint8Array): number | null {
  const { width, height } = plane;
  const { data } = blur(plane, sigma);
  const margin = Math.ceil(3 * sigma) + 1;
  const inside = valid ? eroded(valid, width, height, margin) : null;
  let [xx, yy, xy] = [0, 0, 0];
  for (let y = margin; y < height - margin; y++) {
    for (let x = margin; x < width - margin; x++) {
      const i = y * width + x;
      if (inside && !inside[i]) continue;
      const dx = (data[i + 1] - data[i - 1]) / 2;
      const dy = (data[i + width] - data[i - width]) / 2;
      xx += dx * dx;
      yy += dy * dy;
      xy += dx * dy;
    }
  }
  if (!(xx + yy > 0)) return null;
  // Gradients are perpendicular to edges, so the axis is at a right angle to them.
  const across = Math.atan2(2 * xy, xx - yy) / 2 * 180 / Math.PI;
  return across >= 0 ? across - 90 : across + 90;
}

/**
 * Moving bright objects: pixels brighter than the median over time, for each frame. Global changes
 * of light are removed by each frame's median.
 */
function movingThings(video: Video): Detection[][] {
  const { width, height, frames } = video;
  const planes = frames.map((frame) => {
    const plane = brightness(width, height, frame);
    const usual = median(plane.data.filter((value) => value > 0));
    return usual > 0 ? { ...plane, data: plane.data.map((value) => value / usual) } : plane;
  });
  const still = overTime(planes, 0.5);
  const brighter = planes.map((plane) =>
    blur({ width, height, data: plane.data.map((value, i) => value - still.data[i]) }, 1)
  );
  const threshold = otsu(brighter.map(({ data }) => data.filter((value) => value > 0)));
  if (!threshold) return planes.map(() => []);
  // The median absolute value over 0.6745 estimates the noise's deviation, since moving objects
  // cover little area.
  const noise = mean(brighter.map(({ data }) => median(data.map(Math.abs)) / 0.6745));
  const level = Math.max(threshold.level, STANDING_OUT * noise);
  const least = MIN_AREA * Math.min(width, height) ** 2;
  return brighter.map(({ data }) => {
    const mask = Uint8Array.from(data, (value) => value > level ? 1 : 0);
    return components(mask, width, height, least, data).filter((thing) => !thing.edge);
  });
}

/**
 * The flow in a clip and the vessel's axis, or the reason for their absence. The axis is that of
 * static edges (see {@link edgeAxis}; the median over time contains nothing that passes); the flow
 * is the sum of the paths of moving bright objects, linked at minimum total distance. The two are
 * computed independently: nothing that flows contributes to the axis.
 *
 * @example
 * ```ts
 * import { assertOk } from "../assert.ts";
 * import { flowOf } from "./flow.ts";
 *
 * const frames = [new Uint8Array(64 * 48 * 3), new Uint8Array(64 * 48 * 3)];
 * assertOk("reason" in flowOf({ width: 64, height: 48, fps: 8, frames }));
 * ```
 */
export function flowOf(video: Video): Flow | { reason: string } {
  const { width, height, frames } = video;
  const side = Math.min(width, height);
  if (frames.length < MIN_FRAMES) {
    return { reason: `${frames.length} frames are too few for tracking; 4 are needed` };
  }
  const planes = frames.map((frame) => luma(width, height, frame));
  // Pixels that are black in every frame belong to a border, not to the picture.
  const valid = Uint8Array.from(overTime(planes, 1).data, (value) => value > 4 ? 1 : 0);
  const axis = edgeAxis(overTime(planes, 0.5), EDGE_SCALE * side, valid);
  if (axis === null) return { reason: "the static background has no edges" };
  const tracks = link(movingThings(video), { searchRange: SEARCH_RANGE * side, memory: 1 })
    .filter((track) => track.frames.length >= MIN_FRAMES && moves(track));
  if (tracks.length < MIN_TRACKS) {
    return {
      reason: `${tracks.length} moving objects could be followed; ${MIN_TRACKS} are needed`,
    };
  }
  const paths = tracks.map(pathOf);
  const direction = directionOf(paths);
  const draw = random(0, "flow tracks");
  const deviations = Array.from({ length: 400 }, () => {
    const drawn = paths.map(() => paths[Math.floor(draw() * paths.length)]);
    return between(directionOf(drawn), axis);
  });
  const [ux, uy] = [Math.cos(direction * Math.PI / 180), Math.sin(direction * Math.PI / 180)];
  const along = paths.reduce((sum, path) => sum + path.x * ux + path.y * uy, 0);
  return {
    axis,
    direction,
    deviation: between(direction, axis),
    deviationAtMost: quantile(deviations, 0.95),
    speed: mean(paths.map((path) => Math.hypot(path.x, path.y) / path.frames)),
    agreement: along / paths.reduce((sum, path) => sum + Math.hypot(path.x, path.y), 0),
    tracks: tracks.length,
  };
}

/**
 * Displacement from the start to the end of a track in pixels, and the number of frames between.
 */
interface Path {
  x: number;
  y: number;
  frames: number;
}

function pathOf({ frames, points }: Track): Path {
  const [first, last] = [points[0], points[points.length - 1]];
  return {
    x: last.x - first.x,
    y: last.y - first.y,
    frames: frames[frames.length - 1] - frames[0],
  };
}

/** Whether an object moves further than flicker of its outline could explain. */
function moves(track: Track): boolean {
  const { x, y } = pathOf(track);
  const size = Math.sqrt(mean(track.points.map((point) => point.area)));
  return Math.hypot(x, y) > size;
}

function directionOf(paths: readonly Path[]): number {
  const [x, y] = [
    paths.reduce((sum, path) => sum + path.x, 0),
    paths.reduce((sum, path) => sum + path.y, 0),
  ];
  return Math.atan2(y, x) * 180 / Math.PI;
}

/** The acute angle between a direction and an axis, in degrees. */
function between(direction: number, axis: number): number {
  const turn = Math.abs(direction - axis) % 180;
  return Math.min(turn, 180 - turn);
}
