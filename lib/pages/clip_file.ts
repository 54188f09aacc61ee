/** Paths of clips' files. */
import type { Clip } from "../records/clip.ts";
import { clipPath } from "../runs/clip_files.ts";
import type { OpenRun } from "./open_run.ts";

/**
 * The path of a run's clip.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { runPaths } from "../paths.ts";
 * import { clipFile } from "./clip_file.ts";
 *
 * const run = { paths: runPaths("/runs/mine") };
 * assertEquals(clipFile(run, { path: "clips/nano/1-0.mp4" }), "/runs/mine/clips/nano/1-0.mp4");
 * assertEquals(clipFile(run, { path: "/films/1.mp4" }), "/films/1.mp4");
 * ```
 */
export function clipFile(
  { paths }: Pick<OpenRun, "paths">,
  clip: Pick<Clip, "path">,
): string {
  return clipPath(clip, paths);
}
