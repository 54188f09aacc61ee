/** The Worker that encodes clips' frames; see `frame_encoder.ts`. */
import sharp from "sharp";
import {
  eachSampledFrame,
  type FramesHasher,
  framesHasher,
  type SampledFrame,
  timingAt,
} from "../../../video/sample.ts";
import { serve } from "../../../workers.ts";
import { jpegUrl, selectedOf } from "./pictures.ts";
import type { EncodeJob, Shown } from "../../judge.ts";
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

/** Frame by frame, so that one at a time is in memory in full size, whatever the clip's length. */
async function encode({ path, count, settings, repeats }: EncodeJob): Promise<EncodedFrames> {
  let shown: Shown | undefined;
  let hasher: FramesHasher | undefined;
  const urls: string[] = [];
  const decoding = { count, threads: 1, whole: true, blocking: true };
  for await (const frame of eachSampledFrame(path, decoding)) {
    const { index, width, height, rgb } = frame;
    shown ??= shownOf(frame, repeats);
    hasher ??= framesHasher({ ...shown, count: shown.positions.length });
    const url = await jpegUrl(rgb, width, height, settings);
    for (const position of shown.positions) {
      if (position !== index) continue;
      hasher.update(rgb);
      urls.push(url);
    }
    // Freed at once: the garbage collector would let the frames of many clips accumulate.
    (rgb.buffer as ArrayBuffer).transfer(0);
  }
  // A clip without frames is an error, and each has a frame at a sampled position.
  return { shown: shown!, hash: hasher!.digest(), urls };
}

function shownOf(
  { width, height, total, timing, positions }: SampledFrame,
  repeats: boolean,
): Shown {
  const selected = selectedOf(positions, repeats).map((i) => positions[i]);
  return { width, height, ...timingAt(timing, selected), total, positions: selected };
}
