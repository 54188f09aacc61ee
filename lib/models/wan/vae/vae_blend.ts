/** Blends overlapping tiles into frames. */
import type { Size, Tile, Tiling } from "./vae_tiles.ts";

/** Frames under composition. */
export interface Canvas {
  /**
   * Blends a tile into a frame. Each frame's tiles must be added in the order of {@link tilesOf}.
   *
   * @param values The tile's pixels, `[channels, height, width]`; modified in place.
   */
  add(tile: Tile, frame: number, values: Float32Array): void;
  /** A frame after all its tiles were added: `[channels, height, width]`. */
  frame(index: number): Float32Array;
}

/** The size of a canvas. */
export interface CanvasShape {
  frames: number;
  channels: number;
  /** Size of the frames, in latents. */
  latents: Size;
  /** Pixels per latent along a side. */
  scale: number;
}

/**
 * Creates empty frames to blend tiles into.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { createCanvas } from "./vae_blend.ts";
 * import { type Tiling, tilesOf } from "./vae_tiles.ts";
 *
 * const latents = { height: 1, width: 3 };
 * const one = { height: 1, width: 1 };
 * const tiling: Tiling = { size: { height: 1, width: 2 }, stride: one, blend: "average" };
 * const canvas = createCanvas({ frames: 1, channels: 1, latents, scale: 1 }, tiling);
 * const [left, right] = tilesOf(latents, tiling);
 * canvas.add(left, 0, Float32Array.of(1, 2));
 * canvas.add(right, 0, Float32Array.of(4, 5));
 * assertEquals(canvas.frame(0), Float32Array.of(1, 3, 5));
 * ```
 */
export function createCanvas(shape: CanvasShape, tiling: Tiling): Canvas {
  return tiling.blend === "average" ? averaged(shape, tiling) : crossfaded(shape, tiling);
}

/** An image of floats, `[channels, height, width]`. */
interface Image extends Size {
  values: Float32Array;
}

function emptyFrames({ frames, channels, latents, scale }: CanvasShape): Image[] {
  const [height, width] = [latents.height * scale, latents.width * scale];
  return Array.from({ length: frames }, () => ({
    values: new Float32Array(channels * height * width),
    height,
    width,
  }));
}

function averaged(shape: CanvasShape, tiling: Tiling): Canvas {
  const { channels, latents, scale } = shape;
  const frames = emptyFrames(shape);
  const [height, width] = [latents.height * scale, latents.width * scale];
  const weights = new Float32Array(height * width);
  const border = {
    height: (tiling.size.height - tiling.stride.height) * scale,
    width: (tiling.size.width - tiling.stride.width) * scale,
  };
  const ramps = ({ top, left, ...tile }: Tile) => ({
    down: ramp(tile.height * scale, border.height, top, top + tile.height === latents.height),
    across: ramp(tile.width * scale, border.width, left, left + tile.width === latents.width),
  });
  return {
    add(tile, frame, values) {
      const { down, across } = ramps(tile);
      const [h, w] = [down.length, across.length];
      const into = frames[frame].values;
      for (let y = 0; y < h; y++) {
        const row = (tile.top * scale + y) * width + tile.left * scale;
        for (let x = 0; x < w; x++) {
          const share = Math.min(down[y], across[x]);
          // All frames have the same weights.
          if (frame === 0) weights[row + x] += share;
          for (let c = 0; c < channels; c++) {
            into[c * height * width + row + x] += share * values[(c * h + y) * w + x];
          }
        }
      }
    },
    frame: (index) => frames[index].values.map((value, i) => value / weights[i % (height * width)]),
  };
}

/** Weights along a tile's side: they ramp up and down over borders shared with other tiles. */
function ramp(length: number, border: number, start: number, isLast: boolean): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    // Where the borders of a narrow tile overlap, the second takes precedence, as in DiffSynth.
    if (!isLast && i >= length - border) return (length - i) / border;
    return start > 0 && i < border ? (i + 1) / border : 1;
  });
}

function crossfaded(shape: CanvasShape, { size, stride }: Tiling): Canvas {
  const { channels, scale } = shape;
  const frames = emptyFrames(shape);
  const step = { height: stride.height * scale, width: stride.width * scale };
  const overlap = {
    height: size.height * scale - step.height,
    width: size.width * scale - step.width,
  };
  // For each frame, the right overlap of the previous tile and the lower overlaps of the row above.
  const before: Image[] = [];
  const above: Image[][] = frames.map(() => []);
  return {
    add({ row, column, ...tile }, frame, values) {
      const image = { values, height: tile.height * scale, width: tile.width * scale };
      if (row > 0) fadeDown(above[frame][column], image, channels);
      if (column > 0) fadeAcross(before[frame], image, channels);
      const [lower, right] = [
        Math.max(0, image.height - overlap.height),
        Math.max(0, image.width - overlap.width),
      ];
      above[frame][column] = crop(image, lower, 0, image, channels);
      before[frame] = crop(image, 0, right, image, channels);
      const inside = crop(image, 0, 0, step, channels);
      paste(inside, frames[frame], tile.top * scale, tile.left * scale, channels);
    },
    frame: (index) => frames[index].values,
  };
}

/** Crossfades the last rows of one image into the first rows of another, in place. */
function fadeDown(from: Image, to: Image, channels: number): void {
  const rows = Math.min(from.height, to.height);
  const { width } = to;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < rows; y++) {
      const a = (c * from.height + from.height - rows + y) * width;
      const b = (c * to.height + y) * width;
      for (let x = 0; x < width; x++) {
        to.values[b + x] = from.values[a + x] * (1 - y / rows) + to.values[b + x] * (y / rows);
      }
    }
  }
}

/** Crossfades the last columns of one image into the first columns of another, in place. */
function fadeAcross(from: Image, to: Image, channels: number): void {
  const columns = Math.min(from.width, to.width);
  for (let row = 0; row < channels * to.height; row++) {
    const a = (row + 1) * from.width - columns;
    const b = row * to.width;
    for (let x = 0; x < columns; x++) {
      const share = x / columns;
      to.values[b + x] = from.values[a + x] * (1 - share) + to.values[b + x] * share;
    }
  }
}

/** A copy of the part from `top` and `left` to the end of the image or of `end`. */
function crop(image: Image, top: number, left: number, end: Size, channels: number): Image {
  const height = Math.min(image.height, end.height) - top;
  const width = Math.min(image.width, end.width) - left;
  const values = new Float32Array(channels * height * width);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const at = (c * image.height + top + y) * image.width + left;
      values.set(image.values.subarray(at, at + width), (c * height + y) * width);
    }
  }
  return { values, height, width };
}

/** Copies an image into a larger one. */
function paste(image: Image, into: Image, top: number, left: number, channels: number): void {
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < image.height; y++) {
      const at = (c * image.height + y) * image.width;
      into.values.set(
        image.values.subarray(at, at + image.width),
        (c * into.height + top + y) * into.width + left,
      );
    }
  }
}
