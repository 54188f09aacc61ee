/** Decoding of clips: every frame, or selected ones, in a single pass. */
import {
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_MPEG4,
  AV_FRAME_DATA_DISPLAYMATRIX,
  type AVCodecID,
} from "node-av/constants";
import type { Frame, Packet } from "node-av/lib";
import { InputError, messageOf } from "../errors.ts";
import { containerOfClip } from "./container.ts";
import { ClipDecoder } from "./decoder.ts";
import { ClipDemuxer } from "./demux.ts";
import { checkPixels } from "./limits.ts";
import { PixelConverter } from "./pixels.ts";
import { surveyClip } from "./survey.ts";
import { afterReordering, type Timing, timingOf } from "./timing.ts";
import type { Video } from "./types.ts";
import { type Orientation, orientationOf, shownSize, type Size, turned } from "./upright.ts";

/** A decoded frame. */
export interface DecodedFrame {
  /** Position in the clip, from 0. */
  index: number;
  /** Number of frames in the clip. */
  total: number;
  /** In pixels, upright and with square pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Rate of the clip and times of all its frames. */
  timing: Timing;
  /** `width · height · 3` bytes, 8-bit RGB, rows from the top. */
  rgb: Uint8Array;
}

/** Options for decoding frames. */
export interface DecodeOptions {
  /** Whether a frame is wanted, given its position and the clip's length. By default all are. */
  wanted?: (index: number, total: number) => boolean;
  /** Decoder threads; by default one per core, fewer for large pictures. The frames do not depend on it. */
  threads?: number;
  /**
   * Whether the clip is known to be intact. If so, unwanted pictures that no other depends on, and
   * everything after the last wanted one, may be skipped. The frames are the same; damage in
   * skipped parts goes unnoticed.
   */
  whole?: boolean;
  /**
   * Whether to decode on this thread instead of FFmpeg's own. In an otherwise idle Worker, this is
   * faster than a round trip to another thread for each picture.
   */
  blocking?: boolean;
  /**
   * The most pixels of a frame: larger ones are scaled down as they are decoded, in the same
   * proportions. By default none is.
   */
  atMost?: number;
}

/** Codecs whose decoders can skip pictures that no other depends on. */
const SKIPPABLE_CODECS: readonly AVCodecID[] = [AV_CODEC_ID_H264, AV_CODEC_ID_HEVC];

/**
 * Codecs whose streams say how many pictures a decoder holds back. MPEG-1 and 2 always say one, with
 * or without pictures to hold back.
 */
const REORDERED_CODECS: readonly AVCodecID[] = [...SKIPPABLE_CODECS, AV_CODEC_ID_MPEG4];

const byTime = (a: bigint, b: bigint) => a < b ? -1 : a > b ? 1 : 0;

/** The position of each frame in the clip by its time; null if times are not distinct. */
function displayPositions(times: readonly bigint[]): Map<bigint, number> | null {
  const places = new Map(times.toSorted(byTime).map((time, index) => [time, index]));
  return places.size === times.length ? places : null;
}

/** Frames per second: the average if the container has it, otherwise the stream's nominal rate. */
function declaredRate(clip: ClipDemuxer): number {
  const { avgFrameRate, rFrameRate } = clip.stream;
  return [avgFrameRate, rFrameRate].filter((rate) => rate.num > 0 && rate.den > 0)
    .map((rate) => rate.num / rate.den)[0] ?? 0;
}

/** How a clip's pictures are shown: their size as stored, but scaled, and how they are turned. */
interface Presentation {
  /** Upright. */
  shown: Size;
  /** Before they are turned. */
  scaled: Size;
  orientation: Orientation;
}

function presentationOf(
  path: string,
  clip: ClipDemuxer,
  frame: Frame,
  { matrix, atMost }: { matrix: Uint8Array | null; atMost: number },
): Presentation {
  const { stream } = clip;
  // The container's word on orientation and the shape of pixels goes before the codec's.
  const orientation = clip.orientation ?? orientationOf(matrix);
  const aspect = stream.sampleAspectRatio.num > 0
    ? stream.sampleAspectRatio
    : frame.sampleAspectRatio;
  const full = shownSize(frame, aspect, orientation);
  checkPixels(path, full.width, full.height, "with square pixels, its pictures are");
  const scale = Math.min(1, Math.sqrt(atMost / (full.width * full.height)));
  const side = (pixels: number) => Math.max(1, Math.floor(pixels * scale));
  const shown = scale < 1 ? { width: side(full.width), height: side(full.height) } : full;
  const { width, height } = shown;
  const scaled = orientation.transposed ? { width: height, height: width } : shown;
  return { shown, scaled, orientation };
}

/** Packets but those that no decoder can use, see `Survey.lost`. */
async function* usable(clip: ClipDemuxer, lost: ReadonlySet<number>): AsyncGenerator<Packet> {
  let i = 0;
  for await (const packet of clip.packets()) {
    if (!lost.has(i++)) yield packet;
  }
}

/**
 * The frames of a clip one after another, so that memory holds one at a time (in addition to the
 * decoder's own few). Reads mp4, mov, webm, mkv, avi and gif, detected by content. Unwanted frames
 * are decoded (later ones depend on them) but not converted to RGB.
 *
 * Frames are those that a player shows: display matrices (rotation, mirroring) and the shape of
 * pixels are applied, and so are edit lists; the fields of interlaced pictures stay woven. Pictures
 * at the start that refer to others before it, where the clip was cut, are left out.
 *
 * A clip is either complete or an error: an InputError names the file, what it declares and what
 * was found if it is missing, empty, of another kind, without a video stream or frames, truncated,
 * damaged, too large (see `limits.ts`), changes its size midway, or yields a different number of
 * frames than its packets. Everything except damage inside pictures is detected before the first
 * frame is returned; a loop that is left early does not check the rest.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { decodeFrames } from "./decode.ts";
 *
 * await assertInputError(async () => {
 *   for await (const { index, rgb } of decodeFrames("19.mp4")) console.log(index, rgb.length);
 * }, "19.mp4");
 * ```
 */
export async function* decodeFrames(
  path: string,
  options: DecodeOptions = {},
): AsyncGenerator<DecodedFrame> {
  try {
    yield* decode(path, options);
  } catch (error) {
    // Whatever FFmpeg finds wrong with a clip is that clip's fault, and has to name it.
    if (error instanceof InputError) throw error;
    throw new InputError(`Cannot read clip ${path}: ${messageOf(error)}`);
  }
}

async function* decode(path: string, options: DecodeOptions): AsyncGenerator<DecodedFrame> {
  const { wanted = () => true, whole = false, blocking = false, atMost = Infinity } = options;
  const container = containerOfClip(path);
  const survey = await surveyClip(path, container, { blocking });
  const { shown: total, declared, times } = survey;
  await using clip = await ClipDemuxer.open(path, container, { blocking });
  await clip.findStreamInfo();
  const { num, den } = clip.stream.timeBase;
  const { videoDelay, codecId } = clip.stream.codecpar;
  const inOrder = times.toSorted(byTime);
  const isLate = container === "avi" && REORDERED_CODECS.includes(codecId);
  const timing = timingOf({
    ticks: isLate ? afterReordering(inOrder, videoDelay) : inOrder,
    tick: num / den,
    last: survey.last,
    declared: declaredRate(clip),
  });
  using decoder = await ClipDecoder.open(path, clip, options);
  using converter = new PixelConverter();
  const places = whole && SKIPPABLE_CODECS.includes(clip.stream.codecpar.codecId)
    ? displayPositions(times)
    : null;
  const isWanted = (place: number | undefined) =>
    place !== undefined && place < total && wanted(place, total);
  const needed = places === null ? undefined : (packet: Packet) => isWanted(places.get(packet.pts));
  let missing = places === null ? Infinity : [...places.values()].filter(isWanted).length;
  let index = 0;
  let first: Size & { matrix: Uint8Array | null } | undefined;
  let presentation: Presentation | undefined;
  const fail = (what: string): never => {
    throw new InputError(
      `Cannot read clip ${path}: ${what} after ${index} of ${declared ?? total} frames`,
    );
  };
  const frames = decoder.frames(usable(clip, survey.lost), needed);
  const next = () =>
    frames.next().catch((error) => {
      // The demuxer's errors name the clip already.
      if (error instanceof InputError) throw error;
      return fail(messageOf(error));
    });
  try {
    for (let item = await next(); !item.done; item = await next()) {
      const frame = item.value;
      // A codec may repeat the orientation at some pictures alone; it holds for those that follow.
      const { width, height, matrix } = first ??= {
        ...{ width: frame.width, height: frame.height },
        matrix: frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX),
      };
      if (frame.width !== width || frame.height !== height) {
        fail(`the picture changes from ${width}×${height} to ${frame.width}×${frame.height}`);
      }
      const place = places === null ? index : places.get(frame.pts);
      if (place !== undefined && isWanted(place)) {
        const { shown, scaled, orientation } = presentation ??= presentationOf(
          path,
          clip,
          frame,
          { matrix, atMost },
        );
        const stored = blocking
          ? converter.toRgbSync(frame, scaled)
          : await converter.toRgb(frame, scaled);
        const rgb = turned(stored, scaled, orientation);
        yield { index: place, total, ...shown, timing, rgb };
        if (--missing === 0) return;
      }
      index++;
    }
  } finally {
    await frames.return(undefined);
  }
  if (places !== null) fail(`${missing} wanted frames were not decoded`);
  if (index !== total) {
    throw new InputError(
      `Cannot read clip ${path}: it declares ${declared ?? total} frames and holds packets for ` +
        `${total}, ${index} were decoded`,
    );
  }
}

/**
 * A complete clip in memory: `frames · width · height · 3` bytes, so 97 MB for 81 frames of
 * 832×480. For some frames only, see `sampleFrames`; for all in sequence, {@link decodeFrames},
 * which also documents formats and errors.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { decodeVideo } from "./decode.ts";
 * import { encodeVideo } from "./encode.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".mp4" });
 * const grey = new Uint8Array(64 * 48 * 3).fill(128);
 * await encodeVideo({ width: 64, height: 48, fps: 16, frames: [grey, grey, grey] }, path);
 * const video = await decodeVideo(path);
 * assertEquals([video.frames.length, video.width, video.height, video.fps], [3, 64, 48, 16]);
 * await Deno.remove(path);
 * ```
 */
export async function decodeVideo(
  path: string,
  options: Pick<DecodeOptions, "threads"> = {},
): Promise<Video> {
  const video: Video = { width: 0, height: 0, fps: 0, frames: [] };
  for await (const { width, height, timing, rgb } of decodeFrames(path, options)) {
    Object.assign(video, { width, height, ...timing });
    video.frames.push(rgb);
  }
  return video;
}
