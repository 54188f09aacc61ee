/**
 * Detection of beads in bright-field microscopy: round dark marks of one size, with subpixel
 * accuracy. Only for the test with real films; no judge uses it.
 */
import { median } from "../../statistics.ts";
import { blur, otsu, type Plane } from "../../vision/plane.ts";
import type { Detection } from "../../vision/tracks.ts";

/** A bead in one frame; positions in pixels from the left and top edges. */
export interface Bead extends Detection {
  /** Sum of the contrast within the mark, in grey levels · pixels. */
  mass: number;
}

/** Options of {@link findBeads}. */
export interface BeadOptions {
  /** Diameter of a mark including its ring: odd, in pixels. */
  diameter: number;
  /** Minimum mass of a mark as a share of the typical bead's; 0.5. */
  leastMass?: number;
}

/** Standard deviation of the noise filter, in pixels (Crocker and Grier). */
const SMOOTHING = 1;
/** Minimum height of a candidate maximum, in standard deviations of the noise. */
const STANDING_OUT = 5;
/**
 * Noise is estimated from one in this many pixels, since sorting all would dominate the running
 * time.
 */
const NOISE_STRIDE = 13;
/** Number of moves of a mark's window towards its centroid. */
const MOVES = 10;

/**
 * Marks of each frame: maxima of the band-passed frame, each moved to the centroid of the contrast
 * in the disc around it (Crocker and Grier, J. Colloid Interface Sci. 179 (1996) 298–310), with an
 * accuracy of a few hundredths of a pixel if the mark is clear.
 *
 * Beads of one type have the same mass if in focus; out of focus they are fainter, until they
 * disappear in the noise. The minimum mass is therefore derived from the clip: a share of the
 * typical mass of the higher of the two classes that Otsu's method finds among all candidates. No
 * absolute grey level is needed. A share near 1 or above would interrupt a bead's track whenever it
 * looks fainter than usual and keep those that touch another: select among whole tracks instead.
 * Marks closer than a diameter count as one, the heavier; those cut by the frame are excluded.
 *
 * @example
 * ```ts
 * import { assertNear } from "../assert.ts";
 * import { findBeads } from "./beads.ts";
 *
 * const data = Float32Array.from({ length: 40 * 40 }, (_, i) => {
 *   const [x, y] = [i % 40 + 0.5, Math.floor(i / 40) + 0.5];
 *   return 150 - 60 * Math.exp(-((x - 17.3) ** 2 + (y - 20.6) ** 2) / 6);
 * });
 * const plane = { width: 40, height: 40, data };
 * const [[bead]] = findBeads([plane], { diameter: 11 });
 * assertNear(bead.x, 17.3, 0.05);
 * assertNear(bead.y, 20.6, 0.05);
 * ```
 */
export function findBeads(planes: readonly Plane[], options: BeadOptions): Bead[][] {
  const { diameter, leastMass = 0.5 } = options;
  if (!Number.isInteger(diameter) || diameter < 3 || diameter % 2 === 0) {
    throw new RangeError(`a bead's diameter is ${diameter} pixels; expected an odd number from 3`);
  }
  const radius = (diameter - 1) / 2;
  const disc = discOf(radius);
  const marks = planes.map((plane) => marksOf(plane, radius, disc));
  const masses = marks.flat().map((mark) => mark.mass);
  if (masses.length === 0) return planes.map(() => []);
  const level = otsu([masses])?.level ?? 0;
  const usual = median(masses.filter((mass) => mass >= level));
  return marks.map((found) => found.filter((mark) => mark.mass >= leastMass * usual));
}

interface Offset {
  x: number;
  y: number;
}

function discOf(radius: number): Offset[] {
  const side = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
  return side.flatMap((y) =>
    side.flatMap((x) => x * x + y * y <= (radius + 0.5) ** 2 ? [{ x, y }] : [])
  );
}

/** All marks of a frame that stand out from its noise, heaviest first. */
function marksOf(
  plane: Plane,
  radius: number,
  disc: readonly Offset[],
): Bead[] {
  const { width, height } = plane;
  const band = bandPass(plane, radius);
  // The median absolute value over 0.6745 estimates the noise's deviation, since beads cover little
  // area.
  const some = Float32Array.from(
    { length: Math.ceil(band.length / NOISE_STRIDE) },
    (_, i) => Math.abs(band[i * NOISE_STRIDE]),
  );
  const noise = median(some) / 0.6745;
  const least = Math.max(STANDING_OUT * noise, 0.5);
  const found: Bead[] = [];
  for (let y = radius; y < height - radius; y++) {
    for (let x = radius; x < width - radius; x++) {
      const i = y * width + x;
      if (!(band[i] > least) || !isMaximum(band, width, i, x, y, disc)) continue;
      const mark = centred(band, width, height, x, y, radius, disc);
      if (mark) found.push(mark);
    }
  }
  found.sort((a, b) => b.mass - a.mass);
  const near = (2 * radius + 1) ** 2;
  return found.filter((mark, i) => {
    for (let j = 0; j < i; j++) {
      if ((found[j].x - mark.x) ** 2 + (found[j].y - mark.y) ** 2 < near) return false;
    }
    return true;
  });
}

/** The mean of the square around each pixel minus the smoothed frame: positive at marks. */
function bandPass(plane: Plane, radius: number): Float32Array {
  const { width, height, data } = plane;
  const smooth = blur(plane, SMOOTHING).data;
  // Sums over all pixels above and to the left, so that the sum over any square takes four of them.
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += data[y * width + x];
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
    }
  }
  const band = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = [Math.max(0, y - radius), Math.min(height, y + radius + 1)];
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - radius), Math.min(width, x + radius + 1)];
      const sum = sums[bottom * (width + 1) + right] - sums[top * (width + 1) + right] -
        sums[bottom * (width + 1) + left] + sums[top * (width + 1) + left];
      const around = sum / ((bottom - top) * (right - left));
      band[y * width + x] = around - smooth[y * width + x];
    }
  }
  return band;
}

function isMaximum(
  band: Float32Array,
  width: number,
  i: number,
  x: number,
  y: number,
  disc: readonly Offset[],
): boolean {
  const value = band[i];
  // Most pixels fail already at one neighbour.
  if (band[i - 1] > value || band[i + 1] > value) return false;
  for (const step of disc) {
    const other = band[(y + step.y) * width + x + step.x];
    if (other > value) return false;
    // Of equal values, the first counts.
    if (other === value && (step.y < 0 || (step.y === 0 && step.x < 0))) return false;
  }
  return true;
}

/** The centroid of the contrast in a disc that moves by whole pixels until it is centred on it. */
function centred(
  band: Float32Array,
  width: number,
  height: number,
  column: number,
  row: number,
  radius: number,
  disc: readonly Offset[],
): Bead | null {
  for (let move = 0; move <= MOVES; move++) {
    if (
      column < radius || row < radius || column >= width - radius || row >= height - radius
    ) return null;
    let [mass, sumX, sumY] = [0, 0, 0];
    for (const { x, y } of disc) {
      const weight = Math.max(0, band[(row + y) * width + column + x]);
      mass += weight;
      sumX += weight * x;
      sumY += weight * y;
    }
    const [dx, dy] = [sumX / mass, sumY / mass];
    // Slightly more than a half prevents a mark between two pixels from oscillating.
    const [moveX, moveY] = [Math.abs(dx) > 0.6, Math.abs(dy) > 0.6];
    if (move === MOVES || (!moveX && !moveY)) {
      return {
        x: column + dx + 0.5,
        y: row + dy + 0.5,
        area: disc.length,
        edge: false,
        mass,
      };
    }
    if (moveX) column += Math.sign(dx);
    if (moveY) row += Math.sign(dy);
  }
  return null;
}
