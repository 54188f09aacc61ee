/** Sizes of clips, and the option of models that let users choose one. */
import { z } from "zod";

/** Pixels, and how many frames. */
export interface ClipSize {
  width: number;
  height: number;
  frames: number;
}

/**
 * Width, height and frames of clips, such as `832x480x81`.
 *
 * @param initial What the model makes where the option is left out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { sizeOption } from "./clip_size.ts";
 *
 * const size = sizeOption({ width: 128, height: 128, frames: 33 });
 * assertEquals(size.parse("64x48x9"), { width: 64, height: 48, frames: 9 });
 * assertEquals(size.parse(undefined), undefined);
 * ```
 */
export function sizeOption(
  initial: ClipSize,
): z.ZodType<ClipSize | undefined, string | undefined> {
  return z.string().regex(/^\d+x\d+x\d+$/, "expected WIDTHxHEIGHTxFRAMES, such as 832x480x81")
    .transform((typed) => {
      const [width, height, frames] = typed.split("x").map(Number);
      return { width, height, frames };
    }).optional().meta({
      value: "WxHxN",
      help: "Width, height and frames of clips.",
      initial: `${initial.width}x${initial.height}x${initial.frames}`,
    });
}
