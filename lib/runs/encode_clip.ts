/** The encoder of clips, read when the first is written: it has native code. */
import { lazy } from "../lazy.ts";
import type { Video } from "../video/types.ts";

const load = lazy<typeof import("../video/encode.ts")>(
  new URL("../video/encode.ts", import.meta.url),
);

/**
 * Writes a clip's file as the clips of a run are written.
 *
 * @param options.crf The model's own, see `Generator`.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { encodeClip } from "./encode_clip.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".mp4" });
 * await encodeClip({ width: 32, height: 32, fps: 8, frames: [new Uint8Array(32 * 32 * 3)] }, path);
 * assertOk((await Deno.stat(path)).size > 0);
 * await Deno.remove(path);
 * ```
 */
export async function encodeClip(
  video: Video,
  path: string,
  { crf }: { crf?: number } = {},
): Promise<void> {
  const { encodeVideo } = await load();
  await encodeVideo(video, path, { crf });
}
