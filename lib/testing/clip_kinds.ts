/** Clips of many kinds, made by the system's FFmpeg, and what it shows of them. */
import { decodeVideo } from "../video/decode.ts";
import { secondsOf } from "../video/timing.ts";

/** Width, height, frames and frames per second of the picture that all kinds are made from. */
const SOURCE = { width: 64, height: 48, frames: 12, fps: 8 };

/** A kind of clip. */
export interface ClipKind {
  /** Says what is particular; ends in the file's extension. */
  name: string;
  /** Arguments of ffmpeg between the input and the output. */
  args: readonly string[];
  /** Arguments of a second pass without re-encoding, such as a cut, and its extension. */
  then?: { before: readonly string[]; args: readonly string[]; extension?: string };
  /** The display matrix to write into its track header: a, b, c, d of ISO/IEC 14496-12 §8.3.2. */
  matrix?: readonly [number, number, number, number];
}

const X264 = ["-c:v", "libx264", "-crf", "8", "-preset", "veryfast"];
const X265 = [
  "-c:v",
  "libx265",
  "-crf",
  "8",
  "-preset",
  "ultrafast",
  "-x265-params",
  "log-level=0",
];
const VARIABLE = ["-vf", "setpts='if(lt(N,6),N,6+(N-6)*4)/8/TB'", "-vsync", "passthrough"];
const SOUND = ["-f", "lavfi", "-t", "1.5", "-i", "sine=f=440:r=44100"];

/** A clip of each kind: codecs, pixel formats, rates, orientations, shapes, cuts, containers. */
export const CLIP_KINDS: readonly ClipKind[] = [
  { name: "h264.mp4", args: [...X264, "-pix_fmt", "yuv420p"] },
  { name: "h264-b-frames.mkv", args: [...X264, "-bf", "3", "-pix_fmt", "yuv420p"] },
  { name: "h264-b-frames.avi", args: [...X264, "-bf", "2", "-pix_fmt", "yuv420p"] },
  {
    name: "h264-interlaced-top.mp4",
    args: [...X264, "-pix_fmt", "yuv420p", "-flags", "+ilme+ildct", "-x264-params", "tff=1"],
  },
  {
    name: "h264-interlaced-bottom.mkv",
    args: [...X264, "-pix_fmt", "yuv420p", "-flags", "+ilme+ildct", "-x264-params", "bff=1"],
  },
  {
    name: "mpeg2-interlaced.mkv",
    args: ["-c:v", "mpeg2video", "-q:v", "2", "-r", "25", "-flags", "+ilme+ildct", "-top", "1"],
  },
  {
    name: "mpeg2-422-interlaced.mov",
    args: [
      ...["-c:v", "mpeg2video", "-q:v", "2", "-r", "25", "-pix_fmt", "yuv422p"],
      ...["-flags", "+ilme+ildct", "-top", "1"],
    ],
  },
  {
    name: "dv-ntsc-4-1-1.avi",
    args: [
      "-c:v",
      "dvvideo",
      "-s",
      "720x480",
      "-r",
      "30000/1001",
      "-pix_fmt",
      "yuv411p",
      "-t",
      "0.2",
    ],
  },
  {
    name: "dv-pal-wide.mov",
    args: [
      ...["-c:v", "dvvideo", "-s", "720x576", "-r", "25", "-pix_fmt", "yuv420p", "-t", "0.2"],
      ...["-aspect", "16:9"],
    ],
  },
  {
    name: "prores-interlaced.mov",
    args: ["-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", "-flags", "+ildct", "-top", "1"],
  },
  {
    name: "prores-alpha.mov",
    args: ["-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le"],
  },
  { name: "h264-10-bit.mp4", args: [...X264, "-pix_fmt", "yuv420p10le"] },
  { name: "h264-4-4-4.mkv", args: [...X264, "-pix_fmt", "yuv444p"] },
  { name: "h264-gray.mp4", args: [...X264, "-pix_fmt", "gray"] },
  {
    name: "h264-full-range.mp4",
    args: [...X264, "-vf", "scale=out_range=pc", "-pix_fmt", "yuv420p", "-color_range", "pc"],
  },
  {
    name: "h264-bt709.mp4",
    args: [
      ...[...X264, "-vf", "scale=out_color_matrix=bt709", "-pix_fmt", "yuv420p"],
      ...["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"],
    ],
  },
  { name: "h265-10-bit.mkv", args: [...X265, "-pix_fmt", "yuv420p10le"] },
  { name: "h265.mp4", args: [...X265, "-pix_fmt", "yuv420p", "-tag:v", "hvc1"] },
  {
    name: "vp9-alpha.webm",
    args: [
      ...["-c:v", "libvpx-vp9", "-crf", "8", "-b:v", "0", "-cpu-used", "8"],
      ...["-pix_fmt", "yuva420p", "-auto-alt-ref", "0"],
    ],
  },
  { name: "vp8.webm", args: ["-c:v", "libvpx", "-b:v", "2M", "-auto-alt-ref", "1"] },
  {
    name: "av1.mp4",
    args: ["-c:v", "libaom-av1", "-crf", "10", "-cpu-used", "8", "-pix_fmt", "yuv420p"],
  },
  { name: "ffv1-4-1-1.mkv", args: ["-c:v", "ffv1", "-pix_fmt", "yuv411p"] },
  { name: "ffv1-gray-16-bit.mkv", args: ["-c:v", "ffv1", "-pix_fmt", "gray16le"] },
  { name: "ffv1-bgra.mkv", args: ["-c:v", "ffv1", "-pix_fmt", "bgra"] },
  { name: "huffyuv-4-2-2.avi", args: ["-c:v", "huffyuv", "-pix_fmt", "yuv422p"] },
  { name: "raw-uyvy.mov", args: ["-c:v", "rawvideo", "-pix_fmt", "uyvy422"] },
  { name: "raw-rgb.mov", args: ["-c:v", "rawvideo", "-pix_fmt", "rgb24"] },
  { name: "raw-bgr.avi", args: ["-c:v", "rawvideo", "-pix_fmt", "bgr24"] },
  { name: "animation-argb.mov", args: ["-c:v", "qtrle", "-pix_fmt", "argb"] },
  { name: "png-alpha.mov", args: ["-c:v", "png", "-pix_fmt", "rgba"] },
  { name: "png-16-bit.mov", args: ["-c:v", "png", "-pix_fmt", "rgb48be"] },
  { name: "mjpeg-4-2-2.mov", args: ["-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj422p"] },
  { name: "tiff.mov", args: ["-c:v", "tiff", "-pix_fmt", "rgb24"] },
  {
    name: "tiff-deflate-alpha.mov",
    args: ["-c:v", "tiff", "-compression_algo", "deflate", "-pix_fmt", "rgba"],
  },
  { name: "palette.gif", args: [] },
  { name: "palette-uneven-delays.gif", args: VARIABLE },
  { name: "variable-rate.mkv", args: [...X264, "-pix_fmt", "yuv420p", ...VARIABLE] },
  { name: "variable-rate.mp4", args: [...X264, "-bf", "2", "-pix_fmt", "yuv420p", ...VARIABLE] },
  { name: "rate-24000-1001.mkv", args: [...X264, "-pix_fmt", "yuv420p", "-r", "24000/1001"] },
  ...([
    ["rotated-90.mp4", [0, 1, -1, 0]],
    ["rotated-180.mp4", [-1, 0, 0, -1]],
    ["rotated-270.mov", [0, -1, 1, 0]],
    ["mirrored.mp4", [-1, 0, 0, 1]],
    ["upside-down.mov", [1, 0, 0, -1]],
    ["transposed.mp4", [0, 1, 1, 0]],
    ["transposed-across.mp4", [0, -1, -1, 0]],
  ] as const).map(([name, matrix]) => ({ name, matrix, args: [...X264, "-pix_fmt", "yuv420p"] })),
  { name: "pixels-2-to-1.mp4", args: [...X264, "-pix_fmt", "yuv420p", "-vf", "setsar=2"] },
  { name: "pixels-8-to-9.mkv", args: [...X264, "-pix_fmt", "yuv420p", "-vf", "setsar=8/9"] },
  { name: "pixels-12-to-11.webm", args: ["-c:v", "libvpx", "-b:v", "2M", "-vf", "setsar=12/11"] },
  {
    name: "rotated-pixels-4-to-3.mp4",
    matrix: [0, 1, -1, 0],
    args: [...X264, "-pix_fmt", "yuv420p", "-vf", "setsar=4/3"],
  },
  {
    name: "dropped-frames.avi",
    args: [
      "-c:v",
      "mpeg4",
      "-q:v",
      "2",
      "-vf",
      "select='not(eq(n,3)+eq(n,4)+eq(n,8))'",
      "-vsync",
      "passthrough",
    ],
  },
  {
    name: "encoder-delay-dropped-frames.avi",
    args: [
      ...["-c:v", "libxvid", "-q:v", "2", "-bf", "2"],
      ...["-vf", "select='not(eq(n,3)+eq(n,4)+eq(n,8))'", "-vsync", "passthrough"],
    ],
  },
  {
    name: "sound-with-delay.avi",
    args: [
      ...SOUND,
      "-c:v",
      "mpeg4",
      "-q:v",
      "2",
      "-bf",
      "2",
      "-c:a",
      "libmp3lame",
      "-map",
      "0:v",
      "-map",
      "1:a",
    ],
  },
  {
    name: "sound.mp4",
    args: [...SOUND, ...X264, "-pix_fmt", "yuv420p", "-c:a", "aac", "-map", "0:v", "-map", "1:a"],
  },
  {
    name: "edit-list-skips.mp4",
    args: [...X264, "-bf", "2", "-pix_fmt", "yuv420p"],
    then: { before: ["-ss", "0.6"], args: [] },
  },
  {
    name: "edit-list-starts-late.mp4",
    args: [...X264, "-bf", "2", "-pix_fmt", "yuv420p"],
    then: { before: ["-itsoffset", "0.5"], args: [] },
  },
  {
    name: "h264-open-gop-cut.mkv",
    args: [
      ...X264,
      "-bf",
      "2",
      "-pix_fmt",
      "yuv420p",
      "-x264-params",
      "open-gop=1:keyint=5:min-keyint=5:scenecut=0:b-adapt=0",
    ],
    then: { before: ["-ss", "1.0"], args: [] },
  },
  {
    name: "h265-open-gop-cut.mkv",
    args: [
      ...X265.slice(0, -1),
      "log-level=0:open-gop=1:keyint=5:min-keyint=5:bframes=3:b-adapt=0",
      "-pix_fmt",
      "yuv420p",
    ],
    then: { before: ["-ss", "1.0"], args: [] },
  },
  {
    name: "mpeg2-open-gop-cut.mkv",
    args: ["-c:v", "mpeg2video", "-q:v", "2", "-r", "25", "-g", "4", "-bf", "2"],
    then: { before: ["-ss", "1.0"], args: [] },
  },
];

/** Whether the system has ffmpeg and ffprobe; says once if it has not. */
export const hasFfmpeg: boolean = (() => {
  try {
    return ["ffmpeg", "ffprobe"].every((name) =>
      new Deno.Command(name, { args: ["-version"], stdout: "null", stderr: "null" }).outputSync()
        .success
    );
  } catch {
    console.warn("SKIPPED: no ffmpeg on this system; the tests that compare with it do not run");
    return false;
  }
})();

async function ffmpeg(args: readonly string[]): Promise<{ stdout: Uint8Array; stderr: string }> {
  const { success, stdout, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-nostdin", "-y", "-threads", "1", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const said = new TextDecoder().decode(stderr);
  if (!success) throw new Error(`ffmpeg ${args.join(" ")}\n${said.slice(-1500)}`);
  return { stdout, stderr: said };
}

/** Clearly different colours of corners: top left, top right, bottom left, bottom right. */
export const CORNERS = [[200, 40, 40], [40, 180, 60], [50, 60, 200], [210, 200, 50]] as const;

/** A frame with a quarter in each of {@link CORNERS}. */
export function fourCorners(width: number, height: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      rgb.set(CORNERS[2 * Number(y >= height / 2) + Number(x >= width / 2)], at);
    }
  }
  return rgb;
}

/** Four corners of clearly different colours, and a bar that moves. */
function sourceFrames(): Uint8Array {
  const { width, height, frames } = SOURCE;
  const still = fourCorners(width, height);
  const rgb = new Uint8Array(frames * still.length);
  for (let t = 0, at = 0; t < frames; t++) {
    rgb.set(still, at);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += 3) {
        const inBar = Math.abs(x - 16 - 2.5 * t) < 4 && Math.abs(y - height / 2) < 10;
        if (inBar) rgb.set([230, 230, 230], at);
      }
    }
  }
  return rgb;
}

/**
 * Makes a clip of a kind in a folder.
 *
 * @returns Its path.
 * @throws {Error} with ffmpeg's words.
 */
export async function makeClip(kind: ClipKind, folder: string): Promise<string> {
  const source = `${folder}/source.rgb`;
  await Deno.writeFile(source, sourceFrames());
  const { width, height, fps } = SOURCE;
  const input = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", `${width}x${height}`, "-r", `${fps}`];
  const path = `${folder}/${kind.name}`;
  const first = kind.then ? `${folder}/uncut-${kind.name}` : path;
  await ffmpeg([...input, "-i", source, ...kind.args, first]);
  if (kind.then) {
    await ffmpeg([...kind.then.before, "-i", first, "-c", "copy", ...kind.then.args, path]);
  }
  if (kind.matrix) await writeMatrix(path, kind.matrix);
  return path;
}

/** Overwrites the display matrix of an mp4's or mov's only track. */
export async function writeMatrix(path: string, [a, b, c, d]: readonly number[]): Promise<void> {
  const bytes = await Deno.readFile(path);
  const at = new TextDecoder("latin1").decode(bytes).indexOf("tkhd");
  if (at < 0) throw new Error(`${path} has no tkhd box`);
  const view = new DataView(bytes.buffer);
  // Type, version and flags, five fields, two reserved, layer, group, volume, reserved.
  const matrix = at + 4 + 4 + 20 + 8 + 8;
  const one = 1 << 16;
  for (const [i, value] of [a, b, 0, c, d, 0, 0, 0].entries()) {
    view.setInt32(matrix + 4 * i, value * one);
  }
  await Deno.writeFile(path, bytes);
}

/** A clip as ffmpeg shows it. */
export interface ShownByFfmpeg {
  /** Pixels, with square pixels, upright. */
  width: number;
  /** Pixels. */
  height: number;
  /** Seconds of each frame from the first's. */
  times: number[];
  /** Each frame in 8-bit RGB. */
  frames: Uint8Array[];
}

/** What `ffmpeg -i FILE` shows: every frame once, upright, with square pixels. */
export async function shownByFfmpeg(path: string): Promise<ShownByFfmpeg> {
  const { stdout, stderr } = await ffmpeg([
    ...["-i", path, "-map", "0:v:0", "-vsync", "passthrough"],
    ...["-vf", "scale=iw*sar:ih:flags=bicubic+accurate_rnd+full_chroma_int,setsar=1,showinfo"],
    ...["-pix_fmt", "rgb24", "-f", "rawvideo", "-"],
  ]);
  const shown = [...stderr.matchAll(/ n: *\d+ pts: *\S+ pts_time:(\S+) .* s:(\d+)x(\d+) /g)];
  const [width, height] = shown.length === 0 ? [0, 0] : shown[0].slice(2).map(Number);
  const size = width * height * 3;
  return {
    width,
    height,
    times: shown.map((match) => Number(match[1]) - Number(shown[0][1])),
    frames: shown.map((_, i) => stdout.subarray(i * size, (i + 1) * size)),
  };
}

/** Mean colour of a frame's corners: top left, top right, bottom left, bottom right. */
export function cornersOf(frame: Uint8Array, width: number, height: number): number[][] {
  const side = Math.max(1, Math.floor(Math.min(width, height) / 8));
  return [[0, 0], [width - side, 0], [0, height - side], [width - side, height - side]].map(
    ([left, top]) =>
      [0, 1, 2].map((channel) => {
        let sum = 0;
        for (let y = top; y < top + side; y++) {
          for (let x = left; x < left + side; x++) sum += frame[(y * width + x) * 3 + channel];
        }
        return sum / side ** 2;
      }),
  );
}

/** How far a corner's mean colour may be from ffmpeg's: the two round differently. */
const COLOUR = 3;
/** How far a time may be from ffmpeg's, in seconds: a constant rate is told without rounding. */
const TIME = 0.0021;

/**
 * How a clip as we read it differs from what ffmpeg shows: its count, size, corners and times.
 *
 * @returns Nothing if it does not.
 */
export async function differencesFromFfmpeg(path: string): Promise<string[]> {
  const truth = await shownByFfmpeg(path);
  const ours = await decodeVideo(path, { threads: 1 });
  const { width, height, frames } = ours;
  const problems: string[] = [];
  if (truth.frames.length === 0) problems.push("ffmpeg shows no frame");
  if (frames.length !== truth.frames.length) {
    problems.push(`${frames.length} frames; ffmpeg shows ${truth.frames.length}`);
  }
  if (width !== truth.width || height !== truth.height) {
    problems.push(`${width}×${height}; ffmpeg shows ${truth.width}×${truth.height}`);
    return problems;
  }
  const seconds = secondsOf(ours, [...frames.keys()]);
  for (const [i, frame] of truth.frames.entries()) {
    if (!frames[i]) break;
    if (!(Math.abs(seconds[i] - truth.times[i]) <= TIME)) {
      problems.push(`frame ${i} at ${seconds[i]} s; ffmpeg shows it at ${truth.times[i]} s`);
    }
    const [found, wanted] = [frames[i], frame].map((rgb) => cornersOf(rgb, width, height).flat());
    const off = Math.max(...found.map((value, k) => Math.abs(value - wanted[k])));
    if (off > COLOUR) problems.push(`frame ${i}: a corner's colour is ${off.toFixed(1)} off`);
  }
  return problems;
}
