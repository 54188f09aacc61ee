/** The Worker that makes clips' pictures; see `studio.ts`. */
import sharp from "sharp";
import { sampleFrames } from "../../../video/sample.ts";
import { serve } from "../../../workers.ts";
import { pictured } from "./pictures.ts";
import type { PictureJob, Pictures } from "./studio.ts";

// One thread a picture: each Worker already has a core.
sharp.concurrency(1);
sharp.cache(false);

let before: Promise<unknown> = Promise.resolve();

// One clip after another, so that the frames of one alone are held while the next already waits here.
serve((job: PictureJob): Promise<Pictures> => {
  const pictures = before.catch(() => {}).then(() => picturesOf(job));
  before = pictures;
  return pictures;
});

async function picturesOf({ path, count, settings, repeats }: PictureJob): Promise<Pictures> {
  const video = await sampleFrames(path, { count, threads: 1, whole: true, blocking: true });
  const { hash, urls, ...shown } = pictured(video, count, repeats);
  const pictures = { shown, hash, urls: await urls(settings) };
  // Given back at once: left to the collector, the frames of many clips would wait for it.
  for (const { buffer } of video.frames) release(buffer as ArrayBuffer);
  return pictures;
}

function release(memory: ArrayBuffer) {
  // A frame that a short clip repeats has been released before.
  if (!memory.detached) memory.transfer(0);
}
