/** Sizes of clips, and the option of models that let users choose one. */
import { z } from "zod";

/** Pixels, and how many frames. */
export interface ClipSize {
  width: number;
  height: number;
  frames: number;
}

/** Between which sizes are, both included. */
export interface SizeLimits {
  /** Of width and height. */
  sides: readonly [least: number, most: number];
  /** Of the number of frames. */
  frames: readonly [least: number, most: number];
}

/**
 * Width, height and frames of clips, such as `832x480x81`.
 *
 * @param initial What the model makes where the option is left out.
 * @param limits The least and the most of a side and of frames.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { sizeOption } from "./clip_size.ts";
 *
 * const size = sizeOption({ width: 128, height: 128, frames: 33 }, { sides: [32, 2048], frames: [1, 1000] });
 * assertEquals(size.parse("64x48x9"), { width: 64, height: 48, frames: 9 });
 * assertEquals(size.parse(undefined), undefined);
 * assertEquals(size.safeParse("1x1x1").success, false);
 * ```
 */
export function sizeOption(
  initial: ClipSize,
  { sides, frames: length }: SizeLimits,
): z.ZodType<ClipSize | undefined, string | undefined> {
  return z.string().regex(/^\d+x\d+x\d+$/, "expected WIDTHxHEIGHTxFRAMES, such as 832x480x81")
    .transform((typed) => {
      const [width, height, frames] = typed.split("x").map(Number);
      return { width, height, frames };
    }).refine(
      ({ width, height, frames }) =>
        within(width, sides) && within(height, sides) && within(frames, length),
      `expected sides of ${sides.join(" to ")} and ${length.join(" to ")} frames`,
    ).optional().meta({
      value: "WxHxN",
      help: "Width, height and frames of clips.",
      initial: `${initial.width}x${initial.height}x${initial.frames}`,
    });
}

function within(value: number, [least, most]: readonly [number, number]): boolean {
  return value >= least && value <= most;
}
