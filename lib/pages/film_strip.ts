/** Frames of a clip in a row, for notebooks. */
import { secondsOf } from "../video/timing.ts";
import { frameSheet } from "../figures/frame_sheet.ts";
import type { Clip } from "../records/clip.ts";
import { sampleFrames, SHEET_FRAME_PIXELS } from "../video/sample.ts";
import { clipFile } from "./clip_file.ts";
import type { OpenRun } from "./open_run.ts";

/** The texts of a film strip. */
export interface FilmStripText {
  /** Above the frames. */
  title: string;
  /** Below the title. */
  subtitle: string;
}

/**
 * A film strip as a JPEG file: frames of a clip in a row with their times, at the positions that
 * the released evaluation would sample.
 *
 * @param columns Number of frames.
 * @throws {InputError} if the clip cannot be read.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { filmStrip } from "./film_strip.ts";
 * import { runPaths } from "../paths.ts";
 * import type { Clip } from "../records/clip.ts";
 *
 * const clip = { model: "nano", path: "no-such.mp4", task: 1, seed: 0 } as Clip;
 * const text = { title: "nano", subtitle: "A cell divides." };
 * await assertInputError(() => filmStrip({ paths: runPaths("/tmp") }, clip, text), "no-such.mp4");
 * ```
 */
export async function filmStrip(
  run: Pick<OpenRun, "paths">,
  clip: Clip,
  text: FilmStripText,
  columns = 6,
): Promise<Uint8Array> {
  const { model, task, seed } = clip;
  const file = clipFile(run, clip);
  const video = await sampleFrames(file, { count: columns, atMost: SHEET_FRAME_PIXELS });
  const { frames, positions, width, height } = video;
  return await frameSheet({
    ...text,
    width,
    height,
    columns: secondsOf(video, positions).map((time) => `${time.toFixed(2)} s`),
    rows: [{ name: model, note: `task ${task}, seed ${seed}`, frames }],
  });
}
