/** The Worker that encodes clips' frames; see `frame_encoder.ts`. */
import sharp from "sharp";
import { sampleFrames } from "../../../video/sample.ts";
import { serve } from "../../../workers.ts";
import { pictured } from "./pictures.ts";
import type { EncodeJob } from "../../judge.ts";
import type { EncodedFrames } from "./frame_encoder.ts";

// One thread per image: each Worker already has a core.
sharp.concurrency(1);
sharp.cache(false);

let previous: Promise<unknown> = Promise.resolve();

// One clip at a time, so that only its frames are in memory while the next job is already queued.
serve((job: EncodeJob): Promise<EncodedFrames> => {
  const encoded = previous.catch(() => {}).then(() => encode(job));
  previous = encoded;
  return encoded;
});

async function encode({ path, count, settings, repeats }: EncodeJob): Promise<EncodedFrames> {
  const video = await sampleFrames(path, { count, threads: 1, whole: true, blocking: true });
  const { hash, urls, ...shown } = pictured(video, count, repeats);
  const encoded = { shown, hash, urls: await urls(settings) };
  // Freed at once: the garbage collector would let the frames of many clips accumulate.
  for (const { buffer } of video.frames) release(buffer as ArrayBuffer);
  return encoded;
}

function release(memory: ArrayBuffer) {
  // A frame that a short clip repeats may have been released already.
  if (!memory.detached) memory.transfer(0);
}
