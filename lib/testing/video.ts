/** Clips for tests: a moving picture in every container. */
import { Buffer } from "node:buffer";
import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CODEC_ID_PCM_S16LE,
  AV_PIX_FMT_BGR8,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
  AV_SAMPLE_FMT_S16,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT470BG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE170M,
  AVMEDIA_TYPE_AUDIO,
} from "node-av/constants";
import { FFmpegError, FormatContext, Packet, Rational } from "node-av/lib";
import type { ClipFormat } from "../video/encode.ts";
import type { Video } from "../video/types.ts";

const LIMITED = {
  format: AV_PIX_FMT_YUV420P,
  space: AVCOL_SPC_SMPTE170M,
  range: AVCOL_RANGE_MPEG,
};

/** One way of writing each supported kind of clip, by a name that ends in its extension. */
export const FORMATS: Record<string, ClipFormat> = {
  "h264.mp4": {
    muxer: "mp4",
    encoder: "libx264",
    encoderOptions: { crf: "10" },
    colour: LIMITED,
  },
  "h264-index-first.mp4": {
    muxer: "mp4",
    muxerOptions: { movflags: "+faststart" },
    encoder: "libx264",
    encoderOptions: { crf: "10" },
    colour: { ...LIMITED, space: AVCOL_SPC_BT709 },
  },
  "h264-fragmented.mp4": {
    muxer: "mp4",
    muxerOptions: { movflags: "+frag_keyframe+empty_moov" },
    encoder: "libx264",
    encoderOptions: { crf: "10", g: "5" },
    colour: LIMITED,
  },
  "h264.mov": {
    muxer: "mov",
    encoder: "libx264",
    encoderOptions: { crf: "10" },
    colour: LIMITED,
  },
  "mjpeg.mov": {
    muxer: "mov",
    encoder: "mjpeg",
    encoderOptions: { qmin: "1", qmax: "2" },
    colour: { format: AV_PIX_FMT_YUVJ420P, space: AVCOL_SPC_BT470BG, range: AVCOL_RANGE_JPEG },
  },
  "vp9.webm": {
    muxer: "webm",
    encoder: "libvpx-vp9",
    encoderOptions: { crf: "10", b: "0", "cpu-used": "8", deadline: "realtime" },
    colour: LIMITED,
  },
  "vp8-hidden-references.webm": {
    muxer: "webm",
    encoder: "libvpx",
    encoderOptions: { crf: "4", b: "2M", "auto-alt-ref": "1", "lag-in-frames": "8" },
    colour: LIMITED,
  },
  "h264.mkv": {
    muxer: "matroska",
    encoder: "libx264",
    encoderOptions: { crf: "10" },
    colour: LIMITED,
  },
  "mpeg4.avi": {
    muxer: "avi",
    encoder: "mpeg4",
    encoderOptions: { qmin: "1", qmax: "2" },
    colour: LIMITED,
  },
  "mjpeg.avi": {
    muxer: "avi",
    encoder: "mjpeg",
    encoderOptions: { qmin: "1", qmax: "2" },
    colour: { format: AV_PIX_FMT_YUVJ420P, space: AVCOL_SPC_BT470BG, range: AVCOL_RANGE_JPEG },
  },
  "palette.gif": {
    muxer: "gif",
    encoder: "gif",
    colour: { format: AV_PIX_FMT_BGR8, space: AVCOL_SPC_RGB, range: AVCOL_RANGE_JPEG },
  },
};

/**
 * A disc crossing a smooth, coloured background: no two frames are equal.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./assert.ts";
 * import { movingDisc, psnr } from "./video.ts";
 *
 * const video = movingDisc(3, 32, 16);
 * assertEquals(video.frames.map((frame) => frame.length), [1536, 1536, 1536]);
 * assertEquals(psnr(video, video), Infinity);
 * ```
 */
export function movingDisc(frames: number, width = 64, height = 48, fps = 10): Video {
  const draw = (t: number) => {
    const rgb = new Uint8Array(width * height * 3);
    const [cx, cy] = [width * (0.2 + 0.6 * t / frames), height / 2];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const inside = Math.min(1, Math.max(0, 8 - Math.hypot(x - cx, y - cy)));
        const at = (y * width + x) * 3;
        rgb[at] = 40 + 120 * x / width + 60 * inside;
        rgb[at + 1] = 60 + 100 * y / height;
        rgb[at + 2] = 180 - 100 * inside;
      }
    }
    return rgb;
  };
  return { width, height, fps, frames: Array.from({ length: frames }, (_, t) => draw(t)) };
}

/** Peak signal-to-noise ratio in decibels over all frames: 10·log10(255² / mean squared error). */
export function psnr(a: Video, b: Video): number {
  let sum = 0;
  let count = 0;
  for (const [i, frame] of a.frames.entries()) {
    for (const [k, value] of frame.entries()) sum += (value - b.frames[i][k]) ** 2;
    count += frame.length;
  }
  return 10 * Math.log10(255 ** 2 / (sum / count));
}

/** A file with a single audio stream and no pictures. */
export async function writeSilence(path: string, muxer: string): Promise<void> {
  await using output = new FormatContext();
  FFmpegError.throwIfError(output.allocOutputContext2(null, muxer, path), "opening a muxer");
  const stream = output.newStream();
  stream.codecpar.codecType = AVMEDIA_TYPE_AUDIO;
  stream.codecpar.codecId = AV_CODEC_ID_PCM_S16LE;
  stream.codecpar.sampleRate = 8000;
  stream.codecpar.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  stream.codecpar.format = AV_SAMPLE_FMT_S16;
  stream.codecpar.bitsPerCodedSample = 16;
  stream.timeBase = new Rational(1, 8000);
  FFmpegError.throwIfError(await output.openOutput(), "creating the file");
  FFmpegError.throwIfError(await output.writeHeader(), "writing the header");
  using packet = new Packet();
  packet.alloc();
  packet.data = Buffer.alloc(8000);
  packet.pts = packet.dts = 0n;
  packet.duration = 4000n;
  FFmpegError.throwIfError(await output.interleavedWriteFrame(packet), "writing");
  FFmpegError.throwIfError(await output.writeTrailer(), "finishing the file");
  await output.closeOutput();
}

/**
 * A clip without every other frame of its second half, the rest shown when it was: one of variable
 * rate.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./assert.ts";
 * import { movingDisc, thinned } from "./video.ts";
 *
 * const { frames, fps, times } = thinned(movingDisc(8, 32, 16, 4));
 * assertEquals([frames.length, fps, times], [6, 3, [0, 0.25, 0.5, 0.75, 1, 1.5]]);
 * ```
 */
export function thinned(video: Video): Video {
  const { frames, fps } = video;
  const kept = [...frames.keys()].filter((t) => t < frames.length / 2 || t % 2 === 0);
  return {
    ...video,
    frames: kept.map((t) => frames[t]),
    fps: kept.length / (frames.length / fps),
    times: kept.map((t) => t / fps),
  };
}
