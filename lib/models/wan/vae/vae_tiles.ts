/** Divides latents into overlapping tiles. */
import { InputError } from "../../../errors.ts";

/** Rows and columns, of latents or pixels. */
export interface Size {
  height: number;
  width: number;
}

/** How overlapping tiles are blended. */
const BLENDS = ["crossfade", "average"] as const;

/** How latents are tiled. */
export interface Tiling {
  /** Size of a tile, in latents. */
  size: Size;
  /** Distance between tiles, in latents; at most their size. */
  stride: Size;
  /**
   * `crossfade`: each tile fades in over those above and to its left, as in Diffusers.
   * `average`: the mean, weighted by the distance from the tiles' borders, as in DiffSynth.
   */
  blend: typeof BLENDS[number];
}

/**
 * MicroVerse's tiling: `tile_size=(30, 52)` and `tile_stride=(15, 26)`, the defaults of DiffSynth's
 * `WanVideoPipeline`, which hands them to its VAE. The VAE's own, (34, 34) and (18, 16), are never used.
 */
export const MICROVERSE_TILING: Tiling = {
  size: { height: 30, width: 52 },
  stride: { height: 15, width: 26 },
  blend: "average",
};

/** A tile's position in the latents. */
export interface Tile extends Size {
  top: number;
  left: number;
  /** Counted from 0 at the top left. */
  row: number;
  column: number;
}

/**
 * The tiles of latents, row by row. Those at the right and bottom may be smaller.
 *
 * @throws {InputError} for tiles that leave gaps or are empty.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { MICROVERSE_TILING, tilesOf } from "./vae_tiles.ts";
 *
 * const clip = { height: 480 / 8, width: 832 / 8 };
 * assertEquals(tilesOf(clip, MICROVERSE_TILING).length, 3 * 3);
 * ```
 */
export function tilesOf(whole: Size, tiling: Tiling): Tile[] {
  const rows = spans(whole.height, tiling, "height");
  const columns = spans(whole.width, tiling, "width");
  return rows.flatMap(([top, height], row) =>
    columns.map(([left, width], column) => ({ top, left, height, width, row, column }))
  );
}

/** Starts and lengths of the tiles along a side. */
function spans(whole: number, { size, stride, blend }: Tiling, side: keyof Size) {
  const [length, step] = [size[side], stride[side]];
  if (!Number.isInteger(length) || !Number.isInteger(step) || step < 1 || length < step) {
    throw new InputError(
      `Cannot decode in tiles of ${side} ${length}, ${step} apart; ` +
        `expected whole numbers, 1 ≤ distance ≤ size`,
    );
  }
  const found: [start: number, length: number][] = [];
  for (let start = 0; start < whole; start += step) {
    // DiffSynth omits tiles covered by the previous one; Diffusers needs them for crossfading.
    if (blend === "average" && start > 0 && start - step + length >= whole) break;
    found.push([start, Math.min(length, whole - start)]);
  }
  return found;
}
