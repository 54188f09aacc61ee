/** Packets of a GIF file, one an image. */
import { Buffer } from "node:buffer";
import type { Packet } from "node-av/lib";
import { imageEnds } from "./gif.ts";

/** Hundredths of a second that an image without a delay is shown for, as in FFmpeg and browsers. */
const DELAY = 10n;

/**
 * The demuxer's packets, with those of several images (see {@link imageEnds}) divided. Images so found
 * are shown for a tenth of a second, and those that follow are later by as much.
 */
export async function* eachImage(packets: AsyncIterable<Packet>): AsyncGenerator<Packet> {
  let later = 0n;
  for await (const packet of packets) {
    packet.pts += later;
    packet.dts += later;
    const { data } = packet;
    const ends = data ? imageEnds(data) : [];
    if (!data || ends.length < 2) {
      yield packet;
      continue;
    }
    const { pts, dts, duration } = packet;
    for (const [i, end] of ends.entries()) {
      using image = packet.clone()!;
      const isLast = i === ends.length - 1;
      image.data = Buffer.from(data.subarray(ends[i - 1] ?? 0, isLast ? data.length : end));
      image.isKeyframe = packet.isKeyframe && i === 0;
      const after = i === 0 ? 0n : duration + BigInt(i - 1) * DELAY;
      image.pts = pts + after;
      image.dts = dts + after;
      image.duration = i === 0 ? duration : DELAY;
      yield image;
    }
    later += BigInt(ends.length - 1) * DELAY;
  }
}
