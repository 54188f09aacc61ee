/** A sheet of the previews of a clip's sampling. */
import { frameSheet } from "../figures/frame_sheet.ts";
import type { Denoising } from "./denoising.ts";
import { samplePositions } from "../video/sample.ts";

/**
 * A JPEG with a row for the noise, one per preview, and one for the finished clip.
 *
 * @param caption The prompt.
 * @param columns Frames per row, at the positions that the released evaluation would sample.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { denoisingSheet } from "./model_sheet_denoising.ts";
 *
 * const frames = [40, 200].map((grey) => new Uint8Array(16 * 16 * 3).fill(grey));
 * const jpeg = await denoisingSheet({
 *   previews: [{ step: 0, time: 1, frames }, { step: 1, time: 1, frames }],
 *   steps: 1,
 *   video: { width: 16, height: 16, fps: 2, frames },
 * }, "It gets brighter.", 2);
 * assertEquals([...jpeg.subarray(0, 2)], [0xff, 0xd8]);
 * ```
 */
export async function denoisingSheet(
  { previews, steps, video }: Denoising,
  caption: string,
  columns = 6,
): Promise<Uint8Array> {
  const { width, height, fps } = video;
  const positions = samplePositions(video.frames.length, columns);
  const taken = (frames: readonly Uint8Array[]) => positions.map((position) => frames[position]);
  return await frameSheet({
    title: `From noise to a clip in ${steps} ${steps === 1 ? "step" : "steps"}`,
    subtitle: caption,
    width,
    height,
    columns: positions.map((position) => `${(position / fps).toFixed(2)} s`),
    rows: [
      ...previews.map(({ step, time, frames }) => ({
        name: step === 0 ? "noise" : `step ${step}`,
        note: step === 0 ? "decoded like a clip" : `x0 prediction at time ${time.toFixed(2)}`,
        frames: taken(frames),
      })),
      { name: "clip", note: "time 0", frames: taken(video.frames) },
    ],
  });
}
