/** Only decodes clips, like `lib/judges/openai/prompt/frame_encoder_worker.ts`. */
/// <reference lib="deno.worker" />
import { sampleFrames } from "../../lib/video/sample.ts";

self.onmessage = async (
  { data: { path, count } }: MessageEvent<{ path: string; count: number }>,
) => {
  await sampleFrames(path, { count, threads: 1, whole: true, blocking: true });
  self.postMessage("done");
};
